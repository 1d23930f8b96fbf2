"""A fire known by a direction alone is a task: every place in its sector is a candidate, and none is told.

Whoever saw smoke saw it; that it cannot be placed yet is no reason to be silent. It is no reason to page
everybody along 35 km either.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from detectors.assembly import Summary
from detectors.region import Region
from detectors.region.footprint import cones
from schemas.detection import Sector
from schemas.incident import Place
from schemas.reason import Reason
from schemas.units import Grade


def in_sectors(
    region: Region, sums: Sequence[Summary], places: list[tuple[Place, ...]]
) -> list[tuple[Place, ...]]:
    """Return the places with those of directions alone told by their sector: candidates, likeliest first."""
    rows = [(at, one.sector) for at, one in enumerate(sums) if one.sector is not None]
    for at, sector in rows:
        places[at] = _candidates(region, sector)
    return places


def capped(one: Summary, held: Grade, why: Reason) -> tuple[Grade, Reason]:
    """Return the grade and its reason; without a place it is a task, whatever the probability."""
    if one.sector is None or held == "task":
        return held, why
    return "task", replace(why, rule="task", detail=f"{held} once its place is known")


def _candidates(region: Region, sector: Sector) -> tuple[Place, ...]:
    footprint = cones(
        sector.longitude,
        sector.latitude,
        sector.azimuth_deg,
        sector.half_angle_deg,
        sector.near_m,
        sector.far_m,
    )
    (found,) = region.areas(footprint)
    layers = list(dict.fromkeys(place.layer for place in found))
    candidates = [_candidate(place) for place in found]
    candidates.sort(key=lambda one: (layers.index(one.layer), -(one.probability or 0.0), one.place_id))
    return tuple(candidates)


def _candidate(place: Place) -> Place:
    """Return an area as one of several, unless it holds the whole sector."""
    is_sure = place.probability is not None and place.probability >= 1.0
    return place if is_sure else replace(place, relation="possibly_inside")
