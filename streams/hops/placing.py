"""Where what was observed is, asked for a whole delivery at once, and what of it lies outside the region."""

from collections.abc import Mapping
from typing import Any, Protocol

from detectors import DETECTORS
from detectors.base import Ground
from detectors.region import Region
from schemas.observation import AnyObservation, Pass, Permit, Retraction


class Places(Protocol):
    """What the observe hop is given to place with."""

    @property
    def detectors(self) -> Mapping[str, Any]:
        """Options of every detector."""

    @property
    def satellites(self) -> Mapping[str, Any]:
        """Where geostationary satellites stand."""

    @property
    def sensors(self) -> Mapping[str, Any]:
        """What quantities of sensors mean."""


def placed_of(given: Places, region: Region, observations: tuple[AnyObservation, ...]) -> dict[str, Any]:
    """Return what detectors that place their observations say of a whole delivery, by observation."""
    ground = Ground(region.terrain, given.satellites, given.sensors)
    found: dict[str, Any] = {}
    for detector in DETECTORS:
        if detector.place is not None:
            mine = [one for one in observations if isinstance(one, detector.consumes)]
            if mine:
                found |= detector.place(given.detectors[detector.name], mine, ground)
    return found


def outside_of(
    region: Region, observations: tuple[AnyObservation, ...], placed: Mapping[str, Any]
) -> frozenset[str]:
    """Return the ids of observations whose centre lies outside the region; one without a place is inside.

    The centre of a hotspot that was drawn beside its place is that place.
    """
    if region.boundary is None:
        return frozenset()
    known = [
        (one.observation_id, at.longitude, at.latitude)
        for one in observations
        if not isinstance(one, Pass | Retraction | Permit)
        if one.longitude is not None and one.latitude is not None
        for at in (placed.get(one.observation_id, one),)
    ]
    if not known:
        return frozenset()
    ids, longitudes, latitudes = zip(*known, strict=True)
    inside = region.inside(longitudes, latitudes)
    return frozenset(one for one, within in zip(ids, inside, strict=True) if not within)
