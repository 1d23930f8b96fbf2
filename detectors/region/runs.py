"""Long rows are looked at in runs of sixteen edges, so that a province costs little more than a stand.

Runs of all long rows stand one after the other, and above them boxes of sixteen, of sixteen times sixteen …
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.region.packed_tree import FAN
from detectors.region.ragged import Whole, spread, starts_of
from detectors.region.shapes import Shapes

LONG = 64
"""A row of more vertices than this is looked at in runs."""

_SHIFT = 4
"""Two to this power is FAN."""


@dataclass(frozen=True, eq=False)
class Runs:
    """`rows` are long, and own the runs from their `starts` on; `boxes` hold all levels, the runs first."""

    rows: Whole
    starts: Whole
    first_vertex: Whole
    edges: NDArray[np.uint8]
    boxes: NDArray[np.int32]

    @classmethod
    def of(cls, shapes: Shapes) -> "Runs":
        """Runs of the long rows among these shapes."""
        first, end = shapes.vertex_range(np.arange(len(shapes)))
        rows = np.flatnonzero(end - first > LONG)
        ring_row, rings = spread(*shapes.ring_range(rows))
        begin, stop = shapes.ring_vertices[rings], shapes.ring_vertices[rings + 1]
        edges = np.maximum(stop - begin - 1, 1)
        run_ring, number = spread(np.zeros(len(rings), dtype=np.int64), -(-edges // FAN))
        vertex = begin[run_ring] + number * FAN
        counts = np.minimum(edges[run_ring] - number * FAN, FAN)
        starts = starts_of(np.bincount(ring_row[run_ring], minlength=len(rows)))
        last = np.minimum(vertex + counts, stop[run_ring] - 1)
        return cls(rows, starts, vertex, counts.astype(np.uint8), _pyramid(_boxes(shapes, vertex, last)))

    @cached_property
    def levels(self) -> list[int]:
        """Number of the first box of each level, the runs first, and where the last level ends."""
        found = [0]
        size = len(self.first_vertex)
        while size:
            found.append(found[-1] + size)
            size = -(-size // FAN) if size > 1 else 0
        return found

    def find(self, rows: Whole) -> tuple[NDArray[np.bool_], Whole]:
        """Which rows are long, and the number of each among the long rows."""
        if not len(self.rows):
            return np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.int64)
        number = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return self.rows[number] == rows, number

    def meeting(self, number: Whole, boxes: NDArray[np.int64]) -> tuple[Whole, Whole]:
        """Pairs (position in `number`, run) of runs of long row `number` that meet the box beside it."""
        first, last = self.starts[number], self.starts[number + 1] - 1
        # A row is entered at the level at which fewer than sixteen boxes hold it.
        level = np.zeros(len(number), dtype=np.int64)
        while bool((wide := (last >> _SHIFT * level) - (first >> _SHIFT * level) >= FAN).any()):
            level[wide] += 1
        at, node = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        for depth in range(int(level.max(initial=0)), -1, -1):
            low, high = first >> _SHIFT * depth, last >> _SHIFT * depth
            entered = np.flatnonzero(level == depth)
            owner, fresh = spread(low[entered], high[entered] + 1)
            below, child = spread(np.maximum(node * FAN, low[at]), np.minimum(node * FAN + FAN, high[at] + 1))
            at, node = np.concatenate([at[below], entered[owner]]), np.concatenate([child, fresh])
            hit = _meet(self.boxes[self.levels[depth] + node], boxes[at])
            at, node = at[hit], node[hit]
        return at, node


def _meet(boxes: NDArray[np.int32], asked: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = boxes[:, 0] <= asked[:, 2]
    for side, other in ((1, 3), (2, 0), (3, 1)):
        found &= (boxes[:, side] <= asked[:, other]) if side == 1 else (boxes[:, side] >= asked[:, other])
    return found


def _boxes(shapes: Shapes, vertex: Whole, last: Whole) -> NDArray[np.int32]:
    if not len(vertex):
        return np.empty((0, 4), dtype=np.int32)
    owner, at = spread(vertex, last + 1)
    first = np.searchsorted(owner, np.arange(len(vertex)))
    xy = shapes.xy[at]
    return np.hstack([np.minimum.reduceat(xy, first), np.maximum.reduceat(xy, first)])


def _pyramid(boxes: NDArray[np.int32]) -> NDArray[np.int32]:
    levels = [boxes]
    while len(levels[-1]) > 1:
        first = np.arange(0, len(levels[-1]), FAN)
        low, high = levels[-1][:, :2], levels[-1][:, 2:]
        levels.append(np.hstack([np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)]))
    return np.concatenate(levels)
