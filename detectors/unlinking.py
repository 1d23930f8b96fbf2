"""One claim is taken out of its fire: what hung on it is asked again, and all else stays as it is.

Where no other fire is near, a fire holds if what was linked to the claim hangs together without it. Where one
is, its fine claims hold if those that were linked to a fine one do; of the coarse ones those are asked again
that it was the nearest of, and what it towed. A fire of which this cannot be told is made anew as a whole.
"""

from detectors.bridging import HELD, Bridging, fire_of
from detectors.fire import Fire
from detectors.link import Node, hang_together
from detectors.links import DAY_S


class Unlinking(Bridging):
    """Links and bridges, and what is left of them without one claim."""

    def _holds(self, fire: Fire, gone: Node) -> bool:
        """Return whether a fire surely is one without a claim that the grid holds no more.

        If it has rivals this is said of its fine claims alone: `_let_go` asks what becomes of the others.
        """
        if gone.claim.detection_id in self.parting.ties or self._is_out_of_sight(fire, gone):
            return False
        if fire.rivals and gone.coarse:
            return fire.fine > 0
        around = [
            other
            for bins in (self.bins, self.coarse)
            for clump in self._clumps(bins, gone)
            if clump.fire is fire
            for other in clump.nodes
            if self._linked(gone, other)
        ]
        fine = [other for other in around if not other.coarse]
        if fire.rivals:
            return self._hang_together(fine)
        return self._hang_together(around) and (gone.coarse or not fine or self._hang_together(fine))

    def _hang_together(self, nodes: list[Node]) -> bool:
        """Return whether these claims, of which there are some and no cut speaks, join of themselves."""
        options = self.eras.only(nodes)
        if options is None or any(cut.side(node) for cut in self.parting.cuts.values() for node in nodes):
            return False
        return hang_together(options, nodes)

    def _is_out_of_sight(self, fire: Fire, node: Node) -> bool:
        """Return whether a fire has forgotten what may be linked to a claim."""
        return node.seconds - self.eras.widest.gap_d * DAY_S <= fire.forgotten_s

    def _let_go(self, fire: Fire, gone: Node) -> None:
        """Take a claim, without which its fire holds, out of it, and ask again what hung on it."""
        fire.let_go([gone])
        self.touched[id(fire)] = fire
        if not gone.coarse:
            self._hold_anew(fire, self._held_by(fire, gone))
        elif fire.rivals:
            self._tow_anew(self._towed_by(fire, gone))

    def _held_by(self, fire: Fire, gone: Node) -> list[Node]:
        """Return the coarse claims of a fire that a fine one was the nearest of, or may have been."""
        held = []
        for clump in self._clumps(self.coarse, gone) if fire.rivalled else ():
            if clump.fire is not fire:
                continue
            columns = clump.columns()
            for at in columns.near(self.eras.widest, gone)[0]:
                other = columns.nodes[at]
                if other.least is None or other.least[1] in (gone.key, HELD[1]):
                    held.append(other)
        return held

    def _hold_anew(self, fire: Fire, held: list[Node]) -> None:
        """Let coarse claims of a fire go to the fine one that is the nearest now, and others with them."""
        won: dict[Fire, list[Node]] = {}
        loose = []
        self.coarse.unnote(held)
        for node in held:
            was_measured = node.least not in (None, HELD)
            node.least = node.tow = None
            if not fire.rivals:
                continue
            blind = [one for one in (fire, *fire.rivals) if self._is_out_of_sight(one, node)]
            self._doubt(*((fire, *blind) if blind else ()))
            best = self._nearest(node) if was_measured else None
            if best is not None:
                node.least = best[:2]
                won.setdefault(fire_of(best[2]), []).append(node)
            elif was_measured or not self._is_held(node):
                loose.append(node)
        won.pop(fire, None)
        for other, nodes in won.items():
            self._pass(nodes, other)
        for nodes in won.values():
            self._draw_anew(nodes)
        self._tow_anew(loose)

    def _towed_by(self, fire: Fire, gone: Node) -> list[Node]:
        """Return the claims of a fire by which others went with a coarse one, or hung together with it."""
        is_held = self._is_held(gone)
        return [
            other
            for clump in self._clumps(self.coarse, gone)
            if clump.fire is fire
            for other in self._loose_in(clump.columns(), gone, clump.columns().open())
            if not is_held or other.tow is None or self._far(gone, other) <= other.tow
        ]

    def _tow_anew(self, nodes: list[Node]) -> None:
        """Ask with which fire claims go that no fine one is linked to; what goes with none is parted off."""
        for node in nodes:
            node.tow = None
        seen: set[Node] = set()
        for node in nodes:
            if node not in seen:
                seen |= self._draw(node)
                if node.tow is None and fire_of(node).fine:
                    self._doubt(fire_of(node))
