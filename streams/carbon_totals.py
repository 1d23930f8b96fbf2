"""What alerts put at risk together, by incident, stand, owner, project, place or day; stands count once."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from msgspec import Struct, structs

from alerts.carbon.adding import Share, Sum, of_incidents, rolled, shares_of, total, united
from detectors.region import Region
from schemas.alert import Carbon
from schemas.carbon import CarbonTotal
from streams.carbon_places import LAYER_OF, Belonging
from streams.carbon_statement import Source, answer_of
from streams.hops.carbon import Assessor


class Total(Struct, frozen=True, kw_only=True):
    """One row: `key` is "" for what belongs to none; t C."""

    level: str
    key: str
    name: str
    exposed_t: float
    loss_t: float
    low_t: float = 0.0
    high_t: float = 0.0
    pools: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    parameters: str = ""
    gwp_set: str = ""


RESTS_ON = ("pools", "tiers", "cautions", "parameters", "gwp_set")
"""What every figure says of itself; in a file words are parted by spaces."""


def totals(assessor: Assessor, given: Iterable[Source], level: str, zone: str = "UTC") -> tuple[Total, ...]:
    """Return exposed stock and loss by the keys of a level; they add up, save by incident and by day.

    Incidents may overlap, and what is at risk on one day is at risk on the next: those are not added.
    """
    answers = [(one, answer_of(assessor, one)) for one in given]
    told = [(one, tuple(shares_of(one.incident_id, answer))) for one, answer in answers]
    rests_on = _rests_on([answer.carbon for _, answer in answers])
    return tuple(structs.replace(row, **rests_on) for row in _summed(assessor, told, level, zone))


def _rests_on(figures: Iterable[Carbon]) -> dict[str, Any]:
    """Return what all these figures say of themselves together; where there is none nothing is said."""
    known = [one for one in figures if one.carbon_t is not None]
    return {
        "pools": tuple(sorted({pool for one in known for pool in one.pools})),
        "tiers": tuple(sorted({tier for one in known for tier in one.tiers_ha})),
        "cautions": tuple(sorted({word for one in known for word in one.cautions})),
        "parameters": " ".join(sorted({one.parameters for one in known})),
        "gwp_set": " ".join(sorted({one.gwp_set for one in known})),
    }


def _summed(
    assessor: Assessor, told: Sequence[tuple[Source, tuple[Share, ...]]], level: str, zone: str
) -> tuple[Total, ...]:
    """Return the sums by the keys of a level."""
    every = [share for _, shares in told for share in shares]
    if level == "incident":
        return _rows(level, of_incidents(every), {})
    if level == "day":
        days: dict[str, list[Share]] = defaultdict(list)
        for one, shares in told:
            days[f"{one.issued_at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"] += shares
        return _rows(level, {day: total(united(days[day])) for day in sorted(days)}, {})
    stands = united(every)
    if level == "stand":
        return _rows(level, stands, {})
    if level == "total":
        return _rows(level, {"": total(stands)}, {})
    belongs, names = _belongs(assessor, list(stands), level)
    return _rows(level, rolled(stands, belongs), names)


def _rows(level: str, sums: Mapping[str, Sum], names: Mapping[str, str]) -> tuple[Total, ...]:
    return tuple(
        Total(level=level, key=key, name=names.get(key, ""), **structs.asdict(one))
        for key, one in sums.items()
    )


def _belongs(
    assessor: Assessor, stands: list[str], level: str
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Return which part of each stand lies under each key of a level, and the names of the keys."""
    belonging = Belonging(assessor)
    found = {stand: belonging.of(stand)[level] for stand in stands}
    keys = {key for parts in found.values() for key in parts}
    return found, {key: belonging.name(level, key) for key in keys}


def as_csv(rows: Iterable[Total | CarbonTotal]) -> str:
    """Return rows as CSV with a head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("level", "key", "name", "exposed_t_c", "loss_t_c", "low_t_c", "high_t_c", *RESTS_ON))
    for one in rows:
        figures = (one.exposed_t, one.loss_t, one.low_t, one.high_t)
        said = (_joined(getattr(one, name)) for name in RESTS_ON)
        writer.writerow((one.level, one.key, one.name, *(f"{one:.6g}" for one in figures), *said))
    return out.getvalue()


def _joined(said: str | tuple[str, ...]) -> str:
    return said if isinstance(said, str) else " ".join(said)


def as_geojson(region: Region, rows: Iterable[Total | CarbonTotal]) -> str:
    """Return rows as a GeoJSON feature collection; what has no shape in the region has none here."""
    made = [
        {
            "type": "Feature",
            "id": one.key,
            "properties": {
                "level": one.level, "name": one.name, "exposed_t_c": one.exposed_t, "loss_t_c": one.loss_t,
                "low_t_c": one.low_t, "high_t_c": one.high_t,
                **{name: getattr(one, name) for name in RESTS_ON},
            },
            "geometry": _geometry(region, one),
        }
        for one in rows
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


def _geometry(region: Region, one: Total | CarbonTotal) -> Any:
    layer, key = one.level, one.key
    if one.level == "stand":
        layer, _, key = one.key.partition("/")
    layer = LAYER_OF.get(layer, layer)
    if layer not in region.layers or not key:
        return None
    try:
        row = region.layers[layer].row(key)
    except KeyError:
        return None
    return json.loads(shapely.to_geojson(region.layers[layer].geometries([row])[0]))
