"""Whether two points see each other over the ground, the earth's curve and the bending of light.

Refraction bends a look along the ground, so that the earth seems flatter by the share k: 0.13 is Gauss's
value for light, and what viewshed programs take by default. It varies with hour and weather: a grazing
view is no certainty.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detectors.geodesy import bearing_deg, distance_km
from detectors.region.ray import EARTH_RADIUS_M, REFRACTION, Outcome, Rays, first_hits, rise_m
from detectors.region.terrain import Booleans, Floats, Terrain

__all__ = ["EARTH_RADIUS_M", "REFRACTION", "Points", "View", "eyes", "view"]


@dataclass(frozen=True, eq=False)
class Points:
    """Points above the ground: longitude, latitude (degrees), height above ground (m), one row each."""

    lon: Floats
    lat: Floats
    above_m: Floats

    @classmethod
    def of(cls, lon: ArrayLike, lat: ArrayLike, above_m: ArrayLike = 0.0) -> "Points":
        """Return points of numbers or arrays that broadcast against each other."""
        flat = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in (lon, lat, above_m)]
        return cls(*(np.array(column).ravel() for column in np.broadcast_arrays(*flat)))


@dataclass(frozen=True, eq=False)
class View:
    """Of each pair: whether one sees the other (masked where ground between is unknown), and what hides it.

    `hidden_at_m` is how far from the first point the ground comes up into the look, masked where it does not.
    """

    visible: np.ma.MaskedArray[Any, np.dtype[np.bool_]]
    hidden_at_m: np.ma.MaskedArray[Any, np.dtype[np.float64]]
    distance_m: Floats


def eyes(terrain: Terrain, points: Points) -> tuple[Floats, Booleans]:
    """Return the height of points above sea level, m, and whether it is known."""
    ground, known = terrain.sample(points.lon, points.lat)
    return ground + points.above_m, known & np.isfinite(points.above_m)


def view(terrain: Terrain, one: Points, two: Points, refraction: float = REFRACTION) -> View:
    """Return whether each point of `one` sees the point of `two` in the same row.

    Ground within half a cell of the far point hides nothing: it is the ground that the point stands on.
    """
    (eye, here), (target, there) = eyes(terrain, one), eyes(terrain, two)
    distance = np.asarray(distance_km(one.lon, one.lat, two.lon, two.lat)) * 1000.0
    drop = target - eye - rise_m(distance, refraction)
    tilt = np.degrees(np.arctan2(drop, np.maximum(distance, 1e-6)))
    azimuth = bearing_deg(one.lon, one.lat, two.lon, two.lat)
    reach = np.maximum(distance - terrain.cell_m(two.lat) / 2.0, 0.0)
    hits = first_hits(terrain, Rays.of(one.lon, one.lat, eye, azimuth, tilt, reach), refraction)
    known = here & there & (hits.outcome != Outcome.UNKNOWN)
    hidden = known & (hits.outcome == Outcome.HIT)
    visible = np.ma.MaskedArray(known & ~hidden, mask=~known)
    hidden_at = np.ma.MaskedArray(np.where(hidden, hits.distance_m, -1.0), mask=~hidden, fill_value=-1.0)
    return View(visible, hidden_at, distance)
