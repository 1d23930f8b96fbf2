"""What lies near what, on the whole sphere at once: cubes of space, and unions of what may meet."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FINE = 4
"""So many cubes to a reach: what is joined though it lies too far is not much further."""


class Joined:
    """Union of numbered things: what is joined has one root, the smallest number."""

    def __init__(self, count: int) -> None:
        self._root: Ints = np.arange(count)

    def join(self, one: Ints, two: Ints) -> None:
        """Join things pair by pair."""
        while True:
            here, there = self._root[one], self._root[two]
            apart = here != there
            if not apart.any():
                return
            one, two = one[apart], two[apart]
            here, there = here[apart], there[apart]
            np.minimum.at(self._root, np.maximum(here, there), np.minimum(here, there))
            self._flatten()

    def near(self, places: Floats, whose: Flags, reach_km: float) -> None:
        """Join each of `whose` with everything within reach of it, and with some that is a little further.

        `places` are positions in km, a row for each thing.
        """
        if not whose.any():
            return
        cubes = _Cubes(places, reach_km / FINE)
        asked = np.unique(cubes.of[whose])
        one, two = cubes.beside(asked)
        met = np.zeros(len(cubes.first), dtype=bool)
        met[two] = True
        inside = np.flatnonzero(met[cubes.of])
        self.join(
            np.concatenate([cubes.first[one], inside]),
            np.concatenate([cubes.first[two], cubes.first[cubes.of[inside]]]),
        )

    def _flatten(self) -> None:
        while True:
            shorter = self._root[self._root]
            if np.array_equal(shorter, self._root):
                return
            self._root = shorter

    def roots(self) -> Ints:
        """Return the root of each."""
        return self._root


class _Cubes:
    """The cubes of one side that hold things: which one holds each, and the first thing in each."""

    def __init__(self, places: Floats, side_km: float) -> None:
        at = np.floor(places / side_km).astype(np.int64)
        lowest = at.min(axis=0) - FINE - 2
        self._span = at.max(axis=0) - lowest + FINE + 3
        self._keys, self.first, self.of = np.unique(
            self._key(at - lowest), return_index=True, return_inverse=True
        )

    def _key(self, at: Ints) -> Ints:
        key: Ints = (at[..., 0] * self._span[1] + at[..., 1]) * self._span[2] + at[..., 2]
        return key

    def beside(self, asked: Ints) -> tuple[Ints, Ints]:
        """Return the cubes asked for, each with those of which some point lies within `FINE` sides of it."""
        steps = range(-FINE, FINE + 1)
        near = [
            step for step in product(steps, repeat=3) if sum(max(abs(k) - 1, 0) ** 2 for k in step) < FINE**2
        ]
        ones, twos = [], []
        for step in near:
            other = self._keys[asked] + self._key(np.array(step, dtype=np.int64))
            at = np.minimum(np.searchsorted(self._keys, other), len(self._keys) - 1)
            found = self._keys[at] == other
            ones.append(asked[found])
            twos.append(at[found])
        return np.concatenate(ones), np.concatenate(twos)
