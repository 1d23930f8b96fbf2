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

from collections.abc import Iterable

from detectors.grid import Bins
from detectors.link import Fire, Node, Options, limit_km, linked
from schemas.detection import Detection

__all__ = ["Bins", "Fire", "Graph", "Node", "Options", "limit_km", "linked"]


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
        """Let a better version of a claim take its place; where it stands elsewhere, it is linked anew."""
        node = self.nodes[claim.detection_id]
        if _stands(node.claim) != _stands(claim):
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


def _stands(claim: Detection) -> tuple[float, float, float, str]:
    """Return all of a claim that decides what it is linked to; its time is part of its id."""
    bound = "" if claim.placing is None else claim.placing.bound
    return claim.longitude, claim.latitude, claim.sigma_km, bound
