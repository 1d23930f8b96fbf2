"""Who was due to be told and has not answered: waited for in the outbox, then told of to the next in line.

The wait begins when a message is due, not when a gateway takes it: nobody answers what nobody takes. It is a
row of its own that is never sent. Whoever carries the outbox says on `notice.v1` when it is over by the
clock, as for a digest; the step then puts out one `Due` for each next in line, who is told whatever they
asked for otherwise. What every way refused is told to them at once. Each revision is waited for once.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.digest import Options
from alerts.escalation import answer_within, asked_within, in_line, standing_in
from alerts.policy import ENDING
from alerts.roster import Roster
from alerts.routing import refusal
from schemas.alert import Alert
from schemas.hop import Output, Result
from schemas.notice import Answer, Due
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import conclude
from streams.hops.outbox import Outbox, Pending
from streams.hops.restraining import Deliver
from streams.telling.safety import tell_officers, uncalled, waiting_for_call


def waiting_id(receiver: str, alert_id: str) -> str:
    """Return the lasting id of the wait for one receiver's answer to one alert."""
    words = f"{len(receiver)}:{receiver}{alert_id}"
    return "answer_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def await_answer(  # noqa: PLR0913, PLR0917 - what the wait hangs on
    state: Outbox, result: Result, row: Pending, receiver: Receiver | None, tell: Options, now: datetime
) -> Pending:
    """Wait for the answer to a row that goes out from `now` on; return the row as it says so.

    What is so little grave that no answer is asked for is waited for until a gateway takes it. An earlier
    wait for the same alert goes on in this one and ends no later than it would have.
    """
    if receiver is None or not receiver.escalate_to or row.kept is None or not row.tells:
        return row
    if state.is_over(row) or row.reason.code == "further_news" or _is_passed_on(state, row):
        return row
    within = answer_within(tell, receiver, row.kept)
    asks = within is not None
    until = max(now, row.held_until or now) + (within or timedelta(seconds=tell.untaken_s))
    name = waiting_id(row.receiver, row.alert_id)
    known = state.pending.get(row.receiver, {}).get(name)
    if known is not None and known.answer_by is not None:
        until, asks = min(until, known.answer_by), asks or known.waits != "taken"
    queued = replace(row, waits="answer" if asks else "taken")
    made = replace(queued, notice_id=name, alert=row.kept, kept=None, body="", headers={}, held_until=None)
    state.put(replace(made, answer_by=until), result)
    return queued


def _is_passed_on(state: Outbox, row: Pending) -> bool:
    """Return whether somebody was told of it in the receiver's place, since an earlier one got nowhere."""
    told = state.told.get(row.receiver, {}).get(row.alert_id)
    return told is not None and told.passed_on >= row.revision


def taken(  # noqa: PLR0913, PLR0917 - what the wait hangs on
    state: Outbox, result: Result, row: Pending, receiver: Receiver | None, tell: Options, now: datetime
) -> None:
    """Note that a gateway took a row: what was waited for no longer than that is over.

    A row without a word of a wait was queued before waits began so early, or its settings have changed.
    """
    if not row.waits and answer_within(tell, receiver, row.kept) is not None:
        await_answer(state, result, row, receiver, tell, now)
    wait = state.pending.get(row.receiver, {}).get(waiting_id(row.receiver, row.alert_id))
    if wait is not None and wait.waits == "taken" and wait.revision <= row.revision:
        state.drop(wait, result)


def answered(given: Deliver, state: Outbox, result: Result, answer: Answer) -> None:
    """Note that a receiver has answered: nobody is told in their place, and who was is waited for no more.

    What no gateway took yet they cannot have meant when they hold an earlier revision: that it is taken is
    still waited for.
    """
    known = state.told.get(answer.receiver, {}).get(answer.alert_id)
    if known is not None and known.passed_on:
        _pass_on(given, result, answer)
        known = replace(known, passed_on=0)
        state.remember(known, result)
    ids = state.same_fire(answer.receiver, answer.alert_id)
    open_still = [] if known is None or not known.revision else _untaken(state, answer.receiver, ids)
    if settled(state, result, answer.receiver, ids) and known is not None:
        state.remember(replace(known, answered_at=answer.at), result)
    for wait in open_still:
        state.put(replace(wait, waits="taken"), result)


def _pass_on(given: Deliver, result: Result, answer: Answer) -> None:
    """Let all know who may have been told in their place that they have answered after all."""
    named = (answer.receiver, *given.roster.everyone(given.roster.officers))
    for name in line_of(named, given.receivers.values(), given.roster):
        if name != answer.receiver:
            result.outputs.append(Output(NOTICE, name, replace(answer, receiver=name, relayed=True)))


def relayed(state: Outbox, result: Result, answer: Answer) -> None:
    """End the waits of one who was told in somebody's place, since that one has answered."""
    ids = state.same_fire(answer.receiver, answer.alert_id)
    for wait in _waits(state, answer.receiver, ids):
        if wait.instead_of:
            state.drop(wait, result)


