"""Where a fire runs: with the wind of its reach, else from its centre to that of its reach."""

from typing import Any, Protocol

import numpy as np
import shapely

TURN_DEG = 45.0
"""A turn of the wind by one of the eight directions sends a flank forward as a new head."""

ROUND = 0.1
"""A reach whose centre lies off by less of its diagonal runs nowhere."""


class Runs(Protocol):
    """A revision of a fire, as its incident or its alert tells it."""

    @property
    def longitude(self) -> float: ...  # noqa: D102 - as of an incident
    @property
    def latitude(self) -> float: ...  # noqa: D102 - as of an incident
    @property
    def reach_1h(self) -> dict[str, Any] | None: ...  # noqa: D102 - as of an incident
    @property
    def wind_from_deg(self) -> float | None: ...  # noqa: D102 - as of an incident


def head_deg(one: Runs) -> float | None:
    """Return where the fire runs, degrees clockwise from north; None where there is no reach.

    The margin of flying sparks makes most reaches nearly round, so the wind says it where it is known;
    without it a reach so round that it runs nowhere has no head.
    """
    if one.reach_1h is None:
        return None
    if one.wind_from_deg is not None:
        return (one.wind_from_deg + 180.0) % 360.0
    reach = shape_of(one.reach_1h)
    if reach is None:
        return None
    there = reach.centroid
    east = (there.x - one.longitude) * np.cos(np.radians(one.latitude))
    north = there.y - one.latitude
    west, south, right, top = reach.bounds
    if np.hypot(east, north) < ROUND * np.hypot(right - west, top - south):
        return None
    return float(np.degrees(np.arctan2(east, north)) % 360.0)


def turned(before: float | None, now: float | None, by_deg: float = TURN_DEG) -> bool:
    """Return whether the head of a fire has turned by more than `by_deg`, one of eight directions.

    >>> turned(350.0, 20.0), turned(350.0, 60.0), turned(None, 60.0)
    (False, True, False)
    """
    if before is None or now is None:
        return False
    return abs((now - before + 180.0) % 360.0 - 180.0) > by_deg


def shape_of(geometry: object) -> shapely.Geometry | None:
    """Return a GeoJSON geometry as a valid shape, None for none or for what is not one."""
    if geometry is None:
        return None
    try:
        found = shapely.make_valid(shapely.geometry.shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        return None
    return None if found.is_empty else found
