"""The claims of one fire in one cell, also as columns: many are measured at once."""

from collections.abc import Collection, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.fire import Fire
from detectors.link import Node, Options

SLACK = 1.0001
"""What is added to a reach, so that rounding leaves nobody out."""


class Columns(NamedTuple):
    """Claims; where, how sure and when (x, y, z, km; variance, km2; s), and what was noted of each."""

    nodes: list[Node]
    rows: NDArray[np.float64]
    noted: NDArray[np.float64]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> "Columns":
        """Return the columns of claims of which nothing is noted."""
        rows = np.array([(n.x, n.y, n.z, n.sigma * n.sigma, n.seconds) for n in nodes]).T
        return cls(list(nodes), rows, np.full(len(nodes), np.nan))

    def and_then(self, more: "Columns") -> "Columns":
        """Return these claims and more behind them."""
        rows = np.concatenate([self.rows, more.rows], axis=1)
        return Columns([*self.nodes, *more.nodes], rows, np.concatenate([self.noted, more.noted]))

    def without(self, gone: Collection[Node]) -> "Columns":
        """Return these claims but for some."""
        kept = [at for at, node in enumerate(self.nodes) if node not in gone]
        return Columns([self.nodes[at] for at in kept], self.rows[:, kept], self.noted[kept])

    def near(
        self, widest: Options, node: Node, among: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return where the claims stand that may be linked to one (and some that are not), and how far off.

        The distance is `measure` of the two by these options. Of all claims, or among those in some places.
        """
        rows = self.rows if among is None else self.rows[:, among]
        away = rows[:3] - np.array([[node.x], [node.y], [node.z]])
        apart2 = np.einsum("ij,ij->j", away, away)
        reach, floor = widest.max_reach_km * SLACK, widest.floor_km * SLACK
        in_time = np.abs(rows[4] - node.seconds) <= widest.gap_d * 86400.0
        found = np.flatnonzero((apart2 <= reach * reach) & in_time)
        apart2, error2 = apart2[found], rows[3, found] + node.sigma * node.sigma
        near = apart2 <= np.maximum(widest.chi_square * SLACK * error2, floor * floor)
        found, late = found[near], (rows[4, found[near]] - node.seconds) / 3600.0 / widest.near_h
        far = apart2[near] / error2[near] + late * late
        return (found if among is None else among[found]), far

    def apart(self, widest: Options, nodes: Sequence[Node], among: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return how far claims (rows) are from those in some places; infinite: never linked."""
        x, y, z, error2, seconds = Columns.of(nodes).rows[:, :, None]
        rows = self.rows[:, None, among]
        apart2 = (rows[0] - x) ** 2 + (rows[1] - y) ** 2 + (rows[2] - z) ** 2
        error2 = rows[3] + error2
        reach, floor, late = widest.max_reach_km * SLACK, widest.floor_km * SLACK, rows[4] - seconds
        limit2 = np.minimum(np.maximum(widest.chi_square * SLACK * error2, floor * floor), reach * reach)
        is_near = (apart2 <= limit2) & (np.abs(late) <= widest.gap_d * 86400.0)
        return np.where(is_near, apart2 / error2 + (late / 3600.0 / widest.near_h) ** 2, np.inf)

    def open(self) -> NDArray[np.intp]:
        """Return where the claims stand of which nothing is noted."""
        return np.flatnonzero(np.isnan(self.noted))


def measure(options: Options, one: Node, two: Node) -> float:
    """Return how far two claims are from each other, in errors of distance and in time.

    It is the squared distance over both variances, and the square of the hours apart over `near_h`.
    """
    dx, dy, dz = one.x - two.x, one.y - two.y, one.z - two.z
    late = (one.seconds - two.seconds) / 3600.0 / options.near_h
    return (dx * dx + dy * dy + dz * dz) / (one.sigma * one.sigma + two.sigma * two.sigma) + late * late


class Clump:
    """The claims of one fire in one cell; all were observed from `earliest` to `latest`, s."""

    __slots__ = ("_columns", "_left", "earliest", "head", "latest", "nodes")

    def __init__(self, node: Node) -> None:
        self.nodes: dict[Node, None] = {node: None}
        self.head = node
        self.earliest = self.latest = node.seconds
        self._columns: Columns | None = None
        self._left: dict[Node, None] = {}

    @property
    def fire(self) -> Fire | None:
        """The fire they are all of."""
        return self.head.fire

    def add(self, node: Node) -> None:
        """Put one more claim of the fire in."""
        if node in self._left:
            self._tidy()
        self.nodes[node] = None
        self.earliest = min(self.earliest, node.seconds)
        self.latest = max(self.latest, node.seconds)

    def drop(self, node: Node) -> None:
        """Take one node out, which is in."""
        del self.nodes[node]
        if self._columns is not None:
            self._left[node] = None
        if len(self._left) > len(self.nodes):
            self._tidy()
        if node is self.head and self.nodes:
            self.head = next(iter(self.nodes))

    def unnote(self, nodes: Collection[Node]) -> None:
        """Let nothing be noted of some claims."""
        if self._columns is not None:
            self._columns.noted[[node in nodes for node in self._columns.nodes]] = np.nan

    def absorb(self, other: "Clump") -> None:
        """Take in a clump that has become one of the same fire."""
        if not self._left.keys().isdisjoint(other.nodes):
            self._tidy()
        self.nodes |= other.nodes
        self.earliest = min(self.earliest, other.earliest)
        self.latest = max(self.latest, other.latest)

    def columns(self) -> Columns:
        """Return the claims as columns, in the order in which they came."""
        self._tidy()
        known = self._columns
        done = 0 if known is None else len(known.nodes)
        if known is None or done < len(self.nodes):
            fresh = Columns.of(list(islice(self.nodes, done, None)))
            self._columns = known = fresh if known is None else known.and_then(fresh)
        return known

    def _tidy(self) -> None:
        """Let the columns be of the claims that are still in, all at once."""
        if self._left and self._columns is not None:
            self._columns = self._columns.without(self._left)
        self._left.clear()
