"""Metres in a step of the grid on WGS 84: radii of the meridian and of the prime vertical (Snyder 1987)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.area import ECCENTRICITY, SEMI_MAJOR_M
from detectors.region.grid import STEPS

_METRES = SEMI_MAJOR_M * np.pi / 180.0 / STEPS


def metres_per_step(lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of a step east and of a step north at these latitudes (degrees), m.

    >>> [round(float(part) * 1e7) for part in metres_per_step(30.0)]
    [96486, 110852]
    """
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    bend = 1.0 - (ECCENTRICITY * np.sin(phi)) ** 2
    return _METRES * np.cos(phi) / np.sqrt(bend), _METRES * (1.0 - ECCENTRICITY**2) / bend**1.5
