"""Claims by place, so that a new one meets only those it could be linked to."""

import math
from collections.abc import Iterator

from detectors.geodesy import KM_PER_DEGREE
from detectors.link import Node, Options, limit_km

WIDE_KM = 5.0
"""Cells for claims of large error, which link over a few kilometres."""
SMALL_SIGMA_KM = 0.34
"""Claims with an error up to this link to each other within the floor of 1.5 km; most do."""


class Grid:
    """Claims by cell, about `side_km` high and wide; rows follow latitude, columns are cut row by row."""

    def __init__(self, side_km: float) -> None:
        self.side_km = side_km
        self._cells: dict[tuple[int, int], list[Node]] = {}
        self._rows: dict[int, tuple[int, float]] = {}

    def add(self, node: Node) -> None:
        """Put one claim in."""
        self._cells.setdefault(self._cell(node), []).append(node)

    def drop(self, node: Node) -> None:
        """Take one claim out, if it is in."""
        key = self._cell(node)
        kept = self._cells.get(key, [])
        if node in kept:
            kept.remove(node)
        if not kept:
            self._cells.pop(key, None)

    def near(self, node: Node, reach_km: float) -> Iterator[Node]:
        """Yield every claim within `reach_km`, and some beyond."""
        if not self._cells:
            return
        claim, side = node.claim, self.side_km
        row = int(claim.latitude * KM_PER_DEGREE // side)
        over = int(reach_km / side) + 1
        for r in range(row - over, row + over + 1):
            columns, wide = self._row(r)
            centre = int((claim.longitude + 180.0) * wide // side)
            for c in range(centre - over - 1, centre + over + 2):
                kept = self._cells.get((r, c % columns))
                if kept:
                    yield from kept

    def _row(self, row: int) -> tuple[int, float]:
        """Return how many columns a row has, and how many km one degree of longitude spans in it."""
        known = self._rows.get(row)
        if known is not None:
            return known
        south = abs(row) if row >= 0 else abs(row + 1)
        # at the edge that is nearer to the pole, so that a column is never wider than it says
        edge = min((south + 1) * self.side_km / KM_PER_DEGREE, 89.9)
        wide = KM_PER_DEGREE * math.cos(math.radians(edge))
        self._rows[row] = max(1, math.ceil(360.0 * wide / self.side_km)), wide
        return self._rows[row]

    def _cell(self, node: Node) -> tuple[int, int]:
        row = int(node.claim.latitude * KM_PER_DEGREE // self.side_km)
        columns, wide = self._row(row)
        return row, int((node.claim.longitude + 180.0) * wide // self.side_km) % columns


class Bins:
    """Claims by place. Most have small errors and ask only their near cells and the few of large error."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._most_sigma = SMALL_SIGMA_KM
        self._small = Grid(limit_km(options, SMALL_SIGMA_KM, SMALL_SIGMA_KM))
        self._large = Grid(WIDE_KM)
        self._all = Grid(WIDE_KM)

    def add(self, node: Node) -> None:
        """Put one claim in."""
        self._most_sigma = max(self._most_sigma, node.sigma)
        self._all.add(node)
        self._grid(node).add(node)

    def drop(self, node: Node) -> None:
        """Take one claim out, if it is in."""
        self._all.drop(node)
        self._grid(node).drop(node)

    def near(self, node: Node) -> Iterator[Node]:
        """Yield every claim that could be linked to this one (and some that are not)."""
        widest = limit_km(self._options, node.sigma, self._most_sigma)
        if node.sigma > SMALL_SIGMA_KM:
            yield from self._all.near(node, widest)
            return
        yield from self._small.near(node, limit_km(self._options, node.sigma, SMALL_SIGMA_KM))
        yield from self._large.near(node, widest)

    def _grid(self, node: Node) -> Grid:
        return self._small if node.sigma <= SMALL_SIGMA_KM else self._large
