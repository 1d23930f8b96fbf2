"""Where a straight look from a height first meets the ground, over a round earth and through bending air.

At the ground distance s the look has the height z0 + s tan(tilt) + (1 - k) s² / (2 R). It is compared with
the ground every half cell, and the crossing is then halved down to a centimetre. Stretches over which the
look stays above every node about it are skipped.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import EARTH_RADIUS_KM, positions, unit_vectors, wrap_longitude
from detectors.region.relief import BLOCK
from detectors.region.terrain import Booleans, Floats, Terrain

EARTH_RADIUS_M = EARTH_RADIUS_KM * 1000.0

REFRACTION = 0.13
"""Coefficient k of the bending of light near the ground: Gauss's value, usual in viewshed programs."""

STEPS = 4 * BLOCK
"""Half cells in one stretch: from its middle it reaches `BLOCK` cells, as far as a peak is good for."""

HALVINGS = 12
"""Half a cell of 30 m, halved so often, is below a centimetre."""

MOST_AT_ONCE = 4096
"""Rays looked at together, so that memory stays bounded."""


class Outcome(IntEnum):
    """What became of a look."""

    HIT = 1
    """It meets the ground."""
    CLEARS = 2
    """It meets none as far as it was followed: it passes over the skyline."""
    UNKNOWN = 3
    """It comes, before it meets any, to ground whose height is not known."""


@dataclass(frozen=True, eq=False)
class Rays:
    """Looks, one row each: eye (degrees, and m above sea level), direction, tilt above level, and reach."""

    lon: Floats
    lat: Floats
    eye_m: Floats
    azimuth_deg: Floats
    tilt_deg: Floats
    reach_m: Floats

    @classmethod
    def of(cls, *columns: ArrayLike) -> "Rays":
        """Return looks of numbers or arrays that broadcast against each other."""
        flat = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in columns]
        return cls(*(np.array(column).ravel() for column in np.broadcast_arrays(*flat)))

    def __len__(self) -> int:
        """How many looks."""
        return len(self.lon)

    def turned(self, up_deg: Floats, reach_m: Floats) -> "Rays":
        """Return the same looks tilted higher by so much, with another reach."""
        return Rays(self.lon, self.lat, self.eye_m, self.azimuth_deg, self.tilt_deg + up_deg, reach_m)

    def part(self, rows: slice | NDArray[np.int64]) -> "Rays":
        """Return some of the looks."""
        columns = (self.lon, self.lat, self.eye_m, self.azimuth_deg, self.tilt_deg, self.reach_m)
        return Rays(*(column[rows] for column in columns))


@dataclass(frozen=True, eq=False)
class Hits:
    """What became of each look, and how far off, m: of the hit, of the first unknown ground, or its reach."""

    outcome: NDArray[np.int8]
    distance_m: Floats


def rise_m(distance_m: ArrayLike, refraction: float = REFRACTION) -> Floats:
    """Return how far a level look has left the curved ground after this distance, m.

    >>> [round(float(rise_m(km * 1000.0)), 1) for km in (5, 10, 20, 30, 50)]
    [1.7, 6.8, 27.3, 61.5, 170.7]
    """
    return np.asarray((1.0 - refraction) * np.square(distance_m) / (2.0 * EARTH_RADIUS_M))


def first_hits(
    terrain: Terrain, rays: Rays, refraction: float = REFRACTION, beyond_m: Floats | None = None
) -> Hits:
    """Return where each look first meets the ground; a look that is no number ends unknown at 0 m.

    `beyond_m`: it is known not to before so far, so that it need not be followed there.
    """
    beyond = np.zeros(len(rays)) if beyond_m is None else beyond_m
    outcome, distance = np.empty(len(rays), dtype=np.int8), np.empty(len(rays))
    for start in range(0, len(rays), MOST_AT_ONCE):
        rows = slice(start, start + MOST_AT_ONCE)
        march = _March(terrain, rays.part(rows), refraction)
        outcome[rows], distance[rows] = march.done(beyond[rows])
    return Hits(outcome, distance)


