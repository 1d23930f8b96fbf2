"""What follows once a gateway took a row: what the receiver now holds, and what is still waited for."""

from datetime import datetime

from msgspec.structs import replace

from alerts.policy import ENDING, Told, combine
from schemas.hop import Result
from schemas.notice import Notice
from schemas.receiver import Receiver
from streams.hops import collect
from streams.hops.besides import note_beside
from streams.hops.draft import told_by
from streams.hops.escalating import taken as wait_taken
from streams.hops.outbox import Outbox, Pending
from streams.hops.restraining import Deliver
from streams.telling.notes import follow_up, note_told
from streams.telling.receipts import expect
from streams.telling.safety import await_word, taken_call


def taken(  # noqa: PLR0913, PLR0917 - what was taken, for whom, when
    given: Deliver,
    state: Outbox,
    result: Result,
    row: Pending,
    notice: Notice,
    receiver: Receiver | None,
    now: datetime,
) -> list[Pending]:
    """Take the row away and note what follows, by what it was; return what it makes out of date."""
    if row.digest:
        collect.mark(state, result, row, now)
        lines = list(state.lines.get(row.notice_id, {}).values())
        state.drop(row, result)
        expect(given, state, result, row, notice, receiver, lines)
        return []
    state.drop(row, result)  # before anything is put out again under its id
    if row.text:
        note_told(state, result, row, notice)
        expect(given, state, result, row, notice, receiver)
        return []
    note_beside(state, result, row)
    older = [] if row.order or row.beside else _mark(given, state, result, row, receiver, now)
    if row.order and not row.waits:  # queued before waits began so early
        await_word(state, result, row, now)
    if row.order:
        taken_call(state, result, row, now)
    expect(given, state, result, row, notice, receiver)
    follow_up(state, result, row, receiver, given.exits)
    return older


def holding(state: Outbox, row: Pending) -> Told | None:
    """Return what the receiver holds of everything this row covers."""
    mine = state.told.get(row.receiver, {})
    return combine(row.alert_id, (mine[one] for one in row.covers if one in mine))


def _mark(  # noqa: PLR0913, PLR0917 - what was taken, for whom, when
    given: Deliver, state: Outbox, result: Result, row: Pending, receiver: Receiver | None, now: datetime
) -> list[Pending]:
    """Note what the receiver now holds."""
    wait_taken(state, result, row, receiver, given.tell, now)
    mine = state.told.get(row.receiver, {})
    fresh = Told(receiver=row.receiver, alert_id=row.alert_id, touched_at=now)
    told = told_by(row, holding(state, row), mine.get(row.alert_id, fresh))
    state.remember(replace(told, touched_at=now), result)
    for other in [mine[one] for one in row.covers if one in mine and one != row.alert_id]:
        if other.heard is not None or other.called:
            called = other.called and row.action not in ENDING
            gone = replace(other, grade=None, listed=None, issued=(), called=called)
            state.remember(gone, result)
    related = [one for one in state.related(row.receiver, (row.alert_id,)) if not one.instead_of]
    return [
        one for one in related if one.ready and one.alert_id == row.alert_id and one.revision < row.revision
    ]
