"""What an officer takes back counts no more: an answer, a correction, an end, a merge or a split.

Nobody untells what was told: the fire is judged anew, and what that changes is told like anything else.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from detectors.association import Fire
from detectors.parting import Tie
from schemas.act import AnyAct, Merge, Split, Undo
from schemas.topics import ACT, VERDICT
from schemas.verdict import Verdict
from streams.hops.acts import reason_of
from streams.hops.answers import fire_of, names_of
from streams.hops.desk import Desk, incident_id
from streams.hops.sitting import Sitting

Undone = AnyAct | Verdict


def undone(sitting: Sitting, act: Undo, names: Iterable[str]) -> Undone | None:
    """Mark what an act takes back, say so and return it; the act itself when it was taken back before.

    `names` are the ids of the incident that it speaks of. None: nothing of that id was said of it; it may
    come later.
    """
    desk, why = sitting.desk, replace(reason_of(act), ref=act.act_id)
    for name in sorted(names):
        for at, one in enumerate(desk.acts.get(name, ())):
            if one.act_id == act.of and not isinstance(one, Undo):
                if one.outcome == "undone":
                    return act
                done = replace(one, outcome="undone", reason=why)
                desk.acts[name] = [*desk.acts[name][:at], done, *desk.acts[name][at + 1 :]]
                sitting.result.rows[f"a/{name}"] = desk.acts[name]
                sitting.put(ACT, name, done)
                return one
        for at, said in enumerate(desk.verdicts.get(name, ())):
            if said.verdict_id == act.of:
                if said.outcome == "undone":
                    return act
                gone = replace(said, outcome="undone", reason=why)
                desk.verdicts[name] = [*desk.verdicts[name][:at], gone, *desk.verdicts[name][at + 1 :]]
                sitting.result.rows[f"v/{name}"] = desk.verdicts[name]
                sitting.put(VERDICT, name, gone)
                return said
    return None


def unmade(sitting: Sitting, found: Undone, fire: Fire) -> list[Fire]:
    """Return the fires that are there once a merge or a split is undone; else the fire as it is."""
    match found:
        case Merge() if found.outcome == "applied":
            return _untied(sitting, found, fire)
        case Split() if found.outcome == "applied":
            return [_rejoined(sitting, found, fire)]
    return [fire]


def _untied(sitting: Sitting, merge: Merge, fire: Fire) -> list[Fire]:
    """Let two fires go again; what other claims or another merge hold together stays one."""
    if any(_says_the_same(one, merge) for name in names_of(fire) for one in sitting.desk.acts.get(name, ())):
        return [fire]
    parting = sitting.desk.graph.parting
    ends = [_nodes_named(fire, name) for name in (merge.incident_id, merge.other_id)]
    for one in ends[0]:
        for two in ends[1]:
            if two in parting.ties.get(one, ()):
                parting.untie(one, two)
                low, high = sorted((one, two))
                sitting.result.rows[f"1/{low} {high}"] = None
    return sitting.desk.graph.part(fire)


def _says_the_same(one: AnyAct, merge: Merge) -> bool:
    pair = {merge.incident_id, merge.other_id}
    return isinstance(one, Merge) and one.outcome == "applied" and {one.incident_id, one.other_id} == pair


def _nodes_named(fire: Fire, name: str) -> list[str]:
    """Return the claims that an id is named after, else the oldest: what a merge tied."""
    found = [node.claim.detection_id for node in fire.nodes if incident_id(node) == name]
    return found or [fire.anchor().claim.detection_id]


def _rejoined(sitting: Sitting, split: Split, fire: Fire) -> Fire:
    """Make one fire again of what was parted, and keep it together."""
    desk, rows = sitting.desk, sitting.result.rows
    began = (fire_of(desk, split.incident_id) or fire).anchor()
    if desk.graph.uncut(split.act_id):
        rows[f"2/{split.act_id}"] = None
    whole = began.fire or fire
    for other in _holding(desk, frozenset(split.observation_ids)):
        if other is whole:
            continue
        one, two = sorted((whole.anchor().claim.detection_id, other.anchor().claim.detection_id))
        desk.graph.parting.tie(one, two)
        rows[f"1/{one} {two}"] = Tie(one, two)
        whole = desk.graph.unite(whole, other)
    return whole


def _holding(desk: Desk, observations: frozenset[str]) -> list[Fire]:
    """Return the fires that hold any of these observations, the oldest first."""
    held = [node for node in desk.graph.nodes.values() if node.claim.observation_id in observations]
    fires = {id(node.fire): node.fire for node in held if node.fire is not None}
    return sorted(fires.values(), key=lambda one: one.anchor().key)
