"""Areas on the ellipsoid: rings in the cylindrical equal-area projection of WGS 84 (Snyder 1987)."""

import numpy as np
from numpy.typing import NDArray

from detectors.region.grid import to_degrees
from detectors.region.shapes import POLYGON, Shapes

SEMI_MAJOR_M = 6378137.0
"""Equatorial radius of WGS 84, m."""

FLATTENING = 1 / 298.257223563
"""Flattening of WGS 84."""

ECCENTRICITY = float(np.sqrt(FLATTENING * (2 - FLATTENING)))
"""First eccentricity of WGS 84."""


AT_ONCE = 50_000
"""Rows that are measured together, so that a large layer takes little memory."""


def areas_ha(shapes: Shapes) -> NDArray[np.float64]:
    """Area of each row, ha; 0 for points and lines. Holes count against it."""
    if len(shapes) <= AT_ONCE:
        return _areas(shapes)
    cuts = np.arange(0, len(shapes), AT_ONCE)
    parts = (shapes.take(np.arange(cut, min(cut + AT_ONCE, len(shapes)))) for cut in cuts.tolist())
    return np.concatenate([_areas(part) for part in parts])


def _areas(shapes: Shapes) -> NDArray[np.float64]:
    areas = np.zeros(len(shapes))
    if not len(shapes):
        return areas
    lon, lat = np.radians(to_degrees(shapes.xy)).T
    sine, e = np.sin(lat), ECCENTRICITY
    # Half of Snyder's q (3-12): the height of the projection on a cylinder of radius 1.
    height = (1 - e * e) / 2 * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    twice = np.zeros(len(lon))
    twice[:-1] = (lon[1:] - lon[:-1]) * (height[1:] + height[:-1])
    twice[shapes.ring_vertices[1:] - 1] = 0.0
    first, _ = shapes.vertex_range(np.arange(len(shapes)))
    areas[:] = np.add.reduceat(-twice, first) / 2 * SEMI_MAJOR_M**2 / 1e4
    areas[shapes.kinds != POLYGON] = 0.0
    return np.maximum(areas, 0.0)
