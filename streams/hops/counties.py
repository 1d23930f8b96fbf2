"""In which county lies what led to nothing for want of evidence, so that reasons can be counted by county."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from detectors.region import Region
from schemas.observation import AnyObservation, Sighting
from schemas.reason import Reason, Silence

LAYER = "county"

SCOPES = ("province", "city", "county")


def is_wanting(reason: Reason | None) -> bool:
    """Return whether more evidence would have led to something."""
    return reason is not None and (reason.code == "below_threshold" or reason.threshold is not None)


def in_counties(
    silences: Sequence[Silence],
    observations: Iterable[AnyObservation],
    placed: Mapping[str, Any],
    region: Region,
) -> tuple[Silence, ...]:
    """Return the silences, those for want of evidence with whose it was, its place and the county there.

    What a camera saw without saying where is told where the camera stands; without a county, nowhere.
    """
    wanting = {one.observation_id for one in silences if is_wanting(one.reason)}
    mine = (
        {one.observation_id: one for one in observations if one.observation_id in wanting} if wanting else {}
    )
    if not mine:
        return tuple(silences)
    spots = {name: at for name, one in mine.items() if (at := _spot(one, placed)) is not None}
    counties = counties_of(region, *zip(*spots.values(), strict=True)) if spots else []
    held = dict(zip(spots, counties, strict=True))

    def told(one: Silence) -> Silence:
        name = one.observation_id
        if name not in mine or not is_wanting(one.reason):
            return one
        lon, lat = spots.get(name, (None, None))
        own = mine[name].source
        return replace(one, source=own, county=held.get(name, ""), longitude=lon, latitude=lat)

    return tuple(told(one) for one in silences)


def counties_of(region: Region, longitudes: Sequence[float], latitudes: Sequence[float]) -> list[str]:
    """Return the id of the county that holds each position; empty: none is known."""
    if LAYER not in region.layers:
        return [""] * len(longitudes)
    layer = region.layers[LAYER]
    rows = layer.holding(longitudes, latitudes)
    ids = iter(layer.ids(rows[rows >= 0]))
    return [next(ids) if row >= 0 else "" for row in rows.tolist()]


def scopes_of(
    observations: Iterable[AnyObservation], placed: Mapping[str, Any], region: Region
) -> dict[str, tuple[str, ...]]:
    """Return the province, city and county that hold each observation, as scopes of layers, by its id."""
    spots = {one.observation_id: at for one in observations if (at := _spot(one, placed)) is not None}
    found: dict[str, tuple[str, ...]] = dict.fromkeys(spots, ())
    for name in SCOPES if spots else ():
        layer = region.layers.get(name)
        if layer is None:
            continue
        rows = layer.holding(*zip(*spots.values(), strict=True))
        ids = iter(layer.ids(rows[rows >= 0]))
        for one, row in zip(spots, rows.tolist(), strict=True):
            found[one] += (f"{name}:{next(ids)}",) if row >= 0 else ()
    return found


def _spot(one: AnyObservation, placed: Mapping[str, Any]) -> tuple[float, float] | None:
    if isinstance(one, Sighting) and (one.longitude is None or one.latitude is None):
        return one.station_longitude, one.station_latitude
    at = placed.get(one.observation_id, one)
    lon, lat = getattr(at, "longitude", None), getattr(at, "latitude", None)
    return None if lon is None or lat is None else (lon, lat)
