"""Whether an alert touches an area that a receiver drew: its footprint does, or its circle of uncertainty."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from schemas.alert import Alert
from schemas.receiver import Corner

KM_PER_DEGREE = 111.195
"""Of latitude, mean radius of the Earth 6371.0 km."""


@lru_cache(maxsize=1024)
def _area(corners: tuple[Corner, ...]) -> Any:
    return shapely.make_valid(shapely.Polygon(corners))


def touches(corners: tuple[Corner, ...], alert: Alert) -> bool:
    """Return whether the alert is in the area or may be; a border counts as inside."""
    area = _area(corners)
    if gap_km(area, alert.longitude, alert.latitude) <= alert.radius_m / 1000:
        return True
    try:
        footprint = shapely.make_valid(shapely.geometry.shape(alert.footprint))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        return False
    return bool(shapely.intersects(area, footprint))


def gap_km(area: Any, longitude: float, latitude: float) -> float:
    """Return how far a position lies from an area, km; 0 inside.

    Longitudes are shrunk to the latitude; within 50 km of the position that is right to 1 %.
    """
    shrink = np.array([np.cos(np.radians(latitude)), 1.0])
    flat = shapely.transform(area, lambda corners: corners * shrink)
    here = shapely.Point(longitude * shrink[0], latitude)
    return float(shapely.distance(flat, here)) * KM_PER_DEGREE
