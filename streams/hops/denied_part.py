"""A denial speaks of what was one fire when it was given: what that grew together with later, nobody denied.

Else one weak pixel between a burning fire and a neighbour that was none would take back the burning one.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from alerts.feedback import verification
from detectors.association import Fire, Graph
from schemas.act import Merge
from schemas.detection import Detection
from schemas.verdict import Verdict, Verification
from streams.hops.desk import Desk, incident_id
from streams.hops.sitting import Sitting

MOST = 1000
"""Of a fire with more claims a denial speaks as a whole: nobody denies so many without having looked."""


class Rest(Struct, frozen=True):
    """What a denial does not speak of: claims, and what was answered to fires among them."""

    claims: tuple[Detection, ...]
    verdicts: tuple[Verdict, ...]


def undenied(sitting: Sitting, fire: Fire, verdicts: Sequence[Verdict], said: Verification) -> Rest | None:
    """Return what of a denied fire was another one when it was denied; None: nothing, or it cannot be told.

    Fires of then are those that the claims received by then make; later ones are of whatever they joined.
    """
    denied_at = said.ruled_at
    assert denied_at is not None
    if all(act.at <= denied_at for act in _merges(sitting.desk, fire)) and all(
        node.claim.received_at <= denied_at for node in fire.nodes
    ):
        return None
    if len(fire.nodes) > MOST:
        return None
    pieces = _pieces(sitting, fire, verdicts, denied_at)
    named = [{incident_id(node) for node in piece.nodes} for piece in pieces]
    if len(pieces) < 2 or not any(said.ruled_by in _ids(verdicts, names) for names in named):
        return None
    denied: set[str] = set()
    free: set[str] = set()
    for piece, names in zip(pieces, named, strict=True):
        own = verification(sitting.given.profile, [one for one in verdicts if one.incident_id in names])
        if own.ruling == "no_fire":
            denied |= {node.claim.detection_id for node in piece.nodes}
        else:
            free |= names
    if not free:
        return None
    claims = tuple(node.claim for node in fire.nodes if node.claim.detection_id not in denied)
    return Rest(claims, tuple(one for one in verdicts if one.incident_id in free))


def _merges(desk: Desk, fire: Fire) -> list[Merge]:
    """Return the merges by officers that hold of a fire, by time."""
    acts = [act for name in {*fire.shown, incident_id(fire.anchor())} for act in desk.acts.get(name, ())]
    merges = [act for act in acts if isinstance(act, Merge) and act.outcome == "applied"]
    return sorted(merges, key=lambda act: (act.at, act.act_id))


def _ids(verdicts: Sequence[Verdict], names: set[str]) -> set[str]:
    return {one.verdict_id for one in verdicts if one.incident_id in names}


def _pieces(sitting: Sitting, fire: Fire, verdicts: Sequence[Verdict], at: datetime) -> list[Fire]:
    """Return the fires that the claims received by then make, with those that answers name."""
    spoken = {one.incident_id for one in verdicts}
    known = [node for node in fire.nodes if node.claim.received_at <= at or incident_id(node) in spoken]
    was = sitting.desk.graph
    graph = Graph(was.eras.widest)
    graph.parting.cuts = was.parting.cuts
    named = {incident_id(node): node.claim.detection_id for node in known}
    for act in _merges(sitting.desk, fire):
        one, two = named.get(act.incident_id), named.get(act.other_id)
        if act.at <= at and one is not None and two is not None and one != two:
            graph.parting.tie(one, two)
    for node in sorted(known, key=lambda one: one.key):
        graph.add(node.claim)
    return graph.fires()
