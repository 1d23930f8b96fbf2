"""Where on the ground a look from a camera or tower ends, and how far it could be wrong.

The look is followed down to the terrain three times: as it is, and lower and higher by the error of its tilt.
A look that grazes a ridge may as well go over it, so the error behind is longer than the one before; and
smoke seen over a ridge rises from behind it. Where the look passes over the skyline, or its upper bound does,
there is a bearing and no place: a distance would be made up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.ray import REFRACTION, Outcome, Rays, along, first_hits
from detectors.region.terrain import Booleans, Floats, Terrain

REACH_M = 35_000.0
"""How far a camera tells smoke from haze (pyronear's longest cone)."""


@dataclass(frozen=True, eq=False)
class Looks:
    """Looks from stations, one row each: where, eye above the ground (m), direction, tilt, errors, reach."""

    lon: Floats
    lat: Floats
    mast_m: Floats
    azimuth_deg: Floats
    tilt_deg: Floats
    azimuth_error_deg: Floats
    tilt_error_deg: Floats
    reach_m: Floats

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - a look has these parts
        cls,
        lon: ArrayLike,
        lat: ArrayLike,
        mast_m: ArrayLike,
        azimuth_deg: ArrayLike,
        tilt_deg: ArrayLike,
        azimuth_error_deg: ArrayLike,
        tilt_error_deg: ArrayLike,
        reach_m: ArrayLike = REACH_M,
    ) -> "Looks":
        """Return looks of numbers or arrays that broadcast against each other."""
        given = (lon, lat, mast_m, azimuth_deg, tilt_deg, azimuth_error_deg, tilt_error_deg, reach_m)
        flat = [np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in given]
        return cls(*(np.array(column).ravel() for column in np.broadcast_arrays(*flat)))


@dataclass(frozen=True, eq=False)
class Located:
    """Of each look: whether it has a place, and why not (`outcome` of the look, or of its upper bound).

    Where it has one: longitude, latitude; distance, between which distances it may be (one standard error of
    the tilt), and the error across, all in m. The numbers of a look without a place are -1 and mean nothing.
    """

    has_place: Booleans
    outcome: NDArray[np.int8]
    lon: Floats
    lat: Floats
    distance_m: Floats
    near_m: Floats
    far_m: Floats
    across_m: Floats


def located(terrain: Terrain, looks: Looks, refraction: float = REFRACTION) -> Located:
    """Return where each look ends on the ground."""
    ground, known = terrain.sample(looks.lon, looks.lat)
    eye = np.where(known, ground + looks.mast_m, np.nan)
    middle = Rays(looks.lon, looks.lat, eye, looks.azimuth_deg, looks.tilt_deg, looks.reach_m)
    hits = first_hits(terrain, middle, refraction)
    outcome, rows = hits.outcome.copy(), np.flatnonzero(hits.outcome == Outcome.HIT)
    found, end = middle.part(rows), hits.distance_m[rows]
    error = np.abs(looks.tilt_error_deg[rows])
    # a lower look ends nearer, a higher one further off
    low = first_hits(terrain, found.turned(-error, end), refraction)
    high = first_hits(terrain, found.turned(error, found.reach_m), refraction, beyond_m=end)
    outcome[rows] = high.outcome
    there = along(found, end)
    kept = high.outcome == Outcome.HIT
    columns = (*there, end, low.distance_m, high.distance_m, end * np.radians(looks.azimuth_error_deg[rows]))
    filled = [np.full(len(outcome), -1.0) for _ in columns]
    for column, values in zip(filled, columns, strict=True):
        column[rows[kept]] = values[kept]
    return Located(outcome == Outcome.HIT, outcome, *filled)
