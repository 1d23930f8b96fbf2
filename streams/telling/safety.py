"""Those who are out: kept with their last known place, and called back past budget, digest and quiet hours.

Whoever answers an alert of a fire counts as out, or is put down as out by an officer, until they say that
they are back. A call back goes at once; without an answer within three minutes from then, whatever became of
the message, the officers learn of it, and at once when no way will take it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.heading import head_deg
from alerts.policy import ENDING, Told, lineage
from alerts.pull_back import FIRES, Afield, called_at, is_theirs, kin, known_by, roots, why_back
from alerts.routing import goes_out, guarded
from schemas.alert import Alert
from schemas.hop import Output, Result
from schemas.notice import Answer, Due, Note, Position
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import conclude
from streams.hops.draft import drafted
from streams.hops.outbox import Outbox, Pending
from streams.hops.restraining import Deliver
from streams.telling.living import burning, follow

ANSWER_WITHIN = timedelta(minutes=3)
ORDER = "pull_back"
WAITING = "answer_"

NEAR_DEG = 1.0
"""No fire reaches so far within the hour, sparks included: 90 km or more, whatever the latitude."""


def placed(state: Outbox, result: Result, said: Position) -> None:
    """Note where somebody is, that they were sent to a fire, or that they are back."""
    if said.back:
        came_back(state, result, said)
        return
    known = state.afield.get(said.receiver) or Afield(receiver=said.receiver, touched_at=said.at)
    if said.alert_id and said.alert_id not in known.alerts:
        told = state.told.get(said.receiver, {}).get(said.alert_id)
        ran = {} if told is None or told.head_deg is None else {said.alert_id: told.head_deg}
        known = replace(known, alerts=(*known.alerts, said.alert_id)[-FIRES:], heads=ran | known.heads)
    newest = known.placed_at is None or said.at >= known.placed_at
    if said.longitude is not None and said.latitude is not None and newest:
        where = {"longitude": said.longitude, "latitude": said.latitude, "radius_m": said.radius_m}
        known = replace(known, **where, placed_at=said.at)
    state.go(replace(known, touched_at=max(known.touched_at, said.at)), result)


def came_back(state: Outbox, result: Result, said: Position) -> None:
    """Let somebody count as out no more: nothing calls them back, and nobody waits for their word."""
    if state.afield.pop(said.receiver, None) is not None:
        result.rows[f"afield/{said.receiver}"] = None
    for row in [one for one in state.pending.get(said.receiver, {}).values() if one.order]:
        if row.ready:
            why = Reason(code="back_safe", ref=said.at.isoformat())
            over = conclude(row, "suppressed", said.at, why, attempts=row.attempts)
            result.outputs.append(Output(NOTICE, said.receiver, over))
        state.drop(row, result)


def headed(receiver: Receiver, told: Told, alert: Alert) -> Told:
    """Return `told` with where the fire ran when it first came by: who goes then, goes by that."""
    if told.head_deg is not None or not goes_out(receiver) or not guarded(alert):
        return told
    return replace(told, head_deg=head_deg(alert))


def guard(  # noqa: PLR0913, PLR0917 - whom, by which ways, from what, when
    state: Outbox, result: Result, receiver: Receiver, exits: Mapping[str, Exit], alert: Alert, now: datetime
) -> None:
    """Call somebody back whom this revision endangers; its end stops what has not gone out yet."""
    if goes_out(receiver) or receiver.name in state.afield:
        follow(state, result, alert)
    if alert.action in ENDING:
        stand_down(state, result, receiver.name, alert, now)
        return
    before = state.afield.get(receiver.name)
    if before is None:
        return
    afield = known_by(before, alert, now)
    newest = state.living.get(alert.alert_id)
    is_news = newest is None or newest.revision <= alert.revision
    why = why_back(afield, alert, now) if is_news else ""
    if why:
        afield = replace(afield, called={**afield.called, alert.alert_id: now})
        _call(state, result, receiver, exits[receiver.channel], alert, why, now)
    if afield != before:
        state.go(afield, result)


def look_round(given: Deliver, state: Outbox, result: Result, name: str, now: datetime) -> None:
    """Compare somebody who was put down, moved or answered with every fire that burns.

    A revision that has called them back already does so again only where it touches their place.
    """
    receiver = given.receivers.get(name)
    if receiver is None or name not in state.afield:
        return
    for alert in burning(state, now):
        afield = state.afield[name]
        called = called_at(afield, alert)
        near = afield.longitude is None or afield.latitude is None or _is_near(afield, alert)
        placed_now = afield.placed_at == now
        if (near or is_theirs(afield, alert)) and (called is None or placed_now or called < alert.issued_at):
            guard(state, result, receiver, given.exits, alert, now)


def _is_near(afield: Afield, alert: Alert) -> bool:
    """Return whether a reach within the hour can touch them at all, without measuring it."""
    assert afield.longitude is not None
    assert afield.latitude is not None
    away = abs(alert.longitude - afield.longitude), abs(alert.latitude - afield.latitude)
    return max(away) <= NEAR_DEG + afield.radius_m / 50_000


def _call(  # noqa: PLR0913, PLR0917 - whom, by which way, from what and why, when
    state: Outbox, result: Result, receiver: Receiver, way: Exit, alert: Alert, why: str, now: datetime
) -> None:
    """Queue a call back, wait for its answer, and say for the record that it is due."""
    ordered = replace(alert, order=ORDER)
    message = way.render(ordered, receiver)
    row = replace(
        drafted(receiver, alert, now, ()),
        notice_id=called_id(receiver.name, alert, now),
        order=ORDER,
        action="update",
        reason=Reason(code="pull_back", detail=why),
        headers=message.headers,
        body=message.body,
        alert=None,
        kept=ordered,
        waits="answer",
    )
    state.put(row, result)
    await_word(state, result, row, now)
    due = Due(receiver=receiver.name, due_at=now, alert=ordered)
    result.outputs.append(Output(NOTICE, receiver.name, due))


def stand_down(state: Outbox, result: Result, name: str, alert: Alert, now: datetime) -> None:
    """Stop the calls back of a fire that is over, unless a gateway took them; by a merge it burns on."""
    if alert.reasons and alert.reasons[0].code == "merged_into":
        return
    ended = {alert.alert_id, *alert.supersedes}
    for row in [one for one in state.pending.get(name, {}).values() if one.order and one.ready]:
        if row.alert_id not in ended or (row.alert_id == alert.alert_id and row.revision > alert.revision):
            continue
        why = Reason(code="superseded_by", ref=f"{alert.alert_id}.{alert.revision}")
        said = conclude(row, "suppressed", now, why, attempts=row.attempts)
        result.outputs.append(Output(NOTICE, name, said))
        state.drop(row, result)
        wait = state.pending.get(name, {}).get(waiting_for_call(row.notice_id))
        if wait is not None and wait.taken_at is None:
            state.drop(wait, result)


def await_word(state: Outbox, result: Result, row: Pending, now: datetime) -> None:
    """Wait for the answer to a call back that goes out now."""
    name = waiting_for_call(row.notice_id)
    waiting = replace(row, notice_id=name, alert=row.kept, kept=None, body="", headers={})
    state.put(replace(waiting, answer_by=now + ANSWER_WITHIN), result)


def was_called(state: Outbox, receiver: str, alert: Alert) -> bool:
    """Return whether this ends what somebody was called back from, who may never have been told of it."""
    mine = state.told.get(receiver, {})
    ids = lineage(alert, state.carried(receiver, alert.alert_id))
    return alert.action in ENDING and any(one in mine and mine[one].called for one in ids)


def taken_call(state: Outbox, result: Result, row: Pending, now: datetime) -> None:
    """Note that a gateway took a call back: its end is told, and from now on an answer can mean it."""
    known = state.told.get(row.receiver, {}).get(row.alert_id)
    told = known or Told(receiver=row.receiver, alert_id=row.alert_id, touched_at=now)
    if not told.called and told.ended <= row.revision:
        ways = {} if told.channel else {"channel": row.channel, "way": row.way}
        state.remember(replace(told, called=True, touched_at=max(now, told.touched_at), **ways), result)
    wait = state.pending.get(row.receiver, {}).get(waiting_for_call(row.notice_id))
    if wait is None:
        return
    if wait.heard_at is not None and wait.heard_at >= now:
        state.drop(wait, result)
    elif wait.taken_at is None:
        state.put(replace(wait, taken_at=now), result)


def uncalled(state: Outbox, result: Result, row: Pending) -> None:
    """Note that a call back reached nobody: the next revision calls again."""
    afield = state.afield.get(row.receiver)
    if afield is not None and row.alert_id in afield.called:
        called = {one: at for one, at in afield.called.items() if one != row.alert_id}
        state.go(replace(afield, called=called), result)


def tell_officers(result: Result, row: Pending, officers: tuple[str, ...], now: datetime) -> None:
    """Let the officers know who has not answered a call back."""
    code = "" if row.alert is None else row.alert.short_code
    for name in officers:
        note_id = "note_" + hashlib.sha256(f"{len(name)}:{name}{row.notice_id}".encode()).hexdigest()[:32]
        values = {"who": row.receiver, "code": code}
        note = Note(
            note_id=note_id,
            receiver=name,
            at=now,
            code="unanswered",
            values=values,
            alert_id=row.alert_id,
            revision=row.revision,
        )
        result.outputs.append(Output(NOTICE, name, note))


def heard_from(state: Outbox, result: Result, receiver: Receiver | None, said: Answer) -> None:
    """Note that somebody has spoken; one who goes out counts as out from then on."""
    answered_call(state, result, said)
    if receiver is not None and goes_out(receiver):
        placed(state, result, Position(receiver=said.receiver, at=said.at, alert_id=said.alert_id))


def answered_call(state: Outbox, result: Result, said: Answer) -> None:
    """End the waits for the answer to a call back from this fire that a gateway had taken by then."""
    mine = state.pending.get(said.receiver, {})
    known = state.living.get(said.alert_id)
    ids = roots((said.alert_id, *state.carried(said.receiver, said.alert_id)))
    if known is not None and known.alert is not None:
        ids |= kin(known.alert)
    for row in [one for one in mine.values() if one.order and one.answer_by is not None]:
        if row.alert is None or ids.isdisjoint(kin(row.alert)):
            continue
        call = mine.get(row.notice_id.removeprefix(WAITING))
        queued = row.taken_at is None and call is not None and call.ready
        if queued or (row.taken_at is not None and said.at < row.taken_at):
            heard_at = said.at if row.heard_at is None else max(said.at, row.heard_at)
            state.put(replace(row, heard_at=heard_at), result)
        else:
            state.drop(row, result)


def called_id(receiver: str, alert: Alert, due_at: datetime | None = None) -> str:
    """Return the lasting id of a call back from one revision, or later than that by where somebody went."""
    again = "" if due_at is None or due_at <= alert.issued_at else f" {due_at.timestamp():.6f}"
    words = f"{len(receiver)}:{receiver}{alert.alert_id}.{alert.revision} {ORDER}{again}"
    return "notice_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def waiting_for_call(notice_id: str) -> str:
    """Return the lasting id of the wait for the answer to a call back."""
    return WAITING + notice_id
