"""Fires that are one since a front ran: asked anew where what decides it may have changed.

What a look saw where nothing was is of the fire from which the heat moved there (see `carried`). That is a
function of the claims around alone; it is kept by the first claim of what the look saw, and asked again when
claims near it come or go that are no later.
"""

import math
from collections.abc import Collection, Iterable, Iterator

import numpy as np

from detectors.bridging import Bridging, fire_of
from detectors.carried import SAME_LOOK_S, carrier, place_of
from detectors.fire import Fire
from detectors.grid import Bins
from detectors.link import Node, Options, hang_together, linked

TOGETHER_KM = 2.0
"""Of claims in one cube of this side one is looked round, a little further."""


class Carrying(Bridging):
    """Links, bridges, and fires that are one since the heat ran from the one to the other."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.carried: dict[Node, Node] = {}
        """The first claim of what a look saw, and the one that was carried there."""
        self._begun = Bins(options)
        """The former, by place."""
        self._news: list[Node] = []
        """Claims that came, or went, since it was last asked what was carried."""

    def _follow(self) -> None:
        """Ask what was carried of all that what came or went may have changed."""
        news, self._news = self._news, []
        for node in self._to_ask(news):
            self._carry(node)

    def _to_ask(self, news: Iterable[Node]) -> list[Node]:
        """Return the fine claims for which another answer is possible since these came or went, by age.

        What was carried before is asked again; else only where coarse claims are linked to two fires.
        """
        reach_km = 2.0 * self.eras.widest.max_reach_km + 2.0 * TOGETHER_KM
        asked: dict[Node, None] = {}
        if not self._begun:
            news = filter(self._is_contested, news)
        for node, since_s, contested in self._bundled(news):
            for clump in self._begun.within(node, reach_km) if self._begun else ():
                asked |= {one: None for one in clump.nodes if one.seconds >= since_s}
            for clump in self.bins.within(node, reach_km) if contested else ():
                if clump.latest >= since_s and self._has_rivals(clump.fire):
                    columns = clump.columns()
                    asked |= {columns.nodes[k]: None for k in np.flatnonzero(columns.rows[4] >= since_s)}
        return sorted(asked, key=lambda one: one.key)

    def _bundled(self, news: Iterable[Node]) -> Iterator[tuple[Node, float, bool]]:
        """Yield one of the claims that lie together, since when others may be asked, and whether all are."""
        bundles: dict[tuple[int, int, int], list[Node]] = {}
        for node in news:
            x, y, z = (math.floor(at / TOGETHER_KM) for at in place_of(node))
            bundles.setdefault((x, y, z), []).append(node)
        for some in bundles.values():
            since_s = min(one.seconds for one in some) - SAME_LOOK_S
            yield some[0], since_s, any(map(self._is_contested, some))

    def _is_contested(self, node: Node) -> bool:
        """Return whether a claim is gone, or coarse ones are linked to its fire and another."""
        gone = self.nodes.get(node.claim.detection_id) is not node
        return gone or self._has_rivals(node.fire)

    def _has_rivals(self, fire: Fire | None) -> bool:
        """Return whether heat may have moved between a fire and another: cuts do not stop it."""
        return fire is not None and bool(fire.rivals or self.parting.cuts)

    def _carry(self, node: Node) -> None:
        """Make the fire of a claim one with that from which the heat moved there, if there is one."""
        fire = fire_of(node)
        if self._is_cut_off(node):
            self._doubt(fire, *fire.rivals)
            return
        was, found = self.carried.get(node), self._carrier(node)
        if found is was:
            return
        self._let_lie(node)
        if was is not None:
            self._doubt(fire)
        if found is not None:
            self.carried[node] = found
            self._begun.add(node)
            self._merge(fire, fire_of(found)).rivalled = True

    def _carrier(self, node: Node) -> Node | None:
        """Return the claim that the heat carried to what a look saw, if this is the first claim of that.

        None too if the look saw another fire beside it, or something older is linked to what it saw.
        """
        options = self.eras.by[node.era]
        if node.bound or not options.step_km or self._is_known(node, ()):
            return None
        fine = self._around(self.bins, node, options.max_reach_km)
        group = [one for one in fine if is_one_look(one, node)]
        if any(one.key < node.key for one in group) or not hang_together(options, group):
            return None
        looked = set(group)
        if any(self._is_known(one, looked) for one in group):
            return None
        others = [one for one in fine if one not in looked and not self.parting.apart(one, node)]
        coarse = self._around(self.coarse, node, options.max_reach_km)
        return carrier(options, group, others, coarse, self._could_link)

    def _could_link(self, one: Node, two: Node) -> bool:
        return linked(self.eras.between(one, two), one, two)

    def _is_known(self, node: Node, looked: Collection[Node]) -> bool:
        """Return whether a fine claim is linked to an older one, but for some."""
        for clump in self._clumps(self.bins, node):
            if clump.earliest > node.seconds:
                continue
            columns = clump.columns()
            found, _ = columns.near(self.eras.widest, node)
            for other in (columns.nodes[k] for k in found):
                if other.key < node.key and other not in looked and self._could_link(node, other):
                    return True
        return False

    def _around(self, bins: Bins, node: Node, reach_km: float) -> list[Node]:
        """Return the claims that have a place within a distance of one, itself too."""
        found = []
        for clump in bins.within(node, reach_km):
            columns = clump.columns()
            away = columns.rows[:3] - np.array([[node.x], [node.y], [node.z]])
            near = np.einsum("ij,ij->j", away, away) <= reach_km * reach_km
            found += [columns.nodes[k] for k in np.flatnonzero(near) if not columns.nodes[k].bound]
        return found

    def _drop(self, node: Node) -> None:
        super()._drop(node)
        self._let_lie(node)

    def _let_lie(self, node: Node) -> None:
        """Forget what was carried to a claim."""
        if self.carried.pop(node, None) is not None:
            self._begun.drop(node)


def is_one_look(one: Node, two: Node) -> bool:
    """Return whether two claims are of one look: a satellite's pass, or what one station said at a time."""
    return one.claim.look == two.claim.look and abs(one.seconds - two.seconds) <= SAME_LOOK_S
