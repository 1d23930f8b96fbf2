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

from collections.abc import Iterable, Mapping
from datetime import datetime

from detectors.eras import Eras
from detectors.grid import Bins
from detectors.link import Fire, Node, Options, hang_together, limit_km, linked
from detectors.parting import Parting
from schemas.detection import Detection

__all__ = ["Bins", "Fire", "Graph", "Node", "Options", "limit_km", "linked"]


class Graph:
    """Claims and the fires they make; `touched` and `gone` collect what changed since last taken."""

    def __init__(self, options: Options) -> None:
        self.eras = Eras(options)
        self.nodes: dict[str, Node] = {}
        self.bins = Bins(options)
        self.witnesses = Bins(options)
        """Claims of all sources but satellites; they are few."""
        self.touched: dict[int, Fire] = {}
        self.gone: list[Fire] = []
        self.joined: list[Node] = []
        """Claims whose fire became part of another since last taken."""
        self.parting = Parting()
        """What officers said of two fires."""

    def begin(self, era: int, options: Options, since: datetime) -> None:
        """Link what is received from a time on by these options; what was received before stays linked."""
        before, was = self.eras.widest, self.eras.by.get(era, options)
        self.eras.begin(era, options, since)
        if self.eras.widest != before:
            self.bins, self.witnesses = (one.widened(self.eras.widest) for one in (self.bins, self.witnesses))
        # what was received in this era is linked anew, should it have come before the word of it, or should
        # the same version link otherwise now, laid over another settings file
        late = [
            one
            for one in self.nodes.values()
            if one.era != self.eras.of(one.claim.received_at) or (one.era == era and options != was)
        ]
        for node in late:
            node.era = self.eras.of(node.claim.received_at)
        self._relink({id(node.fire): node.fire for node in late if node.fire is not None}, {})

    def _node(self, claim: Detection) -> Node:
        return Node(claim, self.eras.of(claim.received_at))

    def add(self, claim: Detection) -> Fire:
        """Put one claim in and return the fire it belongs to."""
        node = self._node(claim)
        self.nodes[claim.detection_id] = node
        return self._join(node)

    def refine(self, claim: Detection) -> Fire | None:
        """Let a better version of a claim take its place; where it stands elsewhere, it is linked anew."""
        node = self.nodes[claim.detection_id]
        if _stands(node.claim) != _stands(claim) or node.era != self.eras.of(claim.received_at):
            was = node.fire
            self.remove(claim.detection_id)
            fire = self.add(claim)
            if was is not None and was in self.gone:
                # the only claim of its fire: it is the same fire still
                self.gone.remove(was)
                fire.shown += [shown for shown in was.shown if shown not in fire.shown]
            return fire
        if node.fire is not None:
            node.fire.change(node, claim)
            self.touched[id(node.fire)] = node.fire
        return node.fire

    def remove(self, detection_id: str) -> list[Fire]:
        """Take one claim out and return the fires that its fire falls into, the oldest first."""
        node = self.nodes.pop(detection_id)
        fire = node.fire
        self._drop(node)
        if fire is None:
            return []
        if self._holds(fire, node):
            fire.let_go(node)
            self.touched[id(fire)] = fire
            return [fire]
        return self._rebuild(fire, [n for n in fire.nodes if n is not node])

    def move(self, claims: Iterable[Detection]) -> None:
        """Let claims stand elsewhere: the fires they are of are made anew, each once.

        The piece with the oldest claim of what a fire was inherits what it was shown as.
        """
        moved = {claim.detection_id: self._node(claim) for claim in claims}
        fires = {id(fire): fire for name in moved if (fire := self.nodes[name].fire) is not None}
        self._relink(fires, moved)

    def _relink(self, fires: Mapping[int, Fire], moved: Mapping[str, Node]) -> None:
        """Make these fires anew, with nodes in the place of those that moved."""
        olds = [sorted(fire.nodes, key=lambda node: node.key) for fire in fires.values()]
        for fire in fires.values():
            self.touched.pop(id(fire), None)
            for node in fire.nodes:
                self._drop(node)
        news = [moved.get(node.claim.detection_id, node) for nodes in olds for node in nodes]
        self.nodes.update(moved)
        for node in sorted(news, key=lambda node: node.key):
            self._join(node)
        for fire, nodes in zip(fires.values(), olds, strict=True):
            heir = self.nodes[nodes[0].claim.detection_id].fire
            if heir is not None:
                heir.shown += [shown for shown in fire.shown if shown not in heir.shown]

    def leave(self, nodes: Iterable[Node]) -> None:
        """Forget claims that nothing can be linked to any more."""
        for node in nodes:
            self._drop(node)
            self.nodes.pop(node.claim.detection_id, None)

    def forget(self, node: Node) -> None:
        """Let nothing new be linked to a claim of a fire that lives on."""
        self._drop(node)
        if node.fire is not None:
            node.fire.forgotten_s = max(node.fire.forgotten_s, node.seconds)

    def _holds(self, fire: Fire, gone: Node) -> bool:
        """Return whether what was linked to a claim that is taken out hangs together without it.

        Then the whole fire does; if not, or if the grid does not hold all of it, it may still.
        """
        if self.parting:
            return False
        if gone.seconds - self.eras.widest.gap_d * 86400.0 <= fire.forgotten_s:
            return False
        around = [
            other
            for clump in self.bins.clumps(gone)
            if clump.fire is fire
            for other in clump.nodes
            if linked(self.eras.between(gone, other), gone, other)
        ]
        options = self.eras.only(around)
        return options is not None and hang_together(options, around)

    def _join(self, node: Node) -> Fire:
        mine: Fire | None = None
        gap_s, seconds = self.eras.widest.gap_d * 86400.0, node.seconds
        for clump in self.bins.clumps(node):
            theirs = clump.head.fire
            if theirs is mine or theirs is None:
                continue
            if seconds - clump.latest > gap_s or clump.earliest - seconds > gap_s:
                continue
            if self._meets(node, clump.nodes):
                mine = self._enter(node, theirs) if mine is None else self._merge(mine, theirs)
        if mine is None:
            mine = node.fire = Fire(node)
        for name in sorted(self.parting.ties.get(node.claim.detection_id, ())):
            theirs = self.nodes[name].fire if name in self.nodes else None
            if theirs is not None and theirs is not mine:
                mine = self._merge(mine, theirs)
        self.bins.add(node)
        if node.claim.source_class != "satellite":
            self.witnesses.add(node)
        self.touched[id(mine)] = mine
        return mine

    def _meets(self, node: Node, others: dict[Node, None]) -> bool:
        if self.parting.cuts:
            others = {other: None for other in others if not self.parting.apart(node, other)}
        return self.eras.meets(node, others)

    def unite(self, one: Fire, two: Fire) -> Fire:
        """Make two fires one and return it."""
        return self._merge(one, two)

    def part(self, fire: Fire) -> list[Fire]:
        """Link the claims of a fire anew and return its pieces, the oldest first."""
        return self._rebuild(fire, list(fire.nodes))

    def _drop(self, node: Node) -> None:
        self.bins.drop(node)
        if node.claim.source_class != "satellite":
            self.witnesses.drop(node)

    def _enter(self, node: Node, fire: Fire) -> Fire:
        """Let one claim that is of no fire yet be of this one."""
        self.joined += [*fire.nodes, node] if len(fire.nodes) == 1 else [node]
        fire.take(node)
        return fire

    def _merge(self, one: Fire, two: Fire) -> Fire:
        big, small = (one, two) if len(one.nodes) >= len(two.nodes) else (two, one)
        self.joined += small.nodes
        big.absorb(small)
        self.touched.pop(id(small), None)
        self.touched[id(big)] = big
        return big

    def _rebuild(self, fire: Fire, nodes: list[Node]) -> list[Fire]:
        """Make the components of these claims anew; the oldest piece inherits what the fire was shown as."""
        for node in fire.nodes:
            self._drop(node)
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


def _stands(claim: Detection) -> tuple[float, float, float, str]:
    """Return all of a claim that decides what it is linked to; its time is part of its id."""
    bound = "" if claim.placing is None else claim.placing.bound
    return claim.longitude, claim.latitude, claim.sigma_km, bound
