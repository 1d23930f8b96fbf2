"""Which claims are of one fire: linked pairs, and the fires that chains of links make.

Config::

    [association]
    floor_km = 1.5        # two claims so near are linked whatever their errors
    max_reach_km = 10.0   # claims further apart never are
    chi_square = 9.21     # 99 % of two degrees of freedom, on the combined covariance
    gap_d = 5.0           # at most so long apart
    coarse_km = 0.55      # a pixel with a larger error joins no two fires: it goes to the nearest
    coarse_witness_km = 1.0  # the same of what people, cameras and sensors say
    near_h = 24.0         # to choose by, so many hours apart count as one error of distance

A link is a symmetric function of the two claims alone, and fires are one of the set of claims (see
`bridging`), so neither order nor repetition matters. On a real 60-day fire 0.7 km shatters it and a gap of
24 h would too; NASA's event tracker joins within 1 to 5 km and 5 days.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from detectors.bridging import fire_of
from detectors.fire import Fire
from detectors.grid import Bins
from detectors.link import Node, Options, is_coarse, limit_km, linked
from detectors.links import DAY_S
from detectors.unlinking import Unlinking
from schemas.detection import Detection

__all__ = ["Bins", "Fire", "Graph", "Node", "Options", "limit_km", "linked"]


class Graph(Unlinking):
    """Claims and the fires they make: what comes, is refined, moves, is taken out and is forgotten."""

    def begin(self, era: int, options: Options, since: datetime) -> None:
        """Link what is received from a time on by these options; what was received before stays linked."""
        before, was = self.eras.widest, self.eras.by.get(era, options)
        self.eras.begin(era, options, since)
        if self.eras.widest != before:
            every = self.bins, self.coarse, self.witnesses
            self.bins, self.coarse, self.witnesses = (one.widened(self.eras.widest) for one in every)
        # what was received in this era is linked anew, should it have come before the word of it, or should
        # the same version link otherwise now, laid over another settings file
        late = [
            one
            for one in self.nodes.values()
            if one.era != self.eras.of(one.claim.received_at) or (one.era == era and options != was)
        ]
        for node in late:
            node.era = self.eras.of(node.claim.received_at)
        self._make_anew(node.fire for node in late if node.fire is not None)

    def _node(self, claim: Detection) -> Node:
        return Node(claim, self.eras.of(claim.received_at))

    def add(self, claim: Detection) -> Fire:
        """Put one claim in and return the fire it belongs to."""
        node = self._node(claim)
        self.nodes[claim.detection_id] = node
        self._join(node)
        for name in sorted(self.parting.ties.get(claim.detection_id, ())):
            self._tie(node, name)
        return fire_of(node)

    def settle(self) -> None:
        """Make fires anew that single claims could not decide, before it is asked which there are.

        So it is where an officer tied a coarse claim, which may have come to belong elsewhere and takes the
        tie along, and where what decides is in the grid no more.
        """
        tied = [self.nodes[name] for name in self.parting.ties if name in self.nodes]
        self._doubt(*(fire_of(one) for one in tied if one.coarse and id(one.fire) in self.touched))
        if self._doubtful:
            self.strayed += [node for fire in self._doubtful.values() for node in fire.nodes]
            self._make_anew(())

    def fires(self) -> list[Fire]:
        """Return every fire."""
        self.settle()
        return list({id(node.fire): fire_of(node) for node in self.nodes.values()}.values())

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
            self._let_go(fire, node)
            return [fire]
        return self._make_anew([fire])

    def move(self, claims: Iterable[Detection]) -> None:
        """Let claims stand elsewhere: the fires they are of are made anew, each once.

        The piece with the oldest claim of what a fire was inherits what it was shown as.
        """
        moved = {claim.detection_id: self._node(claim) for claim in claims}
        fires = [fire for name in moved if (fire := self.nodes[name].fire) is not None]
        self._make_anew(fires, moved)

    def leave(self, nodes: Iterable[Node]) -> None:
        """Forget claims that nothing can be linked to any more."""
        for node in nodes:
            self._drop(node)
            self.nodes.pop(node.claim.detection_id, None)
            if node.fire is not None:
                node.fire.end()

    def forget(self, node: Node) -> None:
        """Let nothing new be linked to a claim of a fire that lives on."""
        self._drop(node)
        if node.fire is not None:
            node.fire.forgotten_s = max(node.fire.forgotten_s, node.seconds)

    def _join(self, node: Node) -> None:
        """Let one claim be of the fire it belongs to."""
        node.fire = node.least = node.tow = None
        node.coarse = is_coarse(self.eras.by[node.era], node)
        if node.coarse:
            self._place_coarse(node)
        else:
            self._place_fine(node)
        fire = fire_of(node)
        self.touched[id(fire)] = fire

    def _place_fine(self, node: Node) -> None:
        mine: Fire | None = None
        gap_s, seconds = self.eras.widest.gap_d * DAY_S, node.seconds
        for clump in self.bins.clumps(node):
            theirs = clump.head.fire
            if theirs is mine or theirs is None:
                continue
            if seconds - clump.latest > gap_s or clump.earliest - seconds > gap_s:
                continue
            if self._meets(node, clump.nodes):
                mine = self._enter(node, theirs) if mine is None else self._merge(mine, theirs)
        if mine is None:
            node.fire = Fire(node)
        if self.coarse:
            self._attract(node)
        else:
            self._put(node)

    def _tie(self, node: Node, name: str) -> None:
        """Let a claim and another that an officer tied to it be of one fire."""
        other = self.nodes.get(name)
        if other is not None and other.fire is not None and node.fire is not None:
            self._merge(node.fire, other.fire)

    def unite(self, one: Fire, two: Fire) -> Fire:
        """Make two fires one and return it."""
        return self._merge(one, two)

    def part(self, fire: Fire) -> list[Fire]:
        """Link the claims of a fire anew and return its pieces, the oldest first."""
        return self._make_anew([fire])

    def uncut(self, name: str) -> bool:
        """Take a cut back and link anew what it said something of; return whether there was one."""
        cut = self.parting.cuts.pop(name, None)
        if cut is None:
            return False
        fires = {id(node.fire): fire_of(node) for node in self.nodes.values() if cut.side(node)}
        self._make_anew(fires.values())
        return True

    def _make_anew(self, fires: Iterable[Fire], moved: Mapping[str, Node] | None = None) -> list[Fire]:
        """Link the claims of these fires anew, with nodes in the place of those that moved.

        Returns the fires they are of now, the oldest first. The piece with the oldest claim of what a fire
        was inherits what it was shown as. No claim outside is nearer to what is taken out than to its own;
        what ties and what the grid has forgotten may concern other fires, which are made anew with these.
        """
        olds: list[tuple[Fire, list[str]]] = []
        nodes: dict[str, Node] = {}
        again = {id(fire): fire for fire in (*fires, *self._in_doubt())}
        while again:
            for fire in self._with_forgetful(again.values()):
                self.touched.pop(id(fire), None)
                fire.end()
                olds.append((fire, self._take_out(fire, nodes)))
            nodes |= moved or {}
            self.nodes.update(nodes)
            for node in sorted(nodes.values(), key=lambda one: one.key):
                self._join(node)
            again = self._beyond(nodes)
        for name in sorted(self.parting.ties.keys() & nodes.keys()):
            for other in sorted(self.parting.ties[name]):
                self._tie(nodes[name], other)
        for fire, names in olds:
            self._inherit(fire, names)
        pieces = {id(node.fire): fire_of(node) for node in nodes.values()}
        return sorted(pieces.values(), key=lambda piece: piece.anchor().key)

    def _with_forgetful(self, fires: Iterable[Fire]) -> list[Fire]:
        """Return fires, and those beside them that forgot claims which may be linked to theirs."""
        found = list(dict.fromkeys(fires))
        for fire in found:
            since_s = fire.first.seconds - self.eras.widest.gap_d * DAY_S
            beside = sorted(fire.rivals, key=lambda one: one.first.key)
            found += [one for one in beside if one.forgotten_s >= since_s and one not in found]
        return found

    def _take_out(self, fire: Fire, nodes: dict[str, Node]) -> list[str]:
        """Take the claims of a fire that are still there out of the grid, and return their ids by age."""
        for node in fire.nodes:
            self._drop(node)
        here = [node for node in fire.nodes if self.nodes.get(node.claim.detection_id) is node]
        here.sort(key=lambda node: node.key)
        nodes |= {node.claim.detection_id: node for node in here}
        return [node.claim.detection_id for node in here]

    def _in_doubt(self) -> list[Fire]:
        """Return the fires that the claims of those in doubt are of now, and doubt none."""
        nodes = [node for fire in self._doubtful.values() for node in fire.nodes]
        here = [node for node in nodes if self.nodes.get(node.claim.detection_id) is node]
        self._doubtful = {}
        return list({id(node.fire): fire_of(node) for node in here}.values())

    def _beyond(self, nodes: Mapping[str, Node]) -> dict[int, Fire]:
        """Return all fires of these claims and those in doubt, if these have other claims; else none."""
        doubtful = self._in_doubt()
        if all(node.claim.detection_id in nodes for fire in doubtful for node in fire.nodes):
            return {}
        return {id(fire): fire for fire in (*doubtful, *map(fire_of, nodes.values()))}

    def _inherit(self, fire: Fire, names: Sequence[str]) -> None:
        """Let the fire of the oldest of these claims be shown as what their fire was."""
        if not names:
            self.gone.append(fire)
            return
        heir = fire_of(self.nodes[names[0]])
        heir.shown += [shown for shown in fire.shown if shown not in heir.shown]


def _stands(claim: Detection) -> tuple[float, float, float, str]:
    """Return all of a claim that decides what it is linked to; its time is part of its id."""
    bound = "" if claim.placing is None else claim.placing.bound
    return claim.longitude, claim.latitude, claim.sigma_km, bound
