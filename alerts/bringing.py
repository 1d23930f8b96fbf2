"""What a revision brings beside its grade: who is newly threatened, where it burns, what was corrected."""

from collections.abc import Collection

from alerts.grade_condition import MARKS
from alerts.news import AREAS
from alerts.reached import marks_in
from schemas.incident import Incident, Place
from schemas.reason import Reason

NAMED = 8
"""Threatened places of one revision that are named, the nearest."""


def threatened(incident: Incident, threat_km: float) -> tuple[Place, ...]:
    """Return the settlements and facilities in reach of the next hour; so near ones where none is known.

    None of a fire that is a task, or not open.
    """
    if incident.kind != "fire" or incident.grade == "task" or incident.status != "open":
        return ()
    if incident.reach_1h is not None:
        return marks_in(incident.reach_1h, incident.longitude, incident.latitude, incident.places)
    return tuple(one for one in marks_near(incident) if (one.away_km or 0.0) <= threat_km)


def marks_near(incident: Incident) -> tuple[Place, ...]:
    """Return the settlements and facilities of which a distance is known."""
    return tuple(one for one in incident.places if one.layer in MARKS and one.distance_km is not None)


def newly_threatened(
    known: Collection[str] | None, incident: Incident, threat_km: float
) -> tuple[Reason, ...]:
    """Return each place that is threatened and not known to be, the nearest first; none without `known`."""
    fresh = [] if known is None else [p for p in threatened(incident, threat_km) if p.place_id not in known]
    fresh.sort(key=lambda one: (one.away_km or 0.0, one.place_id))
    by_reach = incident.reach_1h is not None
    return tuple(
        Reason(
            code="newly_threatened",
            ref=one.place_id,
            value=round(one.away_km or 0.0, 2),
            threshold=None if by_reach else threat_km,
            unit="km",
            rule="reach_1h" if by_reach else "",
        )
        for one in fresh[:NAMED]
    )


def correction(incident: Incident) -> str:
    """Return which correction of its place by an operator holds, by its author and time; empty: none."""
    return next((one.detail for one in incident.reasons if one.code == "relocated"), "")


def place_corrected(known: str, incident: Incident) -> Reason | None:
    """Return that an operator corrected the place since, or took that back; None: neither."""
    now = correction(incident)
    if now == known:
        return None
    if now:
        return Reason(code="place_corrected", detail=now)
    is_undone = any(one.code == "taken_back" for one in incident.reasons)
    return Reason(code="place_corrected", rule="taken_back", detail=known) if is_undone else None


def reached(known: Collection[str], places: Collection[Place]) -> tuple[Reason, ...]:
    """Return each area that the centre now lies in and that is not known."""
    fresh = [p for p in places if p.relation == "inside" and p.layer in AREAS and p.place_id not in known]
    return tuple(Reason(code="new_place", ref=one.place_id) for one in fresh)
