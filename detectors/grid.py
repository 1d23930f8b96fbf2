"""Claims by place, so that a new one meets only those it could be linked to.

The claims of one cell that are of one fire make a clump: once one of a fire's claims is found to be linked,
its other clumps need not be looked at, so a crowd costs no more to join than a lone pixel.
"""

import math
from collections.abc import Collection, Iterable, Iterator

from detectors.clump import Clump
from detectors.geodesy import KM_PER_DEGREE
from detectors.link import Node, Options, limit_km

WIDE_KM = 5.0
"""Cells for claims of large error, which link over a few kilometres."""
SMALL_SIGMA_KM = 0.34
"""Claims with an error up to this link to each other within the floor of 1.5 km; most do."""
SLACK = 1.0001
"""What is added to a reach, so that rounding leaves nobody out."""


ROOM = 1.001
"""A cell is so much wider than what is asked for, that only cells beside it are within reach."""

MOST_RINGS = 2000
"""Neighbourhoods of cells that are remembered."""

Cell = tuple[int, int]
"""Row and column."""


class Grid:
    """Clumps by cell, a little higher and wider than `reach_km`; each row of latitude has its columns."""

    def __init__(self, reach_km: float) -> None:
        self.reach_km, self.side_km = reach_km, reach_km * ROOM
        self._cells: dict[tuple[int, int], list[Clump]] = {}
        self._rows: dict[int, tuple[int, float]] = {}
        self._rings: dict[Cell, list[Cell]] = {}

    def __len__(self) -> int:
        return len(self._cells)

    def add(self, node: Node) -> None:
        """Put one claim in, beside those of its fire."""
        key = self._cell(node)
        clumps = self._cells.get(key)
        if clumps is None:
            self._cells[key] = [Clump(node)]
            return
        fire = node.fire
        mine = [clump for clump in clumps if clump.head.fire is fire]
        if not mine:
            clumps.append(Clump(node))
            return
        for other in mine[1:]:
            mine[0].absorb(other)
            clumps.remove(other)
        mine[0].add(node)

    def nodes(self) -> Iterator[Node]:
        """Yield every claim."""
        for clumps in self._cells.values():
            for clump in clumps:
                yield from clump.nodes

    def drop(self, node: Node) -> None:
        """Take one claim out, if it is in."""
        clump = self._clump(node)
        if clump is None:
            return
        clump.drop(node)
        if not clump.nodes:
            key = self._cell(node)
            self._cells[key].remove(clump)
            if not self._cells[key]:
                del self._cells[key]

    def unnote(self, nodes: Iterable[Node]) -> None:
        """Let nothing be noted of some claims, as far as they are in."""
        some: dict[Clump, set[Node]] = {}
        for node in nodes:
            clump = self._clump(node)
            if clump is not None:
                some.setdefault(clump, set()).add(node)
        for clump, mine in some.items():
            clump.unnote(mine)

    def _clump(self, node: Node) -> Clump | None:
        clumps = self._cells.get(self._cell(node), ())
        return next((clump for clump in clumps if node in clump.nodes), None)

    def near(self, node: Node, reach_km: float) -> list[Clump]:
        """Return every clump with a claim within `reach_km`, and some beyond; those of its own cell first."""
        cells = self._cells
        if not cells:
            return []
        own = self._cell(node)
        if reach_km <= self.reach_km:
            around = self._rings.get(own) or self._ring(own)
        else:
            latitude, turned = node.claim.latitude, node.claim.longitude + 180.0
            around = _others(self._around((latitude, latitude), (turned, turned), reach_km), own)
        found = list(cells.get(own, ()))
        for clumps in filter(None, map(cells.get, around)):
            found += clumps
        return found

    def _ring(self, own: Cell) -> list[Cell]:
        """Return the other cells within reach of anything in one; the pixels of one fire share them."""
        row, column = own
        _, wide = self._rows.get(row) or self._row(row)
        south, west = row * self.side_km / KM_PER_DEGREE, column * self.side_km / wide
        north, east = (row + 1) * self.side_km / KM_PER_DEGREE, (column + 1) * self.side_km / wide
        if len(self._rings) >= MOST_RINGS:
            self._rings.clear()
        around = self._around((south, north), (west, min(east, 360.0)), self.reach_km)
        self._rings[own] = _others(around, own)
        return self._rings[own]

    def _around(
        self, latitudes: tuple[float, float], turned: tuple[float, float], reach_km: float
    ) -> list[Cell]:
        """Return the cells within a reach of a place or box; longitudes are counted east from -180."""
        (south, north), (west, east), side = latitudes, turned, self.side_km
        high = reach_km * SLACK / KM_PER_DEGREE
        edge = max(abs(south), abs(north)) + high
        wide = high / math.cos(math.radians(edge)) if edge < 89.0 else 360.0
        first, last = (math.floor(at * KM_PER_DEGREE / side) for at in (south - high, north + high))
        return [
            (row, column)
            for row in range(first, last + 1)
            for start, end in self._spans(row, west - wide, east + wide)
            for column in range(start, end + 1)
        ]

    def _spans(self, row: int, west: float, east: float) -> tuple[tuple[int, int], ...]:
        """Return the first and last columns of a row between two longitudes, degrees east of -180."""
        columns, wide = self._rows.get(row) or self._row(row)
        side = self.side_km
        if west >= 0.0 and east <= 360.0:
            return ((int(west * wide / side), int(east * wide / side)),)
        if east - west >= 180.0:
            return ((0, columns - 1),)
        # the last column may be a narrow one, so degrees are turned, not columns
        if west < 0.0:
            return (0, int(east * wide / side)), (int((west + 360.0) * wide / side), columns - 1)
        return (int(west * wide / side), columns - 1), (0, int((east - 360.0) * wide / side))

    def _row(self, row: int) -> tuple[int, float]:
        """Return how many columns a row has, and how many km one degree of longitude spans in it."""
        south = abs(row) if row >= 0 else abs(row + 1)
        # at the edge that is nearer to the pole, so that a column is never narrower than it says
        edge = min((south + 1) * self.side_km / KM_PER_DEGREE, 89.9)
        wide = KM_PER_DEGREE * math.cos(math.radians(edge))
        self._rows[row] = max(1, math.ceil(360.0 * wide / self.side_km)), wide
        return self._rows[row]

    def _cell(self, node: Node) -> tuple[int, int]:
        row = math.floor(node.claim.latitude * KM_PER_DEGREE / self.side_km)
        columns, wide = self._rows.get(row) or self._row(row)
        return row, int((node.claim.longitude + 180.0) * wide / self.side_km) % columns


