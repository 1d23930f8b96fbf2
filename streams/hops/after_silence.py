"""After a silence: what it held back is told when it ends, as it then is, if it has not ended or been told.

The wait is a row of the outbox, one for each alert and receiver, so it survives a restart.
"""

from datetime import datetime

from msgspec.structs import replace

from alerts.escalation import unanswered
from alerts.news import said
from alerts.policy import ENDING, TELLING
from alerts.restraint import silent_until
from schemas.alert import Alert
from schemas.hop import Result
from schemas.reason import Reason
from schemas.receiver import Receiver
from streams.hops.outbox import Outbox, Pending, notice_id
from streams.hops.restraining import Deliver

PREFIX = "silent_"


def keep(  # noqa: PLR0913, PLR0917 - what is kept, for whom, until when
    given: Deliver,
    state: Outbox,
    result: Result,
    row: Pending,
    receiver: Receiver,
    why: Reason,
    now: datetime,
) -> None:
    """Keep a row that is not told because of a silence, until that is over; a newer one stays."""
    if row.alert is None or why.code != "silenced":
        return
    until = silent_until(given.silences, row.alert, receiver, now)
    name = PREFIX + notice_id(row.receiver, row.alert_id, 0, row.instead_of)
    known = state.pending.get(row.receiver, {}).get(name)
    if until is not None and (known is None or known.revision <= row.revision):
        state.put(replace(row, notice_id=name, silent_until=until), result)


def follow(state: Outbox, result: Result, receiver: str, alert: Alert) -> None:
    """Let what is kept say what holds now, or go with the end of its alert."""
    for row in _kept(state, receiver, (alert.alert_id,)):
        if alert.action in ENDING and alert.revision > row.revision:
            state.drop(row, result)
        elif alert.revision > row.revision and row.alert is not None:
            state.put(_newer(row, row.alert, alert), result)


def _newer(row: Pending, known: Alert, alert: Alert) -> Pending:
    """Return the row with a newer revision, told as what they have not heard: an opening, a raise."""
    who = unanswered(known)
    reasons = alert.reasons if who is None else (*alert.reasons, who)
    action, pages = (alert.action, alert.pages) if alert.action in TELLING else (known.action, known.pages)
    one = replace(alert, action=action, pages=pages, reasons=reasons)
    row = replace(row, alert=one, action=action, revision=one.revision, grade=one.grade)
    return replace(row, expires_at=max(row.expires_at, alert.expires_at), said=said(one))


def lift(state: Outbox, result: Result, row: Pending) -> None:
    """Keep nothing any more of what goes out now."""
    for one in _kept(state, row.receiver, row.covers):
        if one.instead_of == row.instead_of:
            state.drop(one, result)


def over(state: Outbox, result: Result, receiver: str, now: datetime) -> list[Pending]:
    """Take out what is kept and whose silence is over, as it is to be decided now."""
    found = [
        one for one in _kept(state, receiver) if one.silent_until is not None and one.silent_until <= now
    ]
    for one in found:
        state.drop(one, result)
    return [
        replace(
            one,
            notice_id=notice_id(receiver, one.alert_id, one.revision, one.instead_of),
            silent_until=None,
            due_at=now,
        )
        for one in found
    ]


def _kept(state: Outbox, receiver: str, alert_ids: tuple[str, ...] | None = None) -> list[Pending]:
    mine = state.pending.get(receiver, {})
    found = [mine[name] for name in sorted(state.silent.get(receiver, ()))]
    return [one for one in found if alert_ids is None or one.alert_id in alert_ids]
