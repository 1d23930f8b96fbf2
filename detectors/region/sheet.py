"""Shapes with what finds them: the tree over their boxes, and the runs of those that are long."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.region.packed_tree import PackedTree
from detectors.region.ragged import Whole, begins, spread
from detectors.region.runs import Runs
from detectors.region.shapes import Shapes


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows are numbers from 0."""

    shapes: Shapes
    tree: PackedTree
    runs: Runs

    @classmethod
    def of(cls, shapes: Shapes) -> "Sheet":
        """Sheet of shapes that stand in a good order."""
        return cls(shapes, PackedTree.of(shapes.boxes()), Runs.of(shapes))

    @classmethod
    def joined(cls, sheets: Sequence["Sheet"]) -> "Sheet":
        """One sheet of several, the rows of each after those of the one before."""
        return cls.of(Shapes.joined([one.shapes for one in sheets]))

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.shapes)

    def edges(self, rows: Whole, boxes: NDArray[np.int64]) -> tuple[Whole, Whole, Whole]:
        """Edges of each row that may meet the box beside it: which row asked for, first and second vertex.

        A point is an edge from itself to itself. All edges of a row that meet its box are there, and others.
        """
        is_long, number = self.runs.find(rows)
        long = is_long.nonzero()[0]
        if not len(long):
            return self._all_edges(rows)
        at, run = self.runs.meeting(number[long], boxes[long])
        first = self.runs.first_vertex[run]
        which, edge = spread(first, first + self.runs.edges[run])
        if len(long) == len(rows):
            return at[which], edge, edge + 1
        short = (~is_long).nonzero()[0]
        pair, vertex, following = self._all_edges(rows[short])
        return (
            np.concatenate([short[pair], long[at[which]]]),
            np.concatenate([vertex, edge]),
            np.concatenate([following, edge + 1]),
        )

    def _all_edges(self, rows: Whole) -> tuple[Whole, Whole, Whole]:
        first, end = self.shapes.ring_range(rows)
        if self.shapes.row_parts is None and self.shapes.part_rings is None:
            owner, ring = None, first
        else:
            owner, ring = spread(first, end)
        begin, stop = begins(self.shapes.ring_vertices, ring), begins(self.shapes.ring_vertices, ring + 1)
        which, vertex = spread(begin, np.maximum(stop - 1, begin + 1))
        following = np.minimum(vertex + 1, stop[which] - 1)
        return which if owner is None else owner[which], vertex, following
