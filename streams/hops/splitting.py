"""A fire is parted half way between what an operator names and the rest, once all that was named is there."""

import math
from collections.abc import Sequence

from msgspec.structs import replace

from detectors.association import Fire, Node
from detectors.geodesy import KM_PER_DEGREE
from detectors.parting import Cut
from schemas.act import Split
from schemas.reason import Reason
from streams.hops.answers import names_of
from streams.hops.desk import Desk
from streams.hops.sitting import Sitting

MARGIN_KM = 10.0
"""How far beyond the claims of a fire a cut goes on: as far as a link may reach."""


def awaited(desk: Desk, act: Split, fire: Fire) -> str | None:
    """Return what a split has to wait for: an observation that it names, or the incident; None: nothing."""
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
    mine, rest = _sides(act, fire)
    if not mine or not rest:
        why = "all of it is named" if mine else "none of these is of it"
        return [], Reason(code="not_divisible", value=float(len(fire.nodes)), detail=why)
    one, two = _middle(rest), _middle(mine)
    if one == two:
        return [], Reason(code="not_divisible", value=float(len(fire.nodes)), detail="both lie at one place")
    far = max(_km(one, two, node) for node in fire.nodes) + MARGIN_KM
    cut = Cut(one=one, two=two, radius_km=far, from_s=-math.inf, names=tuple(sorted(names_of(fire))))
    sides = {node: cut.side(node) for node in fire.nodes}
    if len(set(sides.values())) < 2:
        return [], Reason(code="not_divisible", value=float(len(fire.nodes)), detail="no line lies between")
    graph = sitting.desk.graph
    cut = replace(cut, from_s=fire.anchor().seconds - graph.eras.widest.gap_d * 86400.0)
    graph.parting.cuts[act.act_id] = cut
    sitting.result.rows[f"2/{act.act_id}"] = cut
    _keep_together(sitting, sides)
    return graph.part(fire), None


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
