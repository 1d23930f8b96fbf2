"""Acts of operators in the order of the log: applied, waiting for their incident, or refused."""

import math
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from detectors.association import Fire, Node
from detectors.geodesy import KM_PER_DEGREE
from detectors.parting import Cut, Tie
from schemas.act import AnyAct, Merge, Split
from schemas.reason import Reason
from schemas.topics import ACT
from schemas.verdict import Outcome
from streams.hops.acts import reason_of
from streams.hops.answers import fire_of, names_of
from streams.hops.desk import incident_id
from streams.hops.settle import settle
from streams.hops.sitting import Sitting

MOST_ACTS = 32
"""Acts of one incident that are remembered, the newest; `act.v1` keeps every one."""
MOST_NAMES = 10_000

MARGIN_KM = 10.0
"""How far beyond the claims of a fire a cut goes on: as far as a link may reach."""


def act_on(sitting: Sitting, acts: Sequence[AnyAct], *, hold: bool) -> None:
    """Keep each act once, do what it says, and judge the fires that it changed anew."""
    for act in acts:
        known = sitting.desk.acts.get(act.incident_id, [])
        if any(one.act_id == act.act_id for one in known):
            continue
        if not known and len(sitting.desk.acts) >= MOST_NAMES:
            _put(sitting, act, "refused", Reason(code="no_room", value=float(MOST_NAMES)))
            continue
        _do(sitting, act, hold=hold)


def take_up(sitting: Sitting) -> None:
    """Do what waited for an incident that is there now."""
    waiting = [act for acts in sitting.desk.acts.values() for act in acts if act.outcome == "waiting"]
    for act in sorted(waiting, key=lambda one: (one.at, one.act_id)):
        names = [act.incident_id] + ([act.other_id] if isinstance(act, Merge) else [])
        if all(fire_of(sitting.desk, name) is not None for name in names):
            _do(sitting, act, hold=False)


def _do(sitting: Sitting, act: AnyAct, *, hold: bool) -> None:
    desk = sitting.desk
    fire = fire_of(desk, act.incident_id)
    if fire is None:
        _put(sitting, act, "waiting", Reason(code="waiting_for", ref=act.incident_id))
        return
    told = _claims_of(fire)
    match act:
        case Merge():
            other = fire_of(desk, act.other_id)
            if other is None:
                _put(sitting, act, "waiting", Reason(code="waiting_for", ref=act.other_id))
                return
            told |= _claims_of(other)
            fires, refusal = [_merge(sitting, act, fire, other)], None
        case Split():
            fires, refusal = _split(sitting, act, fire)
        case _:
            fires, refusal = [fire], None
    if refusal is not None:
        _put(sitting, act, "refused", refusal)
        return
    _put(sitting, act, "applied", None, fires[0])
    desk.graph.touched.clear()
    fires.sort(key=lambda one: one.anchor().key)
    settle(sitting, fires, hold=hold, told=_known(sitting, told, act), why=reason_of(act))


def _known(sitting: Sitting, told: set[str], act: AnyAct) -> frozenset[str]:
    """Return the claims that are no news when an officer parts a fire that people had been told of."""
    if not isinstance(act, Split):
        return frozenset()
    said = [row.issued for row in sitting.desk.rows.values() if act.incident_id in row.incident.lineage]
    is_told = any(issued is not None and not issued.ended for issued in said)
    return frozenset(told) if is_told else frozenset()


def _claims_of(fire: Fire) -> set[str]:
    return {node.claim.detection_id for node in fire.nodes}


def _put(
    sitting: Sitting, act: AnyAct, outcome: Outcome, reason: Reason | None, fire: Fire | None = None
) -> None:
    """Keep an act as it now stands, if it is not refused, and say what became of it."""
    now_called = "" if fire is None else incident_id(fire.anchor())
    done = replace(act, outcome=outcome, reason=reason, applied_to=now_called)
    if done != act:
        sitting.put(ACT, act.incident_id, done)
    if outcome == "refused":
        return
    others = [one for one in sitting.desk.acts.get(act.incident_id, []) if one.act_id != act.act_id]
    kept = sorted([*others, done], key=lambda one: (one.at, one.act_id))[-MOST_ACTS:]
    sitting.desk.acts[act.incident_id] = kept
    sitting.result.rows[f"a/{act.incident_id}"] = kept


def _named(fire: Fire, name: str) -> Node:
    """Return the claim that an id is named after, or the oldest when it is gone."""
    return next((node for node in fire.nodes if incident_id(node) == name), fire.anchor())


def _merge(sitting: Sitting, act: Merge, one: Fire, two: Fire) -> Fire:
    """Tie two fires together and return what they make; cuts between them are undone."""
    graph = sitting.desk.graph
    if one is two:
        return one
    here, there = _named(one, act.incident_id), _named(two, act.other_id)
    for key in [key for key, cut in graph.parting.cuts.items() if cut.side(here) * cut.side(there) < 0]:
        del graph.parting.cuts[key]
        sitting.result.rows[f"2/{key}"] = None
    pair = sorted((here.claim.detection_id, there.claim.detection_id))
    graph.parting.tie(*pair)
    sitting.result.rows[f"1/{pair[0]} {pair[1]}"] = Tie(pair[0], pair[1])
    return graph.unite(one, two)


def _split(sitting: Sitting, act: Split, fire: Fire) -> tuple[list[Fire], Reason | None]:
    """Part a fire and return its pieces, or why it cannot be parted."""
    named = set(act.observation_ids)
    mine = [node for node in fire.nodes if node.claim.observation_id in named]
    rest = [node for node in fire.nodes if node.claim.observation_id not in named]
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
    cut = replace(cut, from_s=fire.anchor().seconds - sitting.given.association.gap_d * 86400.0)
    graph = sitting.desk.graph
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


def forget_acts(sitting: Sitting, oldest: datetime) -> None:
    """Drop acts, cuts and ties of fires that are remembered no more."""
    desk, rows = sitting.desk, sitting.result.rows
    shown = {name for fire in desk.by_id.values() for name in fire.shown}
    for name in [name for name in desk.acts if name not in shown]:
        if all((one.received_at or one.at) < oldest for one in desk.acts[name]):
            del desk.acts[name]
            rows[f"a/{name}"] = None
    parting = desk.graph.parting
    for key in [key for key, cut in parting.cuts.items() if shown.isdisjoint(cut.names)]:
        del parting.cuts[key]
        rows[f"2/{key}"] = None
    for one in [one for one in parting.ties if one not in desk.graph.nodes]:
        for two in sorted(parting.ties.get(one, ())):
            parting.untie(one, two)
            low, high = sorted((one, two))
            rows[f"1/{low} {high}"] = None
