"""Generated ground for tests: rolling hills, planes and cones, on a grid as a terrain takes it."""

import numpy as np
from hypothesis import HealthCheck, settings

from detectors.geodesy import KM_PER_DEGREE
from detectors.region.terrain import Terrain

WEST, NORTH, STEP = 102.0, 28.0, 1 / 1200
"""Corner of the ground in Liangshan, degrees, and its cell: three seconds of arc, some 90 m."""

SLOW = (HealthCheck.too_slow,)
some = settings(max_examples=50, deadline=None, suppress_health_check=SLOW)
few = settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
"""How often a rule is tried; a busy machine is no fault of the rule."""

DEGREE_M = KM_PER_DEGREE * 1000.0


def nodes(rows, columns):
    """Longitudes and latitudes of the nodes, both of shape (rows, columns)."""
    lon, lat = WEST + np.arange(columns) * STEP, NORTH - np.arange(rows) * STEP
    return np.meshgrid(lon, lat)


def ground(heights):
    """The terrain of heights at those nodes."""
    return Terrain.of(heights, WEST, NORTH, STEP, STEP)


def hills(seed, rows=400, columns=420, relief_m=400.0):
    """Hills of every size from the field down to a few cells, as mountains have."""
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((rows, columns)))
    size = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :])
    size[0, 0] = np.inf
    field = np.fft.irfft2(noise * size**-1.8, s=(rows, columns))
    return np.rint(2500.0 + relief_m * field / field.std())
