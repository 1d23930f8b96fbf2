"""Signs of one pest near one another are one outbreak, whatever the order in which they came.

Two signs are linked when they are of one species, within `link_km` and within `gap_d` days; those of a
quarantine pest when they are of one sub-compartment, or near and of one township. That is a symmetric
function of the two alone, so components are the same for any order. An outbreak's id derives from its oldest
sign; it is an alias of every id that any of its signs would give, so an id that was shown always leads to
it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import replace
from shapely import MultiPoint
from shapely.geometry import mapping

from detectors.geodesy import KM_PER_DEGREE
from detectors.pests.arrays import Floats, Integers
from detectors.pests.count import DOUBTS
from detectors.pests.grading import Graded, PestGrade, highest
from detectors.pests.links import components, linked
from detectors.pests.sign import Sign
from schemas.reason import Reason


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is one outbreak; proposals."""

    link_km: Annotated[float, Meta(gt=0, description="Signs this near are of one outbreak, km.")] = 2.0
    gap_d: Annotated[float, Meta(gt=0, description="Days between two signs at most.")] = 60.0
    margin_m: Annotated[float, Meta(gt=0, description="Of the footprint about its signs, m.")] = 200.0


class Outbreak(Struct, frozen=True, kw_only=True):
    """One outbreak as its signs show it; `may_page` is false where it only revises what is on record."""

    outbreak_id: str
    aliases: tuple[str, ...]
    species: str
    grade: PestGrade
    may_page: bool
    opened_at: datetime
    last_observed_at: datetime
    longitude: float
    latitude: float
    radius_m: float
    footprint: dict[str, Any]
    reasons: tuple[Reason, ...]
    observation_ids: tuple[str, ...]
    signs: tuple[Sign, ...] = ()


def outbreaks(options: Options, signs: Sequence[Sign]) -> tuple[Outbreak, ...]:
    """Return the outbreaks that the signs make up, the oldest first."""
    ordered = sorted(
        {one.sign_id: one for one in signs}.values(), key=lambda one: (one.observed_at, one.sign_id)
    )
    found = [_assemble(options, [ordered[at] for at in part]) for part in _parts(options, ordered)]
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.outbreak_id)))


def _parts(options: Options, signs: Sequence[Sign]) -> list[list[int]]:
    """Return which signs are of one outbreak, in order of time."""
    if not signs:
        return []
    longitude = np.array([one.longitude for one in signs])
    latitude = np.array([one.latitude for one in signs])
    days = np.array([one.observed_at.timestamp() for one in signs]) / 86_400
    # The record of a quarantine find is its sub-compartment: one outbreak within it, none across its border.
    # Nor is there one across that of a township or county: what is new there is news.
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for at, one in enumerate(signs):
        kinds.setdefault((one.species, one.area, one.unit), []).append(at)
    firsts: list[Integers] = []
    seconds: list[Integers] = []
    for (_, _, unit), members in kinds.items():
        rows = np.array(members)
        earlier, later = rows[:-1], rows[1:]
        if not unit:
            found = linked(longitude[rows], latitude[rows], days[rows], options.link_km, options.gap_d)
            earlier, later = rows[found[0]], rows[found[1]]
        firsts.append(earlier)
        seconds.append(later)
    return components(len(signs), np.concatenate(firsts), np.concatenate(seconds))


def outbreak_id(sign: Sign) -> str:
    """Return the id of the outbreak whose oldest sign this is."""
    seal = hashlib.sha256(f"{sign.species}\n{sign.sign_id}".encode()).hexdigest()
    return f"outbreak/{seal[:24]}"


def judged_by(outbreak: Outbreak, signs: Sequence[Sign]) -> Outbreak:
    """Return the outbreak with the grade and the reasons of some of its signs alone."""
    grade, best = _best(signs)
    return replace(outbreak, grade=grade, may_page=best.may_page, reasons=_told(best))


def _best(signs: Sequence[Sign]) -> tuple[PestGrade, Graded]:
    best = highest(tuple(Graded(one.grade, one.may_page, one.reasons) for one in signs))
    assert best.grade is not None, "a sign has a grade"
    return best.grade, best


def _told(best: Graded) -> tuple[Reason, ...]:
    return tuple(sorted(best.reasons, key=lambda why: why.code in DOUBTS))


def _assemble(options: Options, signs: list[Sign]) -> Outbreak:
    grade, best = _best(signs)
    longitude, latitude, radius, footprint = outline(
        options, np.array([one.longitude for one in signs]), np.array([one.latitude for one in signs])
    )
    return Outbreak(
        outbreak_id=outbreak_id(signs[0]),
        aliases=tuple(sorted(outbreak_id(one) for one in signs)),
        species=signs[0].species,
        grade=grade,
        may_page=best.may_page,
        opened_at=signs[0].observed_at,
        last_observed_at=signs[-1].observed_at,
        longitude=longitude,
        latitude=latitude,
        radius_m=radius,
        footprint=footprint,
        reasons=_told(best),
        observation_ids=tuple(sorted({name for one in signs for name in one.observation_ids})),
        signs=tuple(signs),
    )


def outline(
    options: Options, longitude: Floats, latitude: Floats
) -> tuple[float, float, float, dict[str, Any]]:
    """Return centre, radius (m) about it that holds every sign, and the hull of the signs with its margin."""
    lon, lat = float(longitude.mean()), float(latitude.mean())
    squeeze = float(np.cos(np.radians(lat)))
    east, north = (longitude - lon) * squeeze * KM_PER_DEGREE * 1000, (latitude - lat) * KM_PER_DEGREE * 1000
    hull = MultiPoint(np.column_stack([east, north])).convex_hull.buffer(options.margin_m, quad_segs=4)
    ring = [
        [round(lon + x / (squeeze * KM_PER_DEGREE * 1000), 6), round(lat + y / (KM_PER_DEGREE * 1000), 6)]
        for x, y in mapping(hull)["coordinates"][0]
    ]
    radius = float(np.hypot(east, north).max()) + options.margin_m
    return round(lon, 6), round(lat, 6), round(radius), {"type": "Polygon", "coordinates": [ring]}