def _others(cells: list[Cell], own: Cell) -> list[Cell]:
    return [cell for cell in cells if cell != own]


class Bins:
    """Claims by place. Most have small errors and ask only their near cells and the few of large error."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._most_sigma = SMALL_SIGMA_KM
        self._small_km = limit_km(options, SMALL_SIGMA_KM, SMALL_SIGMA_KM)
        self._small = Grid(self._small_km)
        self._large = Grid(WIDE_KM)
        self._all: Grid | None = None
        """All claims, from when the first of large error came: pixels of 375 m never ask for it."""

    def __bool__(self) -> bool:
        return bool(self._small or self._large)

    def widened(self, options: Options) -> "Bins":
        """Return the same claims by place for another reach of links."""
        made = Bins(options)
        for grid in (self._small, self._large):
            for node in grid.nodes():
                made.add(node)
        return made

    def add(self, node: Node) -> None:
        """Put one claim in, beside those of its fire."""
        self._most_sigma = max(self._most_sigma, node.sigma)
        if self._all is not None:
            self._all.add(node)
        self._grid(node).add(node)

    def drop(self, node: Node) -> None:
        """Take one claim out, if it is in."""
        if self._all is not None:
            self._all.drop(node)
        self._grid(node).drop(node)

    def unnote(self, nodes: Collection[Node]) -> None:
        """Let nothing be noted of some claims, as far as they are in."""
        for grid in (self._small, self._large, self._all):
            if grid is not None:
                grid.unnote(nodes)

    def clumps(self, node: Node) -> list[Clump]:
        """Return every clump with a claim that could be linked to this one (and some without)."""
        if node.sigma > SMALL_SIGMA_KM:
            return self._whole().near(node, limit_km(self._options, node.sigma, self._most_sigma))
        near = self._small.near(node, self._small_km)
        if self._large:
            near += self._large.near(node, limit_km(self._options, node.sigma, self._most_sigma))
        return near

    def near(self, node: Node) -> Iterator[Node]:
        """Yield every claim that could be linked to this one (and some that are not)."""
        for clump in self.clumps(node):
            yield from clump.nodes

    def _whole(self) -> Grid:
        """Return the grid of all claims."""
        if self._all is None:
            self._all = Grid(WIDE_KM)
            for grid in (self._small, self._large):
                for node in grid.nodes():
                    self._all.add(node)
        return self._all

    def _grid(self, node: Node) -> Grid:
        return self._small if node.sigma <= SMALL_SIGMA_KM else self._large
