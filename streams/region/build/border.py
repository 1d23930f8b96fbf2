"""The border of a region: polygons joined, and a rim of some kilometres round them."""

from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

LONGEST_EDGE_M = 2000.0
"""Edges are cut to this before they are laid on a plane, so that long straight ones stay where they are."""

SEGMENTS = 16
"""Edges in a quarter of a circle of the rim: it is at most 0.5 % too narrow between them."""


def with_rim(border: Any, buffer_km: float) -> Any:
    """Return the border and what lies up to `buffer_km` beyond it.

    The distance is measured on an azimuthal equidistant plane round its middle: right to 0.2 % within
    600 km of it, to 1 % within 1500 km.
    """
    if buffer_km <= 0:
        return border
    middle = shapely.centroid(border)
    plane = pyproj.CRS.from_dict({"proj": "aeqd", "lon_0": middle.x, "lat_0": middle.y, "datum": "WGS84"})
    there = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    flat = shapely.segmentize(_moved(border, there.transform), LONGEST_EDGE_M)
    wider = shapely.buffer(flat, buffer_km * 1000.0, quad_segs=SEGMENTS)
    back = pyproj.Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
    return shapely.union(_moved(wider, back.transform), border)


def outside(border: Any, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return whether each shape lies wholly outside the border (None: nothing does)."""
    if border is None:
        return np.zeros(len(shapes), dtype=np.bool_)
    shapely.prepare(border)
    return np.asarray(~shapely.intersects(border, shapes), dtype=np.bool_)


def _moved(shape: Any, transform: Any) -> Any:
    return shapely.transform(shape, lambda points: np.column_stack(transform(points[:, 0], points[:, 1])))
