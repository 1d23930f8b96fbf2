"""Accepted is not delivered: of a grave alert a receipt is waited for, and without one the next way is tried.

The wait is a row of the outbox that is never sent, like the wait for an answer. It exists only where the way
gives receipts and there is another way to try: a receiver with one way is in the hands of its escalation.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.digest import Options
from alerts.policy import Told
from alerts.quiet import NEVER_HELD
from alerts.ways import after
from schemas.hop import Output, Result
from schemas.notice import Notice, Receipt
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import conclude
from streams.hops.handing import on_next
from streams.hops.outbox import Outbox, Pending

PREFIX = "receipt_"


def expect(  # noqa: PLR0913, PLR0917 - what the wait hangs on
    state: Outbox,
    result: Result,
    row: Pending,
    notice: Notice,
    receiver: Receiver | None,
    exits: Mapping[str, Exit],
    tell: Options,
) -> None:
    """Wait for the receipt of a row that was taken, where that can come to anything."""
    kept, way = row.kept, exits.get(row.channel)
    if kept is None or receiver is None or way is None or not way.gives_receipts or not row.tells:
        return
    if not row.order and (kept.kind != "fire" or kept.grade not in NEVER_HELD):
        return
    told = state.told.get(row.receiver, {}).get(row.alert_id)
    if not row.order and told is not None and (told.delivered >= row.revision or told.ended > row.revision):
        return  # the receipt, or the end of the alert, was quicker than the word that it was taken
    if after(receiver, row.way, (*row.dead, row.way)) is None:
        return
    until = notice.at + timedelta(seconds=tell.receipt_s)
    made = replace(row, notice_id=_waiting(row.notice_id), body="", headers={}, held_until=None)
    state.put(replace(made, receipt_by=until, ref=notice.ref, attempts=notice.attempts), result)


def received(
    state: Outbox, result: Result, receipt: Receipt, receiver: Receiver | None, exits: Mapping[str, Exit]
) -> None:
    """Note that a message arrived; of one that never will, try the next way at once."""
    row = _of(state, receipt)
    if row is None:
        return
    if not receipt.delivered:
        if row.receipt_by is not None:
            _give_up(state, result, row, receiver, exits, receipt.at, f"receipt: {receipt.detail}")
        return
    known = state.told.get(row.receiver, {}).get(row.alert_id)
    fresh = Told(receiver=row.receiver, alert_id=row.alert_id, touched_at=receipt.at)
    told = known or fresh
    if told.delivered < row.revision:
        state.remember(replace(told, delivered=row.revision, delivered_at=receipt.at), result)
    if row.receipt_by is not None:
        state.drop(row, result)


def give_up_late(
    state: Outbox, result: Result, receiver: Receiver, exits: Mapping[str, Exit], now: datetime
) -> None:
    """Try the next way for everything of which no receipt came in time."""
    rows = [row for row in state.pending.get(receiver.name, {}).values() if row.receipt_by is not None]
    for row in sorted(rows, key=lambda row: row.notice_id):
        if row.receipt_by is not None and row.receipt_by <= now:
            _give_up(state, result, row, receiver, exits, now, "no receipt in time")


def forgo(state: Outbox, result: Result, receiver: str, alert_id: str) -> None:
    """Wait no longer for receipts of an alert: it was answered, which says more, or it ended."""
    rows = state.pending.get(receiver, {}).values()
    for row in [one for one in rows if one.receipt_by is not None and one.alert_id == alert_id]:
        state.drop(row, result)


def _give_up(  # noqa: PLR0913, PLR0917 - what is given up, by whom, when and why
    state: Outbox,
    result: Result,
    row: Pending,
    receiver: Receiver | None,
    exits: Mapping[str, Exit],
    now: datetime,
    why: str,
) -> None:
    state.drop(row, result)
    own = replace(row, notice_id=_told(row.notice_id), receipt_by=None, ref="")
    reason = Reason(code="no_receipt", detail=why)
    result.outputs.append(
        Output(NOTICE, row.receiver, conclude(own, "undelivered", now, reason, attempts=row.attempts))
    )
    if receiver is None or now > row.expires_at:
        return
    further = on_next(exits, receiver, state, replace(own, dead=(*row.dead, row.way)))
    if further is not None:
        state.put(replace(further, reason=reason), result)


def _of(state: Outbox, receipt: Receipt) -> Pending | None:
    """Return the wait that a receipt ends, or the row whose acceptance has not been read yet."""
    mine = state.pending.get(receipt.receiver, {})
    if receipt.notice_id:
        return mine.get(_waiting(receipt.notice_id)) or mine.get(receipt.notice_id)
    found = (row for row in mine.values() if row.receipt_by is not None and row.ref == receipt.ref)
    return next(found, None) if receipt.ref else None


def _waiting(notice_id: str) -> str:
    return PREFIX + notice_id


def _told(waiting_id: str) -> str:
    return waiting_id.removeprefix(PREFIX)
