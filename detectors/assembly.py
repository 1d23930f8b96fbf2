"""What a fire's claims say together: where, how large, how sure. A pure function of the set of claims."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from detectors.evidence import Evidence, Seen, judge, judge_lone, seen_by
from detectors.extent import half_km, placing, sector_of
from detectors.geodesy import KM_PER_DEGREE
from detectors.outline import finest, turn
from detectors.outline import lone as box_shape
from detectors.outlines import Covered, Placed, grounds
from schemas.detection import Detection, Sector
from schemas.reason import Reason


class Summary(Struct, frozen=True):
    """Everything an incident shows; the same for the same claims in any order."""

    opened_at: datetime
    last_observed_at: datetime
    longitude: float
    latitude: float
    radius_m: float
    observation_count: int
    sources: tuple[str, ...]
    source_classes: tuple[str, ...]
    looks: tuple[Seen, ...]
    area_ha: float | None
    spread_ha: float
    frp_mw: float | None
    footprint: dict[str, Any]
    probability: float
    reasons: tuple[Reason, ...]
    reconstruction: bool
    sector: Sector | None = None
    """A direction alone is known: a fire somewhere in here, whatever longitude and latitude say."""


def order(claim: Detection) -> tuple[datetime, str]:
    """Return the order of claims in event time."""
    return claim.observed_at, claim.detection_id


def assemble(table: Evidence, claims: Sequence[Detection]) -> Summary:
    """Return what these claims say together; at least one is needed."""
    return assembled(table, [claims])[0]


def assembled(table: Evidence, fires: Sequence[Sequence[Detection]]) -> list[Summary]:
    """Return what the claims of each of many fires say together; each has at least one."""
    every = [sorted(claims, key=order) if len(claims) > 1 else claims for claims in fires]
    places = [_placed(claims) for claims in every]
    covered = grounds([place for place, _ in places])
    return [
        _assembled(table, claims, place, centre_at, ground)
        for claims, (place, centre_at), ground in zip(every, places, covered, strict=True)
    ]


def lone(table: Evidence, claim: Detection) -> Summary | None:
    """Return what one pixel of a satellite says, as `assemble` does; None for any other claim.

    Half of what is judged on a day is one pixel: it needs no sums, no order and no union.
    """
    is_plain = claim.placing is None and claim.timing is None and claim.source_class == "satellite"
    if not is_plain or claim.scan_km <= 0.0:
        return None
    longitude, latitude = round(claim.longitude, 6), round(claim.latitude, 6)
    probability, reasons = judge_lone(table, claim)
    at, frp_mw = claim.observed_at, claim.frp_mw
    return Summary(
        at,
        at,
        longitude,
        latitude,
        radius_m([claim], longitude, latitude),
        1,
        (claim.source,),
        (claim.source_class,),
        (seen_by([claim]),),
        round(claim.scan_km * claim.track_km * 100.0, 1),
        0.0,
        None if frp_mw is None else round(frp_mw, 2),
        box_shape(claim),
        round(probability, 4),
        reasons,
        claim.reconstruction,
    )


def _placed(claims: Sequence[Detection]) -> tuple[Placed, tuple[float, float]]:
    """Return what tells the ground of one fire, and its centre."""
    where = placing(claims)
    longitude, latitude = centre(where)
    pixels = finest([claim for claim in claims if claim.scan_km > 0.0])
    return Placed(where, pixels, latitude), (longitude, latitude)


def _assembled(
    table: Evidence,
    claims: Sequence[Detection],
    place: Placed,
    centre_at: tuple[float, float],
    ground: Covered,
) -> Summary:
    probability, seen, reasons = judge(table, claims)
    first = claims[0]
    is_lone = len(claims) == 1
    return summary_of(
        span=(first.observed_at, claims[-1].observed_at),
        place=(*centre_at, radius_m(place.where, *centre_at)),
        count=1 if is_lone else len({claim.observation_id for claim in claims}),
        sources=((first.source,), (first.source_class,)) if is_lone else _sources(claims),
        seen=seen,
        area_ha=ground.area_ha,
        spread_ha=ground.spread_ha,
        footprint=ground.footprint,
        judged=(probability, (*reasons, *_notes(claims))),
        reconstruction=any(claim.reconstruction for claim in claims),
        sector=sector_of(claims),
    )


def _sources(claims: Sequence[Detection]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names and the classes of the sources of claims."""
    names, classes = {claim.source for claim in claims}, {claim.source_class for claim in claims}
    return tuple(sorted(names)), tuple(sorted(classes))


def summary_of(  # noqa: PLR0913 - what is summed has these parts
    *,
    span: tuple[datetime, datetime],
    place: tuple[float, float, float],
    count: int,
    sources: tuple[tuple[str, ...], tuple[str, ...]],
    seen: Sequence[Seen],
    area_ha: float | None,
    spread_ha: float,
    footprint: dict[str, Any],
    judged: tuple[float, Sequence[Reason]],
    reconstruction: bool,
    sector: Sector | None = None,
) -> Summary:
    """Return the summary of what was found of the claims; `sources` are their names and their classes."""
    strong = [one.frp_mw for one in seen if one.frp_mw is not None]
    probability, reasons = judged
    return Summary(
        *span,
        *place,
        count,
        *sources,
        tuple(seen),
        area_ha,
        round(spread_ha, 1),
        round(max(strong), 2) if strong else None,
        footprint,
        round(probability, 4),
        tuple(reasons),
        reconstruction,
        sector,
    )


def _notes(claims: Sequence[Detection]) -> tuple[Reason, ...]:
    """Return what claims say of how they came by place and time, each code once, by the oldest that does."""
    told: dict[str, Reason] = {}
    for claim in claims:
        if claim.timing is not None:
            told.setdefault(claim.timing.code, claim.timing)
        at = claim.placing
        for note in () if at is None else at.notes:
            if note.code == "bearing_only" and at is not None and at.how != "nowhere":
                continue
            told.setdefault(note.code, note)
    return tuple(told.values())


def centre(claims: Sequence[Detection]) -> tuple[float, float]:
    """Return longitude and latitude, the mean weighted by the inverse variance of each place."""
    if len(claims) == 1:
        return round(claims[0].longitude, 6), round(claims[0].latitude, 6)
    first = claims[0].longitude
    weights = [1.0 / (claim.sigma_km * claim.sigma_km) for claim in claims]
    total = math.fsum(weights)
    # longitudes are taken relative to the first, so that the date line is no seam
    east = math.fsum(w * turn(c.longitude - first) for w, c in zip(weights, claims, strict=True))
    north = math.fsum(w * c.latitude for w, c in zip(weights, claims, strict=True))
    return round(turn(first + east / total), 6), round(north / total, 6)


def radius_m(claims: Sequence[Detection], longitude: float, latitude: float) -> float:
    """Return the radius, m, of the circle round the centre that holds every claim's place."""
    squeeze = math.cos(math.radians(latitude))
    far = max(
        math.hypot(turn(c.longitude - longitude) * squeeze, c.latitude - latitude) * KM_PER_DEGREE
        + half_km(c)
        for c in claims
    )
    return round(far * 1000.0, 0)
