"""What is decided about one drafted row: by what is held, or that it is told in somebody's place."""

from datetime import datetime

from msgspec.structs import replace

from alerts.escalation import in_line, remembered, told_instead
from alerts.policy import TELLING, Decision, Told, decide
from alerts.restraint import silenced
from alerts.routing import RANK
from schemas.hop import Result
from schemas.reason import Reason
from schemas.receiver import Receiver
from streams.hops.outbox import Outbox, Pending
from streams.hops.restraining import Deliver, restrained


def decided(  # noqa: PLR0913, PLR0917 - each stage looks at one more thing
    given: Deliver, state: Outbox, row: Pending, told: Told | None, receiver: Receiver, now: datetime
) -> Decision:
    """Return whether a row goes out, and why; in somebody's place only a silence holds it back."""
    assert row.alert is not None
    if row.instead_of:
        decision = told_instead(told, row.alert, receiver, row.instead_of)
        return silenced(decision, given.silences, row.alert, receiver, now)
    asks = replace(receiver, public=False) if row.released else receiver
    decision = _collected(state, row, decide(told, row.alert, asks))
    return restrained(given, state, decision, told, alert=row.alert, receiver=receiver, now=now)


def as_asked(receiver: Receiver, row: Pending) -> Receiver:
    """Return the receiver as asked for this row: in somebody's place it counts for nothing."""
    return in_line(receiver, row.alert) if row.instead_of and row.alert is not None else receiver


def _collected(state: Outbox, row: Pending, decision: Decision) -> Decision:
    """Return the decision, or that a raise found later stands in the open digest already."""
    if decision.reason.code != "grade_raised" or row.action in TELLING:
        return decision
    collecting = state.collecting(row.receiver)
    lines = {} if collecting is None else state.lines.get(collecting.notice_id, {})
    ranks = [RANK[lines[one].grade] for one in row.covers if one in lines]
    if collecting is None or not ranks or max(ranks) < RANK[row.grade]:
        return decision
    said = Reason(code="already_told", ref=collecting.notice_id, detail=row.grade)
    return Decision(send=False, reason=said)


def remember_place(state: Outbox, result: Result, row: Pending) -> None:
    """Note in whose place somebody is told this, so that no line leads round and round."""
    known = state.told.get(row.receiver, {}).get(row.alert_id)
    if row.instead_of and known is not None:
        state.remember(remembered(known, row.instead_of, row.revision), result)
