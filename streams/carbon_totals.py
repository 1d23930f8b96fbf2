"""What alerts put at risk together, by incident, stand, owner, project, place or day; stands count once."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from msgspec import Struct

from alerts.carbon.adding import Share, Sum, of_incidents, rolled, total, united
from alerts.carbon.plane import area_ha
from detectors.region import Layer
from streams.carbon_statement import PROJECTS, Source, shares_of
from streams.hops.carbon import Assessor, features

PLACES = ("township", "county", "city", "province")
LEVELS = ("incident", "stand", "owner", "project", *PLACES, "day")


class Total(Struct, frozen=True, kw_only=True):
    """One row: `key` is "" for what belongs to none; t C."""

    level: str
    key: str
    name: str
    exposed_t: float
    loss_t: float


def totals(assessor: Assessor, given: Iterable[Source], level: str, zone: str = "UTC") -> tuple[Total, ...]:
    """Return exposed stock and loss by the keys of a level; they add up, save by incident and by day.

    Incidents may overlap, and what is at risk on one day is at risk on the next: those are not added.
    """
    told = [(one, tuple(shares_of(one.incident_id, assessor.of(one, one.issued_at)))) for one in given]
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
    belongs, names = _belongs(assessor, list(stands), level)
    return _rows(level, rolled(stands, belongs), names)


def _rows(level: str, sums: Mapping[str, Sum], names: Mapping[str, str]) -> tuple[Total, ...]:
    return tuple(
        Total(level=level, key=key, name=names.get(key, ""), exposed_t=one.exposed_t, loss_t=one.loss_t)
        for key, one in sums.items()
    )


def _belongs(
    assessor: Assessor, stands: list[str], level: str
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Return which part of each stand lies under each key of a level, and the names of the keys."""
    found: dict[str, dict[str, float]] = {}
    names: dict[str, str] = {}
    where = PROJECTS if level == "project" else level
    for layer_name, ids in _by_layer(stands).items():
        layer = assessor.region.layers[layer_name]
        row_of = {one: row for row, one in enumerate(layer.ids())}
        for one in ids:
            stand = f"{layer_name}/{one}"
            if level == "owner":
                owner = _owner(layer, row_of[one])
                found[stand] = {owner: 1.0} if owner else {}
            elif where in assessor.region.layers:
                found[stand] = _parts(assessor, layer, row_of[one], where)
    if level != "owner" and where in assessor.region.layers:
        keys = {key for parts in found.values() for key in parts}
        other = assessor.region.layers[where]
        names = {key: name for key, name in zip(other.ids(), other.names(), strict=True) if key in keys}
    return found, names


def _by_layer(stands: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for stand in stands:
        layer, _, one = stand.partition("/")
        found[layer].append(one)
    return found


def _owner(layer: Layer, row: int) -> str:
    return str(layer.attributes(row).get("owner") or "")


def _parts(assessor: Assessor, layer: Layer, row: int, where: str) -> dict[str, float]:
    shape = layer.geometries([row])[0]
    whole = float(area_ha(shape))
    if whole <= 0:
        return {}
    found = {
        key: float(area_ha(shapely.intersection(shape, other))) / whole
        for key, other, _ in features(assessor.region, where, shape)
    }
    return {key: part for key, part in found.items() if part > 1e-9}


def as_csv(rows: Iterable[Total]) -> str:
    """Return rows as CSV with a head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("level", "key", "name", "exposed_t_c", "loss_t_c"))
    for one in rows:
        writer.writerow((one.level, one.key, one.name, f"{one.exposed_t:.6g}", f"{one.loss_t:.6g}"))
    return out.getvalue()


def as_geojson(assessor: Assessor, rows: Iterable[Total]) -> str:
    """Return rows as a GeoJSON feature collection; what has no shape in the region has none here."""
    made = [
        {
            "type": "Feature",
            "id": one.key,
            "properties": {
                "level": one.level, "name": one.name, "exposed_t_c": one.exposed_t, "loss_t_c": one.loss_t,
            },
            "geometry": _geometry(assessor, one),
        }
        for one in rows
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


def _geometry(assessor: Assessor, one: Total) -> Any:
    layer, key = one.level, one.key
    if one.level == "stand":
        layer, _, key = one.key.partition("/")
    layer = PROJECTS if layer == "project" else layer
    if layer not in assessor.region.layers or not key:
        return None
    try:
        row = assessor.region.layers[layer].row(key)
    except KeyError:
        return None
    return json.loads(shapely.to_geojson(assessor.region.layers[layer].geometries([row])[0]))
