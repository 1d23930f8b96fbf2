"""Positions on the grid of a region: whole steps of 1e-7 degrees (1.1 cm), so that predicates are exact."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import wrap_longitude

STEPS = 10_000_000
"""Steps of the grid in a degree; 180 degrees fit into an int32."""

HALF_TURN = 180 * STEPS
"""The 180th meridian, in steps."""

LEAST, MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max
"""The ends of an int32."""


def to_grid(degrees: ArrayLike) -> NDArray[np.int64]:
    """Degrees rounded to the nearest step; halves go to the even one. Not for not-a-number."""
    return np.rint(np.asarray(degrees, dtype=np.float64) * STEPS).astype(np.int64)


def to_degrees(steps: ArrayLike) -> NDArray[np.float64]:
    """Degrees of steps; dividing whole numbers once gives exactly their decimals."""
    return np.asarray(steps, dtype=np.float64) / STEPS


def to_positions(
    lon: ArrayLike, lat: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Steps east, steps north, and which positions are on the map: finite, latitude from -90 to 90.

    Longitudes beyond 180 are brought round; positions off the map lie at 0, 0.
    """
    x, y = np.broadcast_arrays(
        np.atleast_1d(np.asarray(lon, dtype=np.float64)), np.atleast_1d(np.asarray(lat, dtype=np.float64))
    )
    known = np.isfinite(x) & np.isfinite(y) & (np.abs(y) <= 90.0)
    return to_grid(wrap_longitude(np.where(known, x, 0.0))), to_grid(np.where(known, y, 0.0)), known
