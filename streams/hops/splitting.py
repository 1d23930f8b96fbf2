"""A fire is parted half way between two middles: those that its officer saw, or of what is there."""

import math
from collections.abc import Sequence

from msgspec.structs import replace

from detectors.association import Fire, Node
from detectors.geodesy import KM_PER_DEGREE
from detectors.parting import Cut
from schemas.act import Split
from schemas.reason import Reason
from streams.hops.answers import names_of
from streams.hops.desk import Desk, incident_id
from streams.hops.sitting import Sitting

MARGIN_KM = 10.0
"""How far beyond the claims of a fire a cut goes on: as far as a link may reach."""


def awaited(desk: Desk, act: Split, fire: Fire) -> str | None:
    """Return what a split has to wait for: an observation that it names, or the incident; None: nothing."""
    if act.middles is not None:
        return None
    nodes, masked = desk.graph.nodes, desk.masked
    missing = next((one for one in act.observation_ids if one not in nodes and one not in masked), None)
    if missing is not None:
        return missing
    return None if all(_sides(act, fire)) else act.incident_id


def _sides(act: Split, fire: Fire) -> tuple[list[Node], list[Node]]:
    """Return the claims of a fire that a split names, and the others."""
    named = set(act.observation_ids)
    mine = [node for node in fire.nodes if node.claim.observation_id in named]
    return mine, [node for node in fire.nodes if node.claim.observation_id not in named]


def split(sitting: Sitting, act: Split, fire: Fire) -> tuple[list[Fire], Reason | None]:
    """Part a fire and return its pieces, or why it cannot be parted."""
    cut = _named_line(act, fire) if act.middles is not None else _found_line(act, fire)
    if isinstance(cut, str):
        return [], Reason(code="not_divisible", value=float(len(fire.nodes)), detail=cut)
    sides = {node: cut.side(node) for node in fire.nodes}
    if act.middles is None and len(set(sides.values())) < 2:
        return [], Reason(code="not_divisible", value=float(len(fire.nodes)), detail="no line lies between")
    graph = sitting.desk.graph
    cut = replace(cut, from_s=cut.from_s - graph.eras.widest.gap_d * 86400.0)
    graph.parting.cuts[act.act_id] = cut
    sitting.result.rows[f"2/{act.act_id}"] = cut
    _keep_together(sitting, sides)
    if act.middles is None:
        return graph.part(fire), None
    # what lies across the line and is of this fire only once more of it has come
    others = [one for one in _across(sitting.desk, cut) if one is not fire]
    return [piece for one in (fire, *others) for piece in graph.part(one)], None


def _across(desk: Desk, cut: Cut) -> list[Fire]:
    """Return the fires that have claims on both sides of a line, the oldest first."""
    sides: dict[int, set[int]] = {}
    fires = {id(node.fire): node.fire for node in desk.graph.nodes.values() if node.fire is not None}
    for one in desk.graph.nodes.values():
        sides.setdefault(id(one.fire), set()).add(cut.side(one))
    found = [fire for name, fire in fires.items() if {-1, 1} <= sides[name]]
    return sorted(found, key=lambda fire: fire.anchor().key)


def _named_line(act: Split, fire: Fire) -> Cut | str:
    """Return the line that an officer named, or why it is none: nothing but the act and its id decides it.

    It holds for what was seen since the claim after which the incident is named.
    """
    at = act.middles
    assert at is not None
    one, two = (at.longitude, at.latitude), (at.other_longitude, at.other_latitude)
    if one == two:
        return "both lie at one place"
    began = next((node for node in fire.nodes if incident_id(node) == act.incident_id), fire.anchor())
    names = tuple(sorted({act.incident_id, *names_of(fire)}))
    return Cut(one=one, two=two, radius_km=at.radius_km, from_s=began.seconds, names=names)


def _found_line(act: Split, fire: Fire) -> Cut | str:
    """Return the line half way between what is named and the rest that is there, or why there is none."""
    mine, rest = _sides(act, fire)
    if not mine or not rest:
        return "all of it is named" if mine else "none of these is of it"
    one, two = _middle(rest), _middle(mine)
    if one == two:
        return "both lie at one place"
    far = max(_km(one, two, node) for node in fire.nodes) + MARGIN_KM
    names = tuple(sorted(names_of(fire)))
    return Cut(one=one, two=two, radius_km=far, from_s=fire.anchor().seconds, names=names)


def _keep_together(sitting: Sitting, sides: dict[Node, int]) -> None:
    """Undo ties across the line, and tie the oldest claims of what would fall into more than two."""
    parting = sitting.desk.graph.parting
    side_of = {node.claim.detection_id: side for node, side in sides.items()}
    for one in [name for name in side_of if name in parting.ties]:
        for two in sorted(parting.ties.get(one, ())):
            if side_of.get(two, side_of[one]) != side_of[one]:
                parting.untie(one, two)
                low, high = sorted((one, two))
                sitting.result.rows[f"1/{low} {high}"] = None


def _middle(nodes: Sequence[Node]) -> tuple[float, float]:
    first = nodes[0].claim.longitude
    east = math.fsum((node.claim.longitude - first + 180.0) % 360.0 - 180.0 for node in nodes) / len(nodes)
    north = math.fsum(node.claim.latitude for node in nodes) / len(nodes)
    return (first + east + 180.0) % 360.0 - 180.0, north


def _km(one: tuple[float, float], two: tuple[float, float], node: Node) -> float:
    """Return a bound of the distance, km, of a claim from the middle of two places."""
    squeeze = math.cos(math.radians(one[1]))
    apart = [
        math.hypot(
            ((place[0] - node.claim.longitude + 180.0) % 360.0 - 180.0) * squeeze,
            place[1] - node.claim.latitude,
        )
        for place in (one, two)
    ]
    return max(apart) * KM_PER_DEGREE
