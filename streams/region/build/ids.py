"""Ids of a layer, each once: hashes of ten million fit in 160 MB, which their texts would not."""

import hashlib

import numpy as np
import shapely
from numpy.typing import NDArray

from streams.region.build.source import Shapes

Hashes = NDArray[np.uint64]


class _Seen:
    """A set of 64-bit hashes as sorted runs, each at least twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def has(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return whether each hash was added before."""
        found = np.zeros(len(hashes), dtype=np.bool_)
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            found |= run[at] == hashes
        return found

    def add(self, hashes: Hashes) -> None:
        """Add hashes."""
        if len(hashes):
            self._runs.append(np.sort(hashes))
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]))


class Ids:
    """Finds ids that were there before, in the same chunk or an earlier one of the layer."""

    def __init__(self) -> None:
        self._ids, self._rows = _Seen(), _Seen()
        self._again: dict[str, int] = {}

    def settle(self, ids: list[str], shapes: Shapes) -> tuple[list[str], list[int], list[int]]:
        """Return the ids made different, rows whose id was there, and rows that were there whole."""
        mine = _hashes([identity.encode() for identity in ids])
        whole = _hashes(
            [identity.encode() + raw for identity, raw in zip(ids, shapely.to_wkb(shapes), strict=True)]
        )
        same_id = self._ids.has(mine) | _repeats(mine)
        same_row = self._rows.has(whole) | _repeats(whole)
        settled = list(ids)
        renamed = [int(row) for row in np.flatnonzero(same_id & ~same_row)]
        taken = set(ids)
        for row in renamed:
            settled[row] = self._fresh(ids[row], taken)
            taken.add(settled[row])
        self._ids.add(_hashes([identity.encode() for identity in taken]))
        self._rows.add(whole[~same_row])
        return settled, renamed, [int(row) for row in np.flatnonzero(same_row)]

    def _fresh(self, identity: str, taken: set[str]) -> str:
        """Return `identity~2`, or the next number that no row of the layer has."""
        while True:
            self._again[identity] = self._again.get(identity, 1) + 1
            found = f"{identity}~{self._again[identity]}"
            if found not in taken and not self._ids.has(_hashes([found.encode()]))[0]:
                return found


def _hashes(texts: list[bytes]) -> Hashes:
    raw = b"".join(hashlib.blake2b(text, digest_size=8).digest() for text in texts)
    return np.frombuffer(raw, dtype=np.uint64)


def _repeats(hashes: Hashes) -> NDArray[np.bool_]:
    """Return whether the same hash stands earlier in the array."""
    again = np.ones(len(hashes), dtype=np.bool_)
    again[np.unique(hashes, return_index=True)[1]] = False
    return again