def follow(state: Outbox, result: Result, receiver: str, alert: Alert, covers: tuple[str, ...]) -> None:
    """Let the waits for an alert go on with its newest revision, or end with it.

    What ended in another goes on: the heir comes by, and is what nobody has answered then.
    """
    if alert.action in ENDING:
        if alert.reasons[0].code != "merged_into":
            settled(state, result, receiver, covers)
        return
    for wait in _waits(state, receiver, covers):
        known = wait.alert
        if known is None or (known.alert_id != alert.alert_id and known.alert_id not in covers):
            continue
        same = known.alert_id == alert.alert_id
        if alert.revision > known.revision if same else alert.issued_at >= known.issued_at:
            state.put(replace(wait, alert=alert), result)


def settled(state: Outbox, result: Result, receiver: str, alert_ids: Iterable[str]) -> bool:
    """End the waits for these alerts, because of an answer or an end; return whether there were any."""
    found = _waits(state, receiver, alert_ids)
    for row in found:
        state.drop(row, result)
    return bool(found)


def _waits(state: Outbox, receiver: str, alert_ids: Iterable[str]) -> list[Pending]:
    mine = state.pending.get(receiver, {})
    return [mine[name] for one in sorted(alert_ids) if (name := waiting_id(receiver, one)) in mine]


def _untaken(state: Outbox, receiver: str, alert_ids: Iterable[str]) -> list[Pending]:
    """Return the waits of these alerts whose row is still on its way to a gateway."""
    queued = {(row.alert_id, row.revision) for row in state.related(receiver, alert_ids) if row.ready}
    return [one for one in _waits(state, receiver, alert_ids) if (one.alert_id, one.revision) in queued]


def escalate(given: Deliver, state: Outbox, result: Result, receiver: Receiver, now: datetime) -> None:
    """Tell the next in line of everything this receiver did not answer in time."""
    rows = [row for row in state.pending.get(receiver.name, {}).values() if row.answer_by is not None]
    for row in sorted(rows, key=lambda row: row.notice_id):
        if row.answer_by is None or row.answer_by > now:
            continue
        if _lowered(given, state, row):
            state.drop(row, result)
        else:
            tell_next(given, state, result, row, receiver, now)


def _lowered(given: Deliver, state: Outbox, row: Pending) -> bool:
    """Return whether the newest revision asks for no answer any more, and a gateway took the one that did."""
    if row.order or row.waits != "answer" or row.alert is None:
        return False
    asks = asked_within(given.tell, row.alert) is not None
    return not asks and row not in _untaken(state, row.receiver, (row.alert_id,))


def refused(  # noqa: PLR0913, PLR0917 - what was refused, of whom, when
    given: Deliver, state: Outbox, result: Result, row: Pending, receiver: Receiver | None, now: datetime
) -> None:
    """Tell the next in line at once of what no way will take: there is nothing to wait for."""
    if row.order:
        uncalled(state, result, row)
    mine = state.pending.get(row.receiver, {})
    name = waiting_for_call(row.notice_id) if row.order else waiting_id(row.receiver, row.alert_id)
    wait = mine.get(name)
    due = row.tells and not row.digest and not row.text
    if wait is not None and wait.revision <= row.revision and due:
        tell_next(given, state, result, wait, receiver or Receiver(name=row.receiver), now)


def tell_next(  # noqa: PLR0913, PLR0917 - whom, of what, in whose place, when
    given: Deliver, state: Outbox, result: Result, row: Pending, receiver: Receiver, now: datetime
) -> None:
    """End a wait, and tell those whose turn it is now; when there is nobody, that is said loudly."""
    if row.notice_id in state.pending.get(row.receiver, {}):
        state.drop(row, result)
    if row.order:
        names = given.roster.reached(given.roster.officers or receiver.escalate_to, now)
        tell_officers(result, row, names, now)
    else:
        assert row.alert is not None, "kept with the wait"
        names = next_in_line(given, receiver, row.alert, now)
        told = state.told.get(row.receiver, {}).get(row.alert_id)
        if told is not None and names:
            state.remember(replace(told, passed_on=row.alert.revision), result)
        alert = standing_in(row.alert, receiver.name, row.due_at, given.roster.zone)
        due = Due(receiver="", due_at=now, alert=alert, instead_of=receiver.name)
        result.outputs += [Output(NOTICE, name, replace(due, receiver=name)) for name in names]
    if not names:
        why = Reason(code="nobody_to_tell", detail=",".join(receiver.escalate_to))
        said = conclude(row, "failed", now, why, attempts=0)
        result.outputs.append(Output(NOTICE, row.receiver, replace(said, action="escalation")))


def next_in_line(given: Deliver, receiver: Receiver, alert: Alert, now: datetime) -> tuple[str, ...]:
    """Return who is told in this receiver's place: of those named whoever is on duty.

    When none of them is there, or none may be told of this, the duty office of the county is, and last
    whoever the groups name at all.
    """
    chosen = given.roster.people(receiver.escalate_to, now)
    further = (
        given.roster.people(given.roster.officers, now),
        given.roster.everyone((*receiver.escalate_to, *given.roster.officers)),
    )
    found = chosen
    for others in further:
        if any(_may_be_told(given, name, alert) for name in found if name != receiver.name):
            break
        found += tuple(one for one in others if one not in found and _may_be_told(given, one, alert))
    return tuple(one for one in found if one != receiver.name)


def _may_be_told(given: Deliver, name: str, alert: Alert) -> bool:
    receiver = given.receivers.get(name)
    return receiver is not None and not refusal(alert, in_line(receiver, alert))


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
