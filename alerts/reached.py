"""Whether a settlement or facility lies where a fire may be within the hour, by distance and bearing."""

import math
from typing import Any

import shapely
from shapely.geometry import shape

from alerts.grade_condition import MARKS
from schemas.incident import Place

KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere of the earth's mean radius."""


def in_reach(
    reach: dict[str, Any] | None, longitude: float, latitude: float, places: tuple[Place, ...]
) -> bool | None:
    """Return whether one of the nearest marks lies in the reach (GeoJSON); None where no reach is known.

    A place says its distance from the centre, and the bearing from itself to the centre.
    """
    return None if reach is None else bool(marks_in(reach, longitude, latitude, places))


def marks_in(
    reach: dict[str, Any], longitude: float, latitude: float, places: tuple[Place, ...]
) -> tuple[Place, ...]:
    """Return the marks among the places that lie in the reach (GeoJSON) of a fire with this centre."""
    marks = [one for one in places if one.layer in MARKS and one.distance_km is not None]
    if not marks:
        return ()
    area = shape(reach)
    inside = (shapely.intersects_xy(area, *_position(longitude, latitude, one)) for one in marks)
    return tuple(one for one, holds in zip(marks, inside, strict=True) if holds)


def _position(longitude: float, latitude: float, mark: Place) -> tuple[float, float]:
    away = math.radians((mark.azimuth_deg or 0.0) + 180.0)
    degrees = (mark.distance_km or 0.0) / KM_PER_DEGREE
    east = degrees * math.sin(away) / max(math.cos(math.radians(latitude)), 0.01)
    return longitude + east, latitude + degrees * math.cos(away)
