"""Which claims are of one fire: linked pairs, and the fires that chains of links make.

Config::

    [association]
    floor_km = 1.5        # two claims so near are linked whatever their errors
    max_reach_km = 10.0   # claims further apart never are
    chi_square = 9.21     # 99 % of two degrees of freedom, on the combined covariance
    gap_d = 5.0           # at most so long apart

A link is a symmetric function of the two claims alone, so neither order nor repetition matters, and
a fire is a connected component. On a real 60-day fire 0.7 km shatters it and a gap of 24 h would too;
NASA's event tracker joins within 1 to 5 km and 5 days.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Annotated

from msgspec import Meta, Struct

from detectors.geodesy import EARTH_RADIUS_KM, KM_PER_DEGREE
from schemas.detection import Detection

WIDE_KM = 5.0
"""Cells for claims of large error, which link over a few kilometres."""
SMALL_SIGMA_KM = 0.34
"""Claims with an error up to this link to each other within the floor of 1.5 km; most do."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [association]."""

    floor_km: Annotated[float, Meta(gt=0)] = 1.5
    max_reach_km: Annotated[float, Meta(gt=0, le=50)] = 10.0
    chi_square: Annotated[float, Meta(gt=0)] = 9.21
    gap_d: Annotated[float, Meta(gt=0)] = 5.0


class Node:
    """One claim in the graph: its place as a chord vector in km, its time in seconds, and its fire."""

    __slots__ = ("claim", "fire", "key", "name", "seconds", "sigma", "x", "y", "z")

    def __init__(self, claim: Detection) -> None:
        self.claim = claim
        lon, lat = math.radians(claim.longitude), math.radians(claim.latitude)
        self.x = EARTH_RADIUS_KM * math.cos(lat) * math.cos(lon)
        self.y = EARTH_RADIUS_KM * math.cos(lat) * math.sin(lon)
        self.z = EARTH_RADIUS_KM * math.sin(lat)
        self.sigma = claim.sigma_km
        self.seconds = claim.observed_at.timestamp()
        self.key = (self.seconds, claim.detection_id)
        self.fire: Fire | None = None
        self.name = ""


class Fire:
    """One component: its claims, and under which ids it was ever shown."""

    __slots__ = ("nodes", "shown")

    def __init__(self, node: Node) -> None:
        self.nodes = [node]
        self.shown: list[str] = []

    def anchor(self) -> Node:
        """Return the oldest claim, by time and then id; the fire is named after it."""
        return self.nodes[0] if len(self.nodes) == 1 else min(self.nodes, key=lambda node: node.key)


def limit_km(options: Options, sigma_one: float, sigma_two: float) -> float:
    """Return the distance, km, within which two claims with these errors are linked."""
    gate = math.sqrt(options.chi_square * (sigma_one * sigma_one + sigma_two * sigma_two))
    return min(max(gate, options.floor_km), options.max_reach_km)


def linked(options: Options, one: Node, two: Node) -> bool:
    """Return whether two claims are of one fire; the same whichever comes first."""
    if abs(one.seconds - two.seconds) > options.gap_d * 86400.0:
        return False
    limit = limit_km(options, one.sigma, two.sigma)
    dx, dy, dz = one.x - two.x, one.y - two.y, one.z - two.z
    return dx * dx + dy * dy + dz * dz <= limit * limit


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


class Graph:
    """Claims and the fires they make; `touched` and `gone` collect what changed since last taken."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.nodes: dict[str, Node] = {}
        self.bins = Bins(options)
        self.touched: dict[int, Fire] = {}
        self.gone: list[Fire] = []

    def add(self, claim: Detection) -> Fire:
        """Put one claim in and return the fire it belongs to."""
        node = Node(claim)
        self.nodes[claim.detection_id] = node
        return self._join(node)

    def refine(self, claim: Detection) -> Fire | None:
        """Let a better version of a claim take its place (same id, so same place and time)."""
        node = self.nodes[claim.detection_id]
        if node.sigma != claim.sigma_km:
            was = node.fire
            self.remove(claim.detection_id)
            fire = self.add(claim)
            if was is not None and was in self.gone:
                # the only claim of its fire: it is the same fire still
                self.gone.remove(was)
                fire.shown += [shown for shown in was.shown if shown not in fire.shown]
            return fire
        node.claim = claim
        if node.fire is not None:
            self.touched[id(node.fire)] = node.fire
        return node.fire

    def remove(self, detection_id: str) -> list[Fire]:
        """Take one claim out and return the fires that its fire falls into, the oldest first."""
        node = self.nodes.pop(detection_id)
        fire = node.fire
        self.bins.drop(node)
        if fire is None:
            return []
        return self._rebuild(fire, [n for n in fire.nodes if n is not node])

    def leave(self, nodes: Iterable[Node]) -> None:
        """Forget claims that nothing can be linked to any more."""
        for node in nodes:
            self.bins.drop(node)
            self.nodes.pop(node.claim.detection_id, None)

    def _join(self, node: Node) -> Fire:
        mine = Fire(node)
        node.fire = mine
        for other in self.bins.near(node):
            theirs = other.fire
            if theirs is not None and theirs is not mine and linked(self.options, node, other):
                mine = self._merge(mine, theirs)
        self.bins.add(node)
        self.touched[id(mine)] = mine
        return mine

    def _merge(self, one: Fire, two: Fire) -> Fire:
        big, small = (one, two) if len(one.nodes) >= len(two.nodes) else (two, one)
        for node in small.nodes:
            node.fire = big
        big.nodes.extend(small.nodes)
        big.shown += [shown for shown in small.shown if shown not in big.shown]
        self.touched.pop(id(small), None)
        self.touched[id(big)] = big
        return big

    def _rebuild(self, fire: Fire, nodes: list[Node]) -> list[Fire]:
        """Make the components of these claims anew; the oldest piece inherits what the fire was shown as."""
        for node in fire.nodes:
            self.bins.drop(node)
        self.touched.pop(id(fire), None)
        for node in sorted(nodes, key=lambda n: n.key):
            self._join(node)
        pieces = list({id(n.fire): n.fire for n in nodes if n.fire is not None}.values())
        pieces.sort(key=lambda piece: piece.anchor().key)
        if pieces:
            pieces[0].shown = fire.shown
        else:
            self.gone.append(fire)
        return pieces
