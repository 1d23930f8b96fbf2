"""A coarse claim joins no two fires: it goes to the nearest, and others go with it.

Fine claims make fires by chains of links. A coarse claim that is linked to fine ones is of the fire of the
nearest, by `measure`. Coarse claims that are linked to no fine one hang together by chains of links, and go
as a whole with the fire of the nearest coarse claim of the first kind that is linked to any; else they are a
fire of their own. Which fires there are is thus a pure function of the set of claims. Nothing is measured
where all that is linked to a claim is of one fire.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detectors.clump import Clump, Columns
from detectors.fire import Fire
from detectors.link import Key, Node
from detectors.links import DAY_S, Links, more

HELD = (float("inf"), (float("inf"), ""))
"""What a coarse claim notes that is linked to some fine one; how far that is was not asked."""


Pair = tuple[float, Key, Key, Fire]
"""How far a claim is that no fine one is linked to from one that has a fire, both keys, and that fire."""

AT_ONCE = 256
"""So many claims are measured against a clump at once."""


class Bridging(Links):
    """Links, and what coarse claims make of them."""

    def _place_coarse(self, node: Node) -> None:
        """Let a coarse claim that is of no fire yet be of the one it belongs to."""
        fires = list(self._meeting(self.bins, node))
        if not fires:
            self._place_loose(node)
            return
        fire = fires[0]
        if len(fires) > 1:
            self._rivals(*fires)
            best = self._nearest(node)
            assert best is not None
            fire, node.least = fire_of(best[2]), best[:2]
        self._enter(node, fire)
        for other in list(self._meeting(self.coarse, node, fire)):
            if other.fine:
                self._rivals(fire, other)
            else:
                fire = self._merge(fire, other)
        self._put(node)
        self._draw_anew([node])

    def _place_loose(self, node: Node) -> None:
        """Let a coarse claim that is linked to no fine one be of the fire it goes with."""
        fires = list(self._meeting(self.coarse, node))
        if not fires:
            node.fire = Fire(node)
            self._put(node)
            return
        contested = len(fires) > 1 and any(other.fine for other in fires)
        fire = fires[0] if contested else self._whole(fires)
        if contested:
            self._rivals(*fires)
            known = self._follows(node)
            if known is not None:
                fire, node.tow = known.fire or fire, known.tow
        self._enter(node, fire)
        self._put(node)
        if contested and node.tow is None:
            self._draw(node)

    def _whole(self, fires: list[Fire]) -> Fire:
        whole = fires[0]
        for other in fires[1:]:
            whole = self._merge(whole, other)
        return whole

    def _follows(self, node: Node) -> Node | None:
        """Return a claim with which one that no fine claim is linked to surely goes; None: to be measured.

        So it is if all such that it is linked to are of one fire, and nothing of another fire is as near to
        it as the pair by which these go with theirs.
        """
        known: Node | None = None
        rest: list[tuple[float, Fire]] = []
        for clump in self._clumps(self.coarse, node):
            columns = clump.columns()
            found, far = columns.near(self.eras.widest, node)
            noted = columns.noted[found]
            if not np.isnan(noted).all():
                rest.append((float(far[~np.isnan(noted)].min()), fire_of(clump.head)))
            for at in found[np.isnan(noted)]:
                other = columns.nodes[at]
                if not self._linked(node, other):
                    continue
                if self._is_held(other):
                    columns.noted[at] = HELD[0]
                    rest.append((self._far(node, other), fire_of(other)))
                elif other.tow is None or (known is not None and known.fire is not other.fire):
                    return None
                else:
                    known = other
        if known is None or known.tow is None or not self.eras.is_one:
            return None
        tow = more(known.tow)
        return known if all(far > tow for far, fire in rest if fire is not known.fire) else None

    def _attract(self, node: Node) -> None:
        """Put a fine claim that is of a fire in the grid, and draw to it what is nearer to it now."""
        won: list[Node] = []
        promoted: list[Node] = []
        for clump in list(self._clumps(self.coarse, node)):
            mine, theirs = fire_of(node), clump.fire
            if theirs is None or (theirs is mine and not mine.rivals):
                continue
            if not theirs.fine:
                # coarse claims alone: once one of them has a fire, so have all
                if self._meets_any(node, clump):
                    self._merge(mine, theirs)
            elif theirs is mine:
                promoted += self._promoted(node, clump)
            else:
                won += self._won(node, clump, promoted)
        self._put(node)
        self._pass([*won, *promoted], fire_of(node))
        self._draw_anew(won)
        self._draw_anew(promoted, own=True)

    def _won(self, node: Node, clump: Clump, promoted: list[Node]) -> list[Node]:
        """Return the claims of a clump of another fire that are nearer to a fine one than to their own.

        Those of which it is the first that is in reach are added to `promoted`.
        """
        columns = clump.columns()
        found, far = columns.near(self.eras.widest, node)
        if len(found):
            self._rivals(fire_of(node), fire_of(clump.head))
        if self.eras.is_one:
            # what is surely further off than its own is not asked; what was never noted is
            found = found[~(far > more(columns.noted[found]))]
        won: list[Node] = []
        for at in found:
            other = columns.nodes[at]
            if not self._linked(node, other):
                continue
            if self._is_cut_off(other):
                self._doubt(fire_of(node), fire_of(other))
                continue
            here = self._far(node, other), node.key
            if other.least is None or here < other.least:
                own = self._nearest(other, other.fire)
                other.least = here if own is None else min(here, own[:2])
                if other.least == here:
                    (promoted if own is None else won).append(other)
            columns.noted[at] = other.least[0]
        return won

    def _promoted(self, node: Node, clump: Clump) -> list[Node]:
        """Return the claims of a clump of its own fire of which a fine one is the first that is in reach."""
        columns = clump.columns()
        found, _ = columns.near(self.eras.widest, node, columns.open())
        promoted = []
        for at in found:
            other = columns.nodes[at]
            if not self._linked(node, other):
                continue
            if self._is_cut_off(other):
                self._doubt(fire_of(node))
                continue
            if not self._is_held(other):
                other.least = self._far(node, other), node.key
                promoted.append(other)
            columns.noted[at] = math.nan if other.least is None else other.least[0]
        return promoted

    def _is_held(self, node: Node) -> bool:
        """Return whether a coarse claim is linked to a fine one that is in the grid, and note it."""
        if node.least is not None or node.tow is not None:
            return node.least is not None
        if next(self._meeting(self.bins, node), None) is not None:
            node.least = HELD
        return node.least is not None

    def _draw_anew(self, nodes: Iterable[Node], *, own: bool = False) -> None:
        """Ask with which fire those go that are linked to these claims: of others, or of their own too."""
        seeds: dict[Node, None] = {}
        for node in nodes:
            for clump in self._clumps(self.coarse, node):
                if own or clump.fire is not node.fire:
                    columns = clump.columns()
                    for other in self._loose_in(columns, node, columns.open()):
                        if own or other.tow is None or self._far(node, other) <= other.tow:
                            seeds[other] = None
        seen: set[Node] = set()
        for seed in seeds:
            if seed not in seen:
                seen |= self._draw(seed)

    def _loose_in(self, columns: Columns, node: Node, among: NDArray[np.intp]) -> list[Node]:
        """Return the claims among some that are linked to one, and to no fine one; the others are noted."""
        found, _ = columns.near(self.eras.widest, node, among)
        loose = []
        for at in found:
            other = columns.nodes[at]
            if other is node or not self._linked(node, other):
                continue
            if not self._is_held(other):
                loose.append(other)
            elif other.least is not None:
                columns.noted[at] = other.least[0]
        return loose

    def _draw(self, seed: Node) -> set[Node]:
        """Let what hangs together with a claim that no fine one is linked to go with its fire; return it."""
        band, met = self._band(seed)
        best: Pair | None = None
        for columns, some in met.values():
            best = self._nearest_pair(columns, some, best)
        fires = {id(node.fire): fire_of(node) for node in band}
        ends = [*fires.values(), *(() if best is None else best[3:])]
        around = {id(fire): fire for end in ends for fire in (end, *end.rivals)}
        # what a fire beside it has forgotten may be nearer than all that is in the grid
        least_s = min(node.seconds for node in band) - self.eras.widest.gap_d * DAY_S
        blind = [fire for fire in around.values() if fire.forgotten_s >= least_s]
        if blind or (best is None and len(fires) > 1):
            self._doubt(*ends, *blind)
        elif best is not None:
            self._rivals(best[3], *fires.values())
            fire = self._pass(band, best[3])
            for node in band:
                node.tow = best[0] if fire.rivals else None
        return set(band)

    def _band(self, seed: Node) -> tuple[list[Node], dict[int, tuple[Columns, list[Node]]]]:
        """Return what hangs together with a claim that no fine one is linked to, and the clumps near each."""
        band, seen, met = [seed], {seed}, dict[int, tuple[Columns, list[Node]]]()
        waiting: dict[int, NDArray[np.intp]] = {}
        for node in band:
            for clump in self._clumps(self.coarse, node):
                columns, some = met.setdefault(id(clump), (clump.columns(), []))
                some.append(node)
                left = waiting.setdefault(id(clump), columns.open())
                if not len(left):
                    continue
                fresh = [other for other in self._loose_in(columns, node, left) if other not in seen]
                seen.update(fresh)
                band += fresh
                left = left[np.isnan(columns.noted[left])]
                if fresh:
                    left = left[[columns.nodes[at] not in seen for at in left]]
                waiting[id(clump)] = left
        return band, met

    def _nearest_pair(self, columns: Columns, nodes: Sequence[Node], best: Pair | None) -> Pair | None:
        """Return the nearest pair of these claims and of those noted in a clump, or one known before."""
        held = np.flatnonzero(~np.isnan(columns.noted))
        for start in range(0, len(nodes) if len(held) else 0, AT_ONCE):
            some = nodes[start : start + AT_ONCE]
            far = columns.apart(self.eras.widest, some, held)
            while far.size and (least := float(far.min())) < math.inf:
                if best is not None and self.eras.is_one and least > more(best[0]):
                    break
                asked = far <= (more(least) if self.eras.is_one else math.inf)
                asked &= far < math.inf
                for row, at in np.argwhere(asked):
                    node, other = some[row], columns.nodes[held[at]]
                    if self._linked(node, other):
                        pair = self._far(node, other), node.key, other.key, fire_of(other)
                        best = pair if best is None or pair[:3] < best[:3] else best
                far[asked] = math.inf
        return best

    def _rivals(self, *fires: Fire) -> None:
        """Note that claims of these fires are linked across."""
        for one, two in combinations(fires, 2):
            one.rival(two)


def fire_of(node: Node) -> Fire:
    """Return the fire of a claim that is of one."""
    assert node.fire is not None
    return node.fire
