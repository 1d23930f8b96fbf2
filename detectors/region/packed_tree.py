"""Packed R-tree over boxes in the order in which they are given: sixteen to a node, level upon level.

Boxes that follow each other should be near each other (see `hilbert`). A node is one block of memory, the
west, south, east and north sides of its sixteen children, so that a search reads whole cache lines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.region.grid import LEAST, MOST
from detectors.region.ragged import Whole

FAN = 16
"""Children of a node."""

_NOWHERE = np.array([MOST, MOST, LEAST, LEAST], dtype=np.int32)
"""A box that meets no other."""


@dataclass(frozen=True, eq=False)
class PackedTree:
    """`blocks` of shape (nodes, 4, 16), the leaves first, the root last; `count` boxes."""

    count: int
    blocks: NDArray[np.int32]

    @classmethod
    def of(cls, boxes: NDArray[np.int32]) -> "PackedTree":
        """Tree over boxes of shape (n, 4): west, south, east, north."""
        levels: list[NDArray[np.int32]] = []
        level = boxes
        while len(level) > 1 or not levels:
            if not len(level):
                break
            missing = -len(level) % FAN
            padded = np.concatenate([level, np.broadcast_to(_NOWHERE, (missing, 4))])
            blocks = np.ascontiguousarray(padded.reshape(-1, FAN, 4).transpose(0, 2, 1))
            levels.append(blocks)
            level = np.hstack([blocks[:, :2].min(axis=2), blocks[:, 2:].max(axis=2)])
        return cls(len(boxes), np.concatenate(levels) if levels else np.empty((0, 4, FAN), dtype=np.int32))

    def levels(self) -> list[int]:
        """Number of the first block of each level, the leaves first."""
        found: list[int] = []
        first, size = 0, self.count
        while size > 1 or not found:
            if not size:
                break
            size = -(-size // FAN)
            found.append(first)
            first += size
        return found

    def extent(self) -> Whole:
        """West, south, east and north of everything; east before west when there is nothing."""
        root = self.blocks[-1].astype(np.int64) if self.count else np.tile(_NOWHERE[:, None], FAN)
        return np.concatenate([root[:2].min(axis=1), root[2:].max(axis=1)])

    def meeting(self, boxes: NDArray[np.integer]) -> tuple[Whole, Whole]:
        """Pairs (number of the box asked for, row) of boxes that meet, sides included; ordered by both."""
        asked = np.minimum(np.maximum(boxes, LEAST), MOST).astype(np.int32)
        at = np.arange(len(asked) if self.count else 0)
        node = np.zeros(len(at), dtype=np.int64)
        for first in reversed(self.levels()):
            block, one = self.blocks[first + node], asked[at]
            hit = block[:, 0] <= one[:, 2, None]
            hit &= block[:, 1] <= one[:, 3, None]
            hit &= block[:, 2] >= one[:, 0, None]
            hit &= block[:, 3] >= one[:, 1, None]
            which, child = hit.nonzero()
            at, node = at[which], node[which] * FAN + child
        return at, node