def along(rays: Rays, distance_m: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude under each look at these distances, shape (looks, ...)."""
    extra = (None,) * (distance_m.ndim - 1)
    phi, turn, theta = (np.radians(one) for one in (rays.lat, rays.lon, rays.azimuth_deg))
    north = np.stack([-np.sin(phi) * np.cos(turn), -np.sin(phi) * np.sin(turn), np.cos(phi)], axis=-1)
    east = np.stack([-np.sin(turn), np.cos(turn), np.zeros_like(turn)], axis=-1)
    ahead = np.cos(theta)[:, None] * north + np.sin(theta)[:, None] * east
    up = unit_vectors(rays.lon, rays.lat)
    arc = distance_m / EARTH_RADIUS_M
    column = (slice(None), *extra, slice(None))
    return positions(np.cos(arc)[..., None] * up[column] + np.sin(arc)[..., None] * ahead[column])


class _March:
    """Many looks followed together, stretch by stretch, each until it ends."""

    def __init__(self, terrain: Terrain, rays: Rays, refraction: float) -> None:
        self.terrain, self.rays = terrain, rays
        self.bend = (1.0 - refraction) / (2.0 * EARTH_RADIUS_M)
        self.slope = np.tan(np.radians(rays.tilt_deg))
        columns = (rays.lon, rays.lat, rays.eye_m, rays.azimuth_deg, rays.tilt_deg, rays.reach_m)
        self.sound = np.all([np.isfinite(column) for column in columns], axis=0)
        self.reach = np.where(self.sound, np.maximum(rays.reach_m, 0.0), 0.0)
        # cells grow narrower towards the pole: those at the far end count
        furthest = np.abs(rays.lat) + np.degrees(self.reach / EARTH_RADIUS_M)
        self.step = np.where(self.sound, terrain.cell_m(furthest) / 2.0, 1.0)
        self.outcome = np.where(self.sound, Outcome.CLEARS, Outcome.UNKNOWN).astype(np.int8)
        self.distance = self.reach.copy()
        self.above = np.zeros(len(rays))

    def done(self, beyond_m: Floats) -> tuple[NDArray[np.int8], Floats]:
        """Return outcome and distance of every look."""
        near = self._near()
        near &= np.arange(1, near.shape[1] + 1) * (self.step * STEPS)[:, None] >= beyond_m[:, None]
        active = np.flatnonzero(near.any(axis=1))
        while len(active):
            stretch = np.argmax(near[active], axis=1)
            near[active, stretch] = False
            ended = self._look_closely(active, stretch)
            active = active[~ended]
            active = active[near[active].any(axis=1)]
        self._halve(np.flatnonzero(self.outcome == Outcome.HIT))
        return self.outcome, self.distance

    def height(self, rows: NDArray[np.int64], distance: Floats) -> Floats:
        """Return how high the looks are at these distances, m above sea level."""
        extra = (slice(None), *(None,) * (distance.ndim - 1))
        eye, slope = self.rays.eye_m[rows][extra], self.slope[rows][extra]
        return np.asarray(eye + distance * (slope + self.bend * distance))

    def _near(self) -> Booleans:
        """Return for each look and stretch whether it may meet ground, or come to unknown ground, there."""
        length = self.step * STEPS
        count = int(np.ceil(np.max(self.reach / length, initial=0.0)))
        starts = np.arange(count) * length[:, None]
        ends = np.minimum(starts + length[:, None], self.reach[:, None])
        rows = np.flatnonzero(self.sound)
        near = np.zeros(starts.shape, dtype=np.bool_)
        if not count or not len(rows):
            return near
        starts, ends = starts[rows], ends[rows]
        lowest = np.clip(-self.slope[rows, None] / (2.0 * max(self.bend, 1e-30)), starts, ends)
        sound = self.rays.part(rows)
        peaks = self.terrain.peak_m(*along(sound, (starts + ends) / 2.0))
        near[rows] = (peaks >= self.height(rows, lowest)) & (starts < self.reach[rows, None])
        return near

    def _look_closely(self, rows: NDArray[np.int64], stretch: NDArray[np.int64]) -> Booleans:
        """Compare looks with the ground along one stretch each; return which of them end there."""
        start = stretch * STEPS * self.step[rows]
        distance = start[:, None] + np.arange(STEPS + 1) * self.step[rows, None]
        beyond = distance > self.reach[rows, None]
        distance = np.minimum(distance, self.reach[rows, None])
        ground, known = self.terrain.sample(*self._straight(rows, distance))
        met = (self.height(rows, distance) <= ground) | ~known
        # the eye itself stands on the ground; a step past the reach was seen at the reach
        met[:, 0] &= stretch > 0
        met[:, 1:] &= ~(beyond[:, :-1])
        ended: Booleans = np.any(met, axis=1)
        first = np.argmax(met, axis=1)
        at = np.arange(len(rows))
        hit = ended & known[at, first]
        self.outcome[rows[ended]] = np.where(hit, Outcome.HIT, Outcome.UNKNOWN)[ended]
        self.distance[rows[ended]] = distance[at, first][ended]
        self.above[rows] = distance[at, np.maximum(first - 1, 0)]
        return ended

    def _straight(self, rows: NDArray[np.int64], distance: Floats) -> tuple[Floats, Floats]:
        """Return positions at distances of one stretch, straight between its ends: right to a millimetre."""
        ends = distance[:, [0, -1]]
        lon, lat = along(self.rays.part(rows), ends)
        turn = wrap_longitude(lon[:, 1] - lon[:, 0])
        length = np.maximum(ends[:, 1] - ends[:, 0], 1e-9)
        share = (distance - ends[:, :1]) / length[:, None]
        return lon[:, :1] + share * turn[:, None], lat[:, :1] + share * (lat[:, 1] - lat[:, 0])[:, None]

    def _halve(self, rows: NDArray[np.int64]) -> None:
        """Narrow each hit between the last distance above the ground and the one at which it was met."""
        ends = np.stack([self.above[rows], self.distance[rows]], axis=1)
        lon, lat = self._straight(rows, ends)
        low, high = np.zeros(len(rows)), np.ones(len(rows))
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            where = (one[:, 0] + middle * (one[:, 1] - one[:, 0]) for one in (lon, lat))
            ground, known = self.terrain.sample(*where)
            under = known & (self.height(rows, ends[:, 0] + middle * (ends[:, 1] - ends[:, 0])) <= ground)
            high, low = np.where(under, middle, high), np.where(under, low, middle)
        self.distance[rows] = ends[:, 0] + high * (ends[:, 1] - ends[:, 0])
