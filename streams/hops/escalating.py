"""Who was told and has not answered: waited for in the outbox, and told of to the next in line when over.

The wait is a row of its own that is never sent. Whoever carries the outbox says on `notice.v1` when it is
over by the clock, as for a digest; the step then puts out one `Due` for each next in line, who is told
whatever they asked for otherwise.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.roster import Roster
from schemas.hop import Output, Result
from schemas.notice import Answer, Due
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.outbox import Outbox, Pending
from streams.telling.safety import tell_officers


def waiting_id(receiver: str, alert_id: str) -> str:
    """Return the lasting id of the wait for one receiver's answer to one alert."""
    words = f"{len(receiver)}:{receiver}{alert_id}"
    return "answer_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def wait(state: Outbox, result: Result, row: Pending, within: timedelta | None, now: datetime) -> None:
    """Wait for the answer to a row that was taken; a later revision starts the wait anew."""
    if row.kept is None or within is None or not row.tells or state.is_over(row):
        return
    name = waiting_id(row.receiver, row.alert_id)
    made = replace(row, notice_id=name, alert=row.kept, kept=None, body="", headers={}, held_until=None)
    state.put(replace(made, answer_by=now + within), result)


def answered(state: Outbox, result: Result, answer: Answer) -> None:
    """Note that a receiver has answered: nobody is told in their place."""
    known = state.told.get(answer.receiver, {}).get(answer.alert_id)
    ids = {answer.alert_id, *state.carried(answer.receiver, answer.alert_id)}
    if settled(state, result, answer.receiver, ids) and known is not None:
        state.remember(replace(known, answered_at=answer.at), result)


def settled(state: Outbox, result: Result, receiver: str, alert_ids: Iterable[str]) -> bool:
    """End the waits for these alerts, because of an answer or an end; return whether there were any."""
    mine = state.pending.get(receiver, {})
    found = [mine[name] for one in alert_ids if (name := waiting_id(receiver, one)) in mine]
    for row in found:
        state.drop(row, result)
    return bool(found)


def escalate(
    state: Outbox,
    result: Result,
    receiver: Receiver,
    now: datetime,
    roster: Roster,
) -> None:
    """Tell the next in line of everything this receiver did not answer in time."""
    rows = [row for row in state.pending.get(receiver.name, {}).values() if row.answer_by is not None]
    for row in sorted(rows, key=lambda row: row.notice_id):
        if row.answer_by is not None and row.answer_by <= now:
            state.drop(row, result)
            if row.order:
                tell_officers(result, row, roster.people(roster.officers or receiver.escalate_to, now), now)
                continue
            result.outputs += [
                Output(
                    NOTICE, name, Due(receiver=name, due_at=now, alert=row.alert, instead_of=receiver.name)
                )
                for name in roster.people(receiver.escalate_to, now)
            ]


def line_of(
    names: Iterable[str], receivers: Iterable[Receiver], roster: Roster | None = None
) -> tuple[str, ...]:
    """Return the names with everybody who may be told in their place, each once, in order."""
    known, groups = {receiver.name: receiver for receiver in receivers}, roster or Roster()
    found = list(dict.fromkeys(names))
    for name in found:  # grows while it is gone through
        further = groups.everyone(known[name].escalate_to if name in known else ())
        found += [one for one in further if one not in found]
    return tuple(found)
