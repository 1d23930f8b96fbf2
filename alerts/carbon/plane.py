"""A local plane in metres around a place, in which footprints grow and areas are measured."""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]

SEMI_MAJOR_M = 6378137.0
ECCENTRICITY_2 = 0.00669437999014
"""WGS 84."""


class Plane(NamedTuple):
    """Metres per degree at the origin; lengths are true within 1 % for 100 km around it up to 30 degrees."""

    longitude: float
    latitude: float

    @property
    def metres_per_degree(self) -> Floats:
        """Metres per degree of longitude and of latitude (radii of curvature of WGS 84)."""
        phi = math.radians(self.latitude)
        root = 1.0 - ECCENTRICITY_2 * math.sin(phi) ** 2
        east = SEMI_MAJOR_M / math.sqrt(root) * math.cos(phi)
        north = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / root**1.5
        found: Floats = np.radians(np.array([east, north]))
        return found

    def to_metres(self, shapes: Any) -> Any:
        """Return geometries in degrees as geometries in metres."""
        origin, scale = np.array([self.longitude, self.latitude]), self.metres_per_degree
        return shapely.transform(shapes, lambda points: (points - origin) * scale)

    def to_degrees(self, shapes: Any) -> Any:
        """Return geometries in metres as geometries in degrees."""
        origin, scale = np.array([self.longitude, self.latitude]), self.metres_per_degree
        return shapely.transform(shapes, lambda points: points / scale + origin)


def plane_of(shape: Any) -> Plane:
    """Return the plane around the centre of a geometry's box."""
    west, south, east, north = shapely.bounds(shape)
    return Plane(float(west + east) / 2, float(south + north) / 2)


def area_ha(shapes: Any) -> Floats:
    """Return the area of geometries in degrees, ha, on the ellipsoid (equal-area cylinder, Snyder 1987).

    Edges are straight in longitude and latitude.
    """
    found: Floats = np.asarray(shapely.area(shapely.transform(shapes, _cylinder)) / 1e4, float)
    return found


def _cylinder(points: Floats) -> Floats:
    root = math.sqrt(ECCENTRICITY_2)
    sine = np.sin(np.radians(points[:, 1]))
    curved = sine / (1.0 - ECCENTRICITY_2 * sine**2) + np.arctanh(root * sine) / root
    height = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) * curved / 2.0
    return np.stack([SEMI_MAJOR_M * np.radians(points[:, 0]), height], axis=1)
