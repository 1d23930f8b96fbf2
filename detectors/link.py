"""When two claims are of one fire: near enough for their errors, and soon enough after each other."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct

from detectors.geodesy import EARTH_RADIUS_KM
from schemas.detection import Detection


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [association]."""

    floor_km: Annotated[
        float,
        Meta(
            gt=0, description="Two claims so near are linked whatever their errors; 0.7 shatters a real fire."
        ),
    ] = 1.5
    max_reach_km: Annotated[
        float, Meta(gt=0, le=50, description="Claims further apart never are, however wide their errors.")
    ] = 10.0
    chi_square: Annotated[
        float, Meta(gt=0, description="Of the distance over both errors: 99 % of two degrees of freedom.")
    ] = 9.21
    gap_d: Annotated[
        float,
        Meta(
            gt=0, description="Claims further apart in time are of two fires; a day tears a real one apart."
        ),
    ] = 5.0


class Node:
    """One claim in the graph: its place as a chord vector in km, its time in seconds, and its fire."""

    __slots__ = ("bound", "claim", "era", "fire", "key", "name", "seconds", "sigma", "x", "y", "z")

    def __init__(self, claim: Detection, era: int = 0) -> None:
        self.claim = claim
        self.era = era
        lon, lat = math.radians(claim.longitude), math.radians(claim.latitude)
        flat = EARTH_RADIUS_KM * math.cos(lat)
        self.x = flat * math.cos(lon)
        self.y = flat * math.sin(lon)
        self.z = EARTH_RADIUS_KM * math.sin(lat)
        self.sigma = claim.sigma_km
        self.bound = "" if claim.placing is None else claim.placing.bound
        self.seconds = claim.observed_at.timestamp()
        self.key = (self.seconds, claim.detection_id)
        self.fire: Fire | None = None
        self.name = ""


class Fire:
    """One component: its claims, and under which ids it was ever shown.

    `newest_s` is when the last of them was seen, `forgotten_s` when the last was that the grid holds no more.
    `running` is what they say together, kept up to date by `changes` (come or gone, and the claim).
    """

    __slots__ = ("changes", "first", "forgotten_s", "newest_s", "nodes", "running", "shown")

    def __init__(self, node: Node) -> None:
        self.nodes = [node]
        self.shown: list[str] = []
        self.first = node
        self.newest_s = node.seconds
        self.forgotten_s = -math.inf
        self.running: Any = None
        self.changes: list[tuple[bool, Detection]] = []

    def anchor(self) -> Node:
        """Return the oldest claim, by time and then id; the fire is named after it."""
        return self.first

    def take(self, node: Node) -> None:
        """Take in one claim."""
        node.fire = self
        self.nodes.append(node)
        if node.key < self.first.key:
            self.first = node
        self.newest_s = max(self.newest_s, node.seconds)
        if self.running is not None:
            self.changes.append((True, node.claim))

    def absorb(self, other: "Fire") -> None:
        """Take in the claims of another fire, and the ids that it was shown under."""
        for node in other.nodes:
            node.fire = self
        self.nodes.extend(other.nodes)
        if other.first.key < self.first.key:
            self.first = other.first
        self.newest_s = max(self.newest_s, other.newest_s)
        self.forgotten_s = max(self.forgotten_s, other.forgotten_s)
        self.shown += [shown for shown in other.shown if shown not in self.shown]
        if self.running is not None:
            self.changes += [(True, node.claim) for node in other.nodes]

    def let_go(self, node: Node) -> None:
        """Take one claim out, which leaves the others together."""
        self.nodes.remove(node)
        if node is self.first:
            self.first = min(self.nodes, key=lambda one: one.key)
        if node.seconds >= self.newest_s:
            self.newest_s = max(one.seconds for one in self.nodes)
        if self.running is not None:
            self.changes.append((False, node.claim))

    def change(self, node: Node, claim: Detection) -> None:
        """Let a better version of a claim take its place."""
        if self.running is not None:
            self.changes += [(False, node.claim), (True, claim)]
        node.claim = claim


def limit_km(options: Options, sigma_one: float, sigma_two: float) -> float:
    """Return the distance, km, within which two claims with these errors are linked."""
    gate = math.sqrt(options.chi_square * (sigma_one * sigma_one + sigma_two * sigma_two))
    return min(max(gate, options.floor_km), options.max_reach_km)


def linked(options: Options, one: Node, two: Node) -> bool:
    """Return whether two claims are of one fire; the same whichever comes first.

    A claim without a place is of one fire with those of the same station and direction alone.
    """
    if one.bound != two.bound:
        return False
    if abs(one.seconds - two.seconds) > options.gap_d * 86400.0:
        return False
    limit = limit_km(options, one.sigma, two.sigma)
    dx, dy, dz = one.x - two.x, one.y - two.y, one.z - two.z
    return dx * dx + dy * dy + dz * dz <= limit * limit


def meets(options: Options, one: Node, others: dict[Node, None]) -> bool:
    """Return whether a claim is linked to any of the others; the newest are asked first."""
    gap_s, chi_square, reach = options.gap_d * 86400.0, options.chi_square, options.max_reach_km
    near2, far2 = min(options.floor_km, reach) ** 2, reach * reach
    x, y, z, seconds, sigma2 = one.x, one.y, one.z, one.seconds, one.sigma * one.sigma
    for other in reversed(others):
        dx, dy, dz = x - other.x, y - other.y, z - other.z
        apart2 = dx * dx + dy * dy + dz * dz
        if apart2 > far2 or abs(seconds - other.seconds) > gap_s or one.bound != other.bound:
            continue
        if apart2 <= near2:
            return True
        limit = min(math.sqrt(chi_square * (sigma2 + other.sigma * other.sigma)), reach)
        if apart2 <= limit * limit:
            return True
    return False


def hang_together(options: Options, nodes: Sequence[Node]) -> bool:
    """Return whether chains of links among these claims alone join them all."""
    x, y, z, sigma, seconds = np.array([(n.x, n.y, n.z, n.sigma, n.seconds) for n in nodes]).T
    apart = np.ones(len(nodes), dtype=bool)
    apart[0] = False
    waiting = [0]
    while waiting and apart.any():
        k = waiting.pop()
        gate = np.sqrt(options.chi_square * (sigma * sigma + sigma[k] * sigma[k]))
        limit = np.minimum(np.maximum(gate, options.floor_km), options.max_reach_km)
        near = (x - x[k]) ** 2 + (y - y[k]) ** 2 + (z - z[k]) ** 2 <= limit * limit
        found = np.flatnonzero(apart & near & (np.abs(seconds - seconds[k]) <= options.gap_d * 86400.0))
        apart[found] = False
        waiting += found.tolist()
    return not apart.any()
