"""Acts of operators in the order of the log: applied, waiting for their incident, or refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from detectors.association import Fire, Node
from detectors.parting import Tie
from detectors.spotting import apart_km
from schemas.act import AnyAct, Merge, Relabel, Relocate, Split, Undo
from schemas.reason import Reason
from streams.hops.act_outcome import put_act
from streams.hops.acts import reason_of
from streams.hops.answers import fire_of, names_of
from streams.hops.corrected import from_place_km
from streams.hops.desk import incident_id
from streams.hops.first_said import not_first
from streams.hops.known import Known, graver, highest, paged_of
from streams.hops.settle import settle
from streams.hops.sitting import Sitting
from streams.hops.splitting import awaited, split
from streams.hops.swallowing import survivor
from streams.hops.undoing import undone, unmade

MOST_NAMES = 10_000


def act_on(sitting: Sitting, acts: Sequence[AnyAct], *, hold: bool) -> None:
    """Keep each act once, do what it says, and judge the fires that it changed anew."""
    for act in acts:
        known = sitting.desk.acts.get(act.incident_id, [])
        if any(one.act_id == act.act_id for one in known):
            continue
        if not known and len(sitting.desk.acts) >= MOST_NAMES:
            put_act(sitting, act, "refused", Reason(code="no_room", value=float(MOST_NAMES)))
            continue
        late = not_first(sitting, _names(sitting, act.incident_id), act)
        if late is not None:
            put_act(sitting, act, "refused", late)
            continue
        _do(sitting, act, hold=hold)
    _take_up(sitting)


def _names(sitting: Sitting, name: str) -> set[str]:
    fire = fire_of(sitting.desk, name)
    return {name} if fire is None else names_of(fire)


def _take_up(sitting: Sitting) -> None:
    """Do what waited for an incident, or for observations, that are there now."""
    for act in _waiting(sitting):
        names = [act.incident_id] + ([act.other_id] if isinstance(act, Merge) else [])
        if all(fire_of(sitting.desk, name) is not None for name in names):
            _do(sitting, act, hold=False)


def give_up(sitting: Sitting) -> None:
    """Part what splits have waited for long enough by what is there, or refuse them."""
    waits = timedelta(hours=sitting.given.limits.split_waits_h)
    for act in _waiting(sitting):
        given_at = act.received_at or act.at
        is_due = isinstance(act, Split) and sitting.now - given_at >= waits
        if is_due and fire_of(sitting.desk, act.incident_id) is not None:
            _do(sitting, act, hold=False, waits=False)


def _waiting(sitting: Sitting) -> list[AnyAct]:
    waiting = [act for acts in sitting.desk.acts.values() for act in acts if act.outcome == "waiting"]
    return sorted(waiting, key=lambda one: (one.at, one.act_id))


def _do(sitting: Sitting, act: AnyAct, *, hold: bool, waits: bool = True) -> None:
    desk = sitting.desk
    fire = fire_of(desk, act.incident_id)
    if fire is None:
        _wait(sitting, act, act.incident_id)
        return
    names, moves = names_of(fire), isinstance(act, Merge | Split | Relabel)
    match act:
        case Merge():
            other = fire_of(desk, act.other_id)
            if other is None:
                _wait(sitting, act, act.other_id)
                return
            names, refusal = names | names_of(other), _too_far(sitting, act, fire, other)
            fires = [] if refusal else [_merge(sitting, act, fire, other)]
        case Split():
            missing = awaited(desk, act, fire) if waits else None
            if missing is not None:
                _wait(sitting, act, missing)
                return
            fires, refusal = split(sitting, act, fire)
        case Undo():
            found = undone(sitting, act, names_of(fire))
            if found is None:
                _wait(sitting, act, act.of)
                return
            fires, refusal, moves = unmade(sitting, found, fire), None, isinstance(found, Merge | Split)
        case Relocate():
            fires, refusal = [fire], _elsewhere(sitting, act, fire)
        case _:
            fires, refusal = [fire], None
    if refusal is not None:
        put_act(sitting, act, "refused", refusal)
        return
    put_act(sitting, act, "applied", None, incident_id(fires[0].anchor()))
    known = _known(sitting, act, fires, names) if moves else None
    # what an act parts may give coarse claims to fires beside, or take some from them
    every = {id(one): one for one in (*fires, *desk.graph.touched.values())}
    desk.graph.touched.clear()
    settle(sitting, sorted(every.values(), key=lambda one: one.anchor().key), hold=hold, known=known)


def _wait(sitting: Sitting, act: AnyAct, missing: str) -> None:
    """Keep an act until what it needs is there; of the many things a split may lack the first is told."""
    if not (isinstance(act, Split) and act.outcome == "waiting"):
        put_act(sitting, act, "waiting", Reason(code="waiting_for", ref=missing))


def _known(sitting: Sitting, act: AnyAct, fires: Sequence[Fire], names: set[str]) -> Known:
    """Return up to which grade these fires are no news when an officer joins, parts or relabels them.

    What is joined goes on in the oldest living alert, whose people may not know what the other's were told.
    """
    names = names.union(*map(names_of, fires))
    rows = [row for row in sitting.desk.rows.values() if not names.isdisjoint(row.incident.lineage)]
    if len(fires) == 1:
        paged = highest([survivor(rows)])
    else:
        over = [sitting.desk.over[name].issued for name in sorted(names) if name in sitting.desk.over]
        every = [one for one in (*(row.issued for row in rows), *over) if one is not None]
        paged = graver(*map(paged_of, every)) if every else None
    claims = {node.claim.detection_id for fire in fires for node in fire.nodes}
    return Known(frozenset(claims) if paged is not None else frozenset(), reason_of(act), paged)


def _named(fire: Fire, name: str) -> Node:
    """Return the claim that an id is named after, or the oldest when it is gone."""
    return next((node for node in fire.nodes if incident_id(node) == name), fire.anchor())


def _too_far(sitting: Sitting, act: Merge, one: Fire, two: Fire) -> Reason | None:
    """Return that two fires began too far from each other to be one, by the claims they are named after."""
    away_km = 0.0 if one is two else apart_km(_named(one, act.incident_id), _named(two, act.other_id))
    return _far(away_km, sitting.given.limits.merge_km, act.other_id)


def _far(away_km: float, limit: float, ref: str = "") -> Reason | None:
    if away_km <= limit:
        return None
    return Reason(code="too_far_apart", ref=ref, value=round(away_km, 1), threshold=limit, unit="km")


def _elsewhere(sitting: Sitting, act: Relocate, fire: Fire) -> Reason | None:
    """Return that a corrected place is too far from everything that was seen of a fire to be its place."""
    return _far(min(from_place_km(act, fire)), sitting.given.limits.move_km)


def _merge(sitting: Sitting, act: Merge, one: Fire, two: Fire) -> Fire:
    """Tie two fires together and return what they make; cuts between them are undone."""
    graph = sitting.desk.graph
    if one is two:
        return one
    here, there = _named(one, act.incident_id), _named(two, act.other_id)
    for key in [key for key, cut in graph.parting.cuts.items() if cut.side(here) * cut.side(there) < 0]:
        graph.uncut(key)
        sitting.result.rows[f"2/{key}"] = None
    pair = sorted((here.claim.detection_id, there.claim.detection_id))
    graph.parting.tie(*pair)
    sitting.result.rows[f"1/{pair[0]} {pair[1]}"] = Tie(pair[0], pair[1])
    return graph.unite(here.fire or one, there.fire or two)


def forget_acts(sitting: Sitting, oldest: datetime) -> None:
    """Drop acts, cuts and ties of incidents that are remembered no more."""
    desk, rows = sitting.desk, sitting.result.rows
    shown = {name for fire in desk.by_id.values() for name in fire.shown}
    shown |= {name for row in desk.pests.outbreaks.values() for name in row.incident.lineage}
    for name in [name for name in desk.acts if name not in shown]:
        if all((one.received_at or one.at) < oldest for one in desk.acts[name]):
            for act in [act for act in desk.acts.pop(name) if act.outcome == "waiting"]:
                put_act(sitting, act, "refused", Reason(code="waiting_for", ref=name, detail="in vain"))
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
