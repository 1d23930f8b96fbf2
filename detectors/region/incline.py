"""How steep the ground around a place is, and which way it rises."""

from typing import Any

import numpy as np
import shapely

from detectors.region.terrain import Terrain

AROUND_M = 500.0
"""The ground so far around a fire decides how steep it is there."""


def slope_of(terrain: Terrain | None, shape: Any) -> tuple[float | None, float | None]:
    """Return slope and the way up of the ground around a geometry in degrees; None where not known.

    Holes of the elevation model are left out; the slope is that of the mean rise, so a valley is level.
    """
    if terrain is None:
        return None, None
    west, south, east, north = shapely.bounds(shape).tolist()
    rim = AROUND_M / 111_000.0
    grid = np.meshgrid(np.linspace(west - rim, east + rim, 7), np.linspace(south - rim, north + rim, 7))
    lon, lat = (axis.ravel() for axis in grid)
    slope, falls = terrain.slope_deg(lon, lat), terrain.aspect_deg(lon, lat)
    known = ~np.ma.getmaskarray(slope)
    if not known.any():
        return None, None
    # level ground has no way down: it counts with no rise at all
    steep = np.where(np.ma.getmaskarray(falls), 0.0, np.tan(np.radians(slope.filled(0.0))))
    way_up = np.radians(falls.filled(0.0) + 180.0)
    north_up, east_up = (steep * np.cos(way_up))[known].mean(), (steep * np.sin(way_up))[known].mean()
    steepness = float(np.degrees(np.arctan(np.hypot(north_up, east_up))))
    return steepness, float(np.degrees(np.arctan2(east_up, north_up)) % 360.0)
