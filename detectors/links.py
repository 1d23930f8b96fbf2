"""Claims by place and the fires they are of; a claim is linked, enters a fire, and passes to another."""

import math
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.clump import Clump, measure
from detectors.eras import Eras
from detectors.fire import Fire
from detectors.grid import Bins
from detectors.link import Key, Node, Options, linked
from detectors.parting import Parting

DAY_S = 86400.0

MANY, FEW = 64, 4
"""Of a clump with more claims the newest few are asked one by one, then all at once."""

Far = TypeVar("Far", float, NDArray[np.float64])


class Links:
    """Claims and the fires they make; `touched` and `gone` collect what changed since last taken."""

    def __init__(self, options: Options) -> None:
        self.eras = Eras(options)
        self.nodes: dict[str, Node] = {}
        self.bins, self.coarse = Bins(options), Bins(options)
        """The fine claims by place, and the coarse ones."""
        self.witnesses = Bins(options)
        """Claims of all sources but satellites; they are few."""
        self.touched: dict[int, Fire] = {}
        self.gone: list[Fire] = []
        self.joined: list[Node] = []
        """Claims whose fire became part of another since last taken."""
        self.strayed: list[Node] = []
        """Claims that passed from one fire to another since last taken, while both live on."""
        self.parting = Parting()
        """What officers said of two fires."""
        self._doubtful: dict[int, Fire] = {}
        """Fires to be made anew: a tie was torn, or what decides is in the grid no more."""

    def near(self, node: Node) -> Iterator[Node]:
        """Yield every claim that could be linked to this one (and some that are not)."""
        yield from self.bins.near(node)
        yield from self.coarse.near(node)

    def _linked(self, one: Node, two: Node) -> bool:
        return linked(self.eras.between(one, two), one, two) and not self.parting.apart(one, two)

    def _meets(self, node: Node, others: dict[Node, None]) -> bool:
        if self.parting.cuts:
            others = {other: None for other in others if not self.parting.apart(node, other)}
        return self.eras.meets(node, others)

    def _meets_any(self, node: Node, clump: Clump) -> bool:
        """Return whether a claim is linked to any of a clump: the newest are asked first, many at once."""
        if len(clump.nodes) <= MANY:
            return self._meets(node, clump.nodes)
        if any(self._linked(node, other) for other in islice(reversed(clump.nodes), FEW)):
            return True
        columns = clump.columns()
        found, _ = columns.near(self.eras.widest, node)
        return any(self._linked(node, columns.nodes[k]) for k in found)

    def _clumps(self, bins: Bins, node: Node) -> Iterator[Clump]:
        """Yield the clumps that are near a claim in place and time."""
        gap_s, seconds = self.eras.widest.gap_d * DAY_S, node.seconds
        for clump in bins.clumps(node) if bins else ():
            if seconds - clump.latest <= gap_s and clump.earliest - seconds <= gap_s:
                yield clump

    def _meeting(self, bins: Bins, node: Node, but: Fire | None = None) -> Iterator[Fire]:
        """Yield the fires with a claim in these bins that is linked to one, each once, but for that fire."""
        found: set[int] = set()
        for clump in self._clumps(bins, node):
            theirs = clump.fire
            if theirs is None or theirs is but or id(theirs) in found:
                continue
            if self._meets_any(node, clump):
                found.add(id(theirs))
                yield theirs

    def _nearest(self, node: Node, fire: Fire | None = None) -> tuple[float, Key, Node] | None:
        """Return the nearest fine claim that a claim is linked to, of one fire or any, and how far it is."""
        best: tuple[float, Key, Node] | None = None
        for clump in self._clumps(self.bins, node):
            if fire is not None and clump.fire is not fire:
                continue
            columns = clump.columns()
            found, far = columns.near(self.eras.widest, node)
            for at in far.argsort():
                if best is not None and self.eras.is_one and far[at] > more(best[0]):
                    break
                other = columns.nodes[found[at]]
                if self._linked(node, other):
                    here = (self._far(node, other), other.key, other)
                    best = here if best is None else min(best, here, key=_order)
        return best

    def in_reach(self, node: Node) -> list[Fire]:
        """Return the fires with a claim that is linked to one."""
        found = (fire for bins in (self.bins, self.coarse) for fire in self._meeting(bins, node))
        return list({id(fire): fire for fire in found}.values())

    def choice(self, node: Node) -> tuple[float, float, Fire] | None:
        """Return how far a coarse claim is from its fire and the next that it may be of; None: no choice.

        Both are the square root of `measure`: so many errors.
        """
        own = self._nearest(node, node.fire) if node.coarse else None
        if own is None:
            return None
        others = [self._nearest(node, fire) for fire in self._meeting(self.bins, node, node.fire)]
        following = min((one for one in others if one is not None), key=_order, default=None)
        if following is None or following[2].fire is None:
            return None
        return math.sqrt(own[0]), math.sqrt(following[0]), following[2].fire

    def _far(self, one: Node, two: Node) -> float:
        return measure(self.eras.between(one, two), one, two)

    def _put(self, node: Node) -> None:
        """Put a claim that is of a fire where it is found."""
        (self.coarse if node.coarse else self.bins).add(node)
        if node.claim.source_class != "satellite":
            self.witnesses.add(node)

    def _drop(self, node: Node) -> None:
        (self.coarse if node.coarse else self.bins).drop(node)
        if node.claim.source_class != "satellite":
            self.witnesses.drop(node)

    def _enter(self, node: Node, fire: Fire) -> Fire:
        """Let one claim that is of no fire yet be of this one."""
        self.joined += [*fire.nodes, node] if len(fire.nodes) == 1 else [node]
        fire.take(node)
        return fire

    def _merge(self, one: Fire, two: Fire) -> Fire:
        if one is two:
            return one
        big, small = (one, two) if len(one.nodes) >= len(two.nodes) else (two, one)
        self.joined += small.nodes
        big.absorb(small)
        self.touched.pop(id(small), None)
        self.touched[id(big)] = big
        return big

    def _pass(self, nodes: Iterable[Node], fire: Fire) -> Fire:
        """Let claims of other fires be of this one, and return it; all of a fire takes its past along."""
        parts: dict[int, tuple[Fire, list[Node]]] = {}
        for node in nodes:
            if node.fire is not None and node.fire is not fire:
                parts.setdefault(id(node.fire), (node.fire, []))[1].append(node)
        for old, some in parts.values():
            if self.parting.ties and any(node.claim.detection_id in self.parting.ties for node in some):
                self._doubt(old, fire)
            fire = self._merge(fire, old) if len(some) == len(old.nodes) else self._hand(some, old, fire)
        return fire

    def _hand(self, nodes: Collection[Node], old: Fire, fire: Fire) -> Fire:
        """Take some claims from one fire to another; the oldest takes along what the fire was shown as."""
        for node in nodes:
            self._drop(node)
        first = old.first
        old.let_go(nodes)
        for node in nodes:
            fire.take(node)
            self._put(node)
        if first.fire is fire:
            fire.shown += [shown for shown in old.shown if shown not in fire.shown]
            old.shown = []
        self.strayed += nodes
        for rival in (old, *old.rivals):
            fire.rival(rival)
        self.touched |= {id(old): old, id(fire): fire}
        return fire

    def _doubt(self, *fires: Fire) -> None:
        self._doubtful |= {id(fire): fire for fire in fires}

    def _is_cut_off(self, node: Node) -> bool:
        """Return whether the grid no longer holds all that a claim may be linked to in its fire."""
        fire = node.fire
        return fire is not None and node.seconds - self.eras.widest.gap_d * DAY_S <= fire.forgotten_s


def more(far: Far) -> Far:
    """Return a little more than a distance, so that rounding decides nothing."""
    return far * (1.0 + 1e-9) + 1e-12


def _order(found: tuple[float, Key, Node]) -> tuple[float, Key]:
    return found[:2]
