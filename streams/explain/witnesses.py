"""Which observations of people and instruments an incident of a replay rests on, found by place and time."""

from collections.abc import Iterable, Mapping

from schemas.detection import Detection
from schemas.incident import Incident

REACH_DEG = 0.02
"""About 2 km: claims lie on or beside the footprint."""

MOST = 100
"""So many are named with an incident, the oldest."""

Witnessed = Mapping[str, list[Detection]]


def by_source(claims: Iterable[Detection]) -> Witnessed:
    """Return the claims by their source, the oldest first."""
    found: dict[str, list[Detection]] = {}
    for one in sorted(claims, key=lambda one: (one.observed_at, one.observation_id)):
        found.setdefault(one.source, []).append(one)
    return found


def witnesses_of(incident: Incident, witnessed: Witnessed) -> list[str]:
    """Return the ids of the observations behind an incident; none for one that was merged away."""
    mine = [one for name in incident.sources for one in witnessed.get(name, ())]
    if not mine or incident.status == "merged":
        return []
    from shapely import box  # noqa: PLC0415 - only who is asked of pays for it
    from shapely.geometry import shape  # noqa: PLC0415 - the same

    west, south, east, north = shape(incident.footprint).bounds
    ground = box(west - REACH_DEG, south - REACH_DEG, east + REACH_DEG, north + REACH_DEG)
    there = [
        one
        for one in mine
        if incident.opened_at <= one.observed_at <= incident.last_observed_at
        and ground.intersects(box(one.longitude, one.latitude, one.longitude, one.latitude))
    ]
    there.sort(key=lambda one: (one.observed_at, one.observation_id))
    return [one.observation_id for one in there[:MOST]]
