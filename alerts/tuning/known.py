"""What is known to have burned, or to have been something else; what nobody knows is neither.

A known thing has a place and a span of time, or is an incident that people answered. Codes that say "not
found" or "being checked" leave it unknown: a fire is easily missed, so unknown is not false. Where answers
contradict each other it is unknown, and listed.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from alerts.tuning.story import Story
from schemas.incident import GeoJson
from schemas.units import Kilometres, Latitude, Longitude, UtcTime

BEFORE, AFTER = timedelta(hours=1), timedelta(hours=24)
"""An incident is of a known thing when it was seen from an hour before to a day after it."""

REACH_KM = 1.5
"""Beyond its own radius and the incident's: the centre of a pixel may lie so far off."""

KM_PER_DEGREE = 111.195


class Known(Struct, frozen=True, kw_only=True):
    """One thing: a fire, something else (`is_fire` false), or unknown (null)."""

    known_id: str
    is_fire: bool | None
    what: Annotated[str, Meta(description="In plain words: `farm fire`, `kiln`, the text of a verdict.")] = ""
    from_at: UtcTime
    to_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    radius_km: Kilometres = 0.0
    incident_id: Annotated[str, Meta(description="Of a verdict: the incident it answers.")] = ""
    carbon_t: Annotated[float, Meta(ge=0)] | None = None
    contradicted: tuple[str, ...] = ()
    footprint: GeoJson | None = None


def matched(known: Sequence[Known], stories: Sequence[Story]) -> list[list[int]]:
    """Return for each known thing which stories are of it, in their order."""
    if not stories:
        return [[] for _ in known]
    table = _Table(stories)
    return [table.of(one) for one in known]


class _Table:
    """Stories as arrays."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self._by_id = {name: k for k, one in enumerate(stories) for name in (*one.lineage, one.incident_id)}
        self._lon = np.array([one.longitude for one in stories])
        self._lat = np.array([one.latitude for one in stories])
        self._radius_km = np.array([one.radius_m for one in stories]) / 1000.0
        self._from = np.array([one.opened_at.timestamp() for one in stories])
        self._to = np.array([one.last_observed_at.timestamp() for one in stories])

    def of(self, known: Known) -> list[int]:
        if known.incident_id:
            found = self._by_id.get(known.incident_id)
            return [] if found is None else [found]
        near = self._distance_km(known) <= known.radius_km + self._radius_km + REACH_KM
        begun = self._from <= (known.to_at + AFTER).timestamp()
        lasted = self._to >= (known.from_at - BEFORE).timestamp()
        return [int(k) for k in np.flatnonzero(near & begun & lasted)]

    def _distance_km(self, known: Known) -> NDArray[np.float64]:
        east = (self._lon - known.longitude + 180.0) % 360.0 - 180.0
        east = east * np.cos(np.radians(known.latitude))
        found: NDArray[np.float64] = KM_PER_DEGREE * np.hypot(east, self._lat - known.latitude)
        return found


def labels(known: Sequence[Known], found: Sequence[list[int]], count: int) -> list[bool | None]:
    """Return of each story whether it is a fire; where a fire and something else both match, a fire."""
    said: list[bool | None] = [None] * count
    for one, mine in zip(known, found, strict=True):
        for k in mine if one.is_fire is not None else ():
            said[k] = bool(said[k]) or bool(one.is_fire)
    return said


def contradictions(known: Iterable[Known]) -> tuple[Known, ...]:
    """Return what answers contradict each other about."""
    return tuple(one for one in known if one.contradicted)
