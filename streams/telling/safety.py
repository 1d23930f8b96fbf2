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
from alerts.policy import Told
from alerts.pull_back import Afield, head_deg, why_back
from alerts.routing import goes_out, guarded
from schemas.alert import Alert
from schemas.hop import Output, Result
from schemas.notice import Answer, Due, Note, Position
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.draft import drafted
from streams.hops.outbox import Outbox, Pending

ANSWER_WITHIN = timedelta(minutes=3)
ORDER = "pull_back"


def placed(state: Outbox, result: Result, said: Position) -> None:
    """Note where somebody is, that they were sent to a fire, or that they are back."""
    if said.back:
        if state.afield.pop(said.receiver, None) is not None:
            result.rows[f"afield/{said.receiver}"] = None
        return
    known = state.afield.get(said.receiver) or Afield(receiver=said.receiver, touched_at=said.at)
    if said.alert_id and said.alert_id not in known.alerts:
        told = state.told.get(said.receiver, {}).get(said.alert_id)
        ran = {} if told is None or told.head_deg is None else {said.alert_id: told.head_deg}
        known = replace(known, alerts=(*known.alerts, said.alert_id)[-20:], heads=ran | known.heads)
    if said.longitude is not None and said.latitude is not None:
        where = {"longitude": said.longitude, "latitude": said.latitude, "radius_m": said.radius_m}
        known = replace(known, **where, placed_at=said.at)
    state.go(replace(known, touched_at=max(known.touched_at, said.at)), result)


def headed(receiver: Receiver, told: Told, alert: Alert) -> Told:
    """Return `told` with where the fire ran when it first came by: who goes then, goes by that."""
    if told.head_deg is not None or not goes_out(receiver) or not guarded(alert):
        return told
    return replace(told, head_deg=head_deg(alert))


def guard(  # noqa: PLR0913, PLR0917 - whom, by which ways, from what, when
    state: Outbox, result: Result, receiver: Receiver, exits: Mapping[str, Exit], alert: Alert, now: datetime
) -> None:
    """Call somebody back whom this revision endangers."""
    afield = state.afield.get(receiver.name)
    if afield is None:
        return
    why = why_back(afield, alert, now)
    if not why:
        head = head_deg(alert)
        if head is not None and alert.alert_id in afield.alerts and alert.alert_id not in afield.heads:
            state.go(replace(afield, heads={**afield.heads, alert.alert_id: head}), result)
        return
    state.go(replace(afield, called={**afield.called, alert.alert_id: now}), result)
    ordered = replace(alert, order=ORDER)
    message = exits[receiver.channel].render(ordered, receiver)
    row = replace(
        drafted(receiver, alert, now, ()),
        notice_id=called_id(receiver.name, alert),
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


def await_word(state: Outbox, result: Result, row: Pending, now: datetime) -> None:
    """Wait for the answer to a call back that goes out now."""
    name = waiting_for_call(row.notice_id)
    waiting = replace(row, notice_id=name, alert=row.kept, kept=None, body="", headers={})
    state.put(replace(waiting, answer_by=now + ANSWER_WITHIN), result)


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
    answered_call(state, result, said.receiver)
    if receiver is not None and goes_out(receiver):
        placed(state, result, Position(receiver=said.receiver, at=said.at, alert_id=said.alert_id))


def answered_call(state: Outbox, result: Result, receiver: str) -> None:
    """End the waits for an answer to a call back: they have spoken."""
    rows = state.pending.get(receiver, {}).values()
    for row in [one for one in rows if one.order and one.answer_by is not None]:
        state.drop(row, result)


def called_id(receiver: str, alert: Alert) -> str:
    """Return the lasting id of a call back from one revision."""
    words = f"{len(receiver)}:{receiver}{alert.alert_id}.{alert.revision} {ORDER}"
    return "notice_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def waiting_for_call(notice_id: str) -> str:
    """Return the lasting id of the wait for the answer to a call back."""
    return "answer_" + notice_id
