"""A look is not in vain for a fire within whose reach it saw something that was given to another fire."""

from collections.abc import Sequence

from detectors.association import Fire
from schemas.detection import Detection, Look
from streams.hops.desk import incident_id
from streams.hops.sitting import Sitting


def in_vain(sitting: Sitting, fire: Fire, looks: Sequence[Look]) -> list[Look]:
    """Return those of some looks after all evidence of a fire by which nothing in its reach was seen.

    What one source saw within `look.minutes` of the look counts as seen by it.
    """
    if not looks or not fire.rivals:
        return list(looks)
    graph, span_s = sitting.desk.graph, sitting.given.evidence.look.minutes * 60.0
    names = {look.source for look in looks}
    seen = [
        node
        for rival in fire.rivals
        for node in rival.nodes
        if node.coarse and node.seconds > fire.newest_s and node.claim.source in names
    ]
    saw = [(node.claim.source, node.seconds) for node in seen if fire in graph.in_reach(node)]
    return [
        look
        for look in looks
        if not any(
            source == look.source and abs(look.observed_at.timestamp() - seconds) < span_s
            for source, seconds in saw
        )
    ]


def spare(sitting: Sitting, one: Detection) -> None:
    """Have the open fires judged again that a claim of another fire may spare, or spares no more."""
    desk = sitting.desk
    node = desk.graph.nodes.get(one.detection_id) if desk.looks and desk.graph.coarse else None
    if node is None or not node.coarse or node.fire is None or not node.fire.rivals:
        return
    for fire in desk.graph.in_reach(node):
        row = desk.rows.get(incident_id(fire.anchor()))
        is_open = row is not None and row.incident.status == "open"
        if is_open and fire is not node.fire and node.seconds > fire.newest_s:
            desk.graph.touched[id(fire)] = fire
