"""Stretches of edges inside a convex ring, and what lies behind them, seen from a position inside the ring.

Everything is relative to that position, in arrays whose first axis is east and north: vectors (2, e) and
counter-clockwise rings (2, k, e).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TWO_ERRORS = 2.0
"""Where the normal distribution is cut off, standard errors."""

_BEYOND = float(np.exp(-(TWO_ERRORS**2) / 2))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def cross(one: Floats, other: Floats) -> Floats:
    """Twice the area of the triangle to two vectors; above 0 where the second lies to the left."""
    found: Floats = one[0] * other[1] - one[1] * other[0]
    return found


def following(ring: NDArray[Any]) -> NDArray[Any]:
    """The corner after each corner."""
    return np.asarray(ring.take(np.arange(1, ring.shape[1] + 1) % ring.shape[1], axis=1))


def ring_area(ring: Floats) -> Floats:
    """Area of each ring."""
    found: Floats = cross(ring, following(ring)).sum(axis=0) / 2
    return found


def clipped(start: Floats, end: Floats, ring: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Which edges have a stretch inside the ring beside them, and its ends (Cyrus and Beck 1978)."""
    sides = following(ring) - ring
    at_start = cross(sides, start[:, None] - ring)
    change = cross(sides, (end - start)[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -at_start / change
    enter = np.where(change > 0, crossing, 0.0).max(axis=0, initial=0.0)
    leave = np.where(change < 0, crossing, 1.0).min(axis=0, initial=1.0)
    beyond = ((change == 0) & (at_start < 0)).any(axis=0)
    inside = np.flatnonzero((enter < leave) & ~beyond)
    origin, along = start.take(inside, axis=1), (end - start).take(inside, axis=1)
    return inside, origin + enter[inside] * along, origin + leave[inside] * along


class Sectors:
    """Rings of pairs, cut up as seen from the position inside; `area` (p) is the whole of each."""

    def __init__(self, ring: Floats) -> None:
        self._ring = ring
        after = following(ring)
        self._sides = after - ring
        self._parts = cross(ring, after) / 2
        self._before = self._parts.cumsum(axis=0) - self._parts
        self.area: Floats = self._parts.sum(axis=0)

    def behind(self, pair: NDArray[np.int64], start: Floats, end: Floats, turn: Floats) -> Floats:
        """Signed area of the pair's ring behind each stretch; `turn` is above 0 where it goes to the left."""
        swept = self._swept(pair, end) - self._swept(pair, start)
        whole = self.area[pair]
        # A stretch spans less than half a turn, and no more than 5/9 of a convex ring round its middle.
        swept += np.where((turn > 0) & (swept < -0.35 * whole), whole, 0.0)
        swept -= np.where((turn < 0) & (swept > 0.35 * whole), whole, 0.0)
        return swept - cross(start, end) / 2

    def _swept(self, pair: NDArray[np.int64], towards: Floats) -> Floats:
        """Area of the pair's ring from its first corner to this direction, counter-clockwise."""
        left = cross(self._ring.take(pair, axis=2), towards[:, None]) >= 0
        corner = (left & ~left.take(np.arange(1, len(left) + 1) % len(left), axis=0)).argmax(axis=0)
        origin, side = self._ring[:, corner, pair], self._sides[:, corner, pair]
        slant = cross(towards, side)
        reach = cross(origin, side) / np.where(slant == 0, 1.0, slant)
        found: Floats = self._before[corner, pair] + reach * cross(origin, towards) / 2
        return found


def mass_behind(start: Floats, end: Floats, errors: Any, turn: Floats) -> Floats:
    """Signed mass of the normal distribution, cut off at two standard errors, behind each stretch.

    `errors` (2, 2, e) turns the vectors into standard errors. Gauss-Legendre over the angle, 16 nodes.
    """
    first, last = (errors[:, 0] * part[0] + errors[:, 1] * part[1] for part in (start, end))
    along = last - first
    length = np.maximum(np.hypot(along[0], along[1]), 1e-300)
    gap = np.abs(cross(first, last)) / length
    reach = np.sqrt(np.maximum(TWO_ERRORS**2 - gap**2, 0.0))
    low, high = (
        np.arctan2(np.clip((part * along).sum(axis=0) / length, -reach, reach), gap) for part in (first, last)
    )
    half = (high - low) / 2
    angles = (high + low) / 2 + half * _NODES[:, None]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        square = (gap / np.cos(angles)) ** 2
    density = np.maximum(np.exp(-square / 2) - _BEYOND, 0.0) / (1.0 - _BEYOND)
    found: Floats = np.sign(turn) * half * (_WEIGHTS @ density) / (2 * np.pi)
    return found
