"""Accepted is not delivered: of a grave alert a receipt is waited for, and without one the next way is tried.

A receipt that says never counts as a failure, of whatever was sent: the next way is tried, or this one once
more, and at last it is given up and told to the next in line. The wait is a row of the outbox that is never
sent, like the wait for an answer, and exists only where the way gives receipts.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.digest import Listed, Options
from alerts.policy import Told, higher
from alerts.quiet import NEVER_HELD
from alerts.ways import after
from schemas.hop import Output, Result
from schemas.notice import Notice, Receipt
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import conclude
from streams.hops.escalating import refused, tell_next
from streams.hops.handing import on_next
from streams.hops.outbox import Outbox, Pending
from streams.hops.restraining import Deliver, spend
from streams.telling.safety import waiting_for_call

PREFIX = "receipt_"

TRIES = 3
"""So many attempts in all before a way is not asked again that took a message and lost it."""

SAME_WAY_AFTER = timedelta(minutes=1)
"""A telephone that is off or out of reach is not back in seconds."""


def expect(  # noqa: PLR0913, PLR0917 - what the wait hangs on
    given: Deliver,
    state: Outbox,
    result: Result,
    row: Pending,
    notice: Notice,
    receiver: Receiver | None,
    lines: Iterable[Listed] = (),
) -> None:
    """Wait for the receipt of a row that was taken; one that came first and said never counts at once.

    `lines` are those of a digest: they stay as long as it may have to be said once more.
    """
    way = given.exits.get(row.channel)
    if receiver is None or way is None or not way.gives_receipts:
        return
    told = state.told.get(row.receiver, {}).get(row.alert_id)
    if not row.order and told is not None and (told.delivered >= row.revision or told.ended > row.revision):
        return  # the receipt, or the end of the alert, was quicker than the word that it was taken
    until = notice.at + _patience(row, receiver, given.tell)
    made = replace(row, notice_id=_waiting(row.notice_id), held_until=None, attempts=notice.attempts)
    made = replace(made, receipt_by=until, ref=notice.ref)
    for line in lines:
        state.add_line(line, result)
    if row.refuted >= max(1, notice.attempts):
        _give_up(given, state, result, made, receiver, notice.at, "receipt: never")
    else:
        state.put(made, result)


def received(
    given: Deliver, state: Outbox, result: Result, receipt: Receipt, receiver: Receiver | None
) -> None:
    """Note that a message arrived; of one that never will, try again at once or say that it failed."""
    row = _of(state, receipt)
    if row is None:
        return
    if not receipt.delivered:
        if row.receipt_by is None:
            state.put(replace(row, refuted=row.attempts + 1), result)
        else:
            lost = replace(row, refuted=max(1, row.attempts))
            _give_up(given, state, result, lost, receiver, receipt.at, f"receipt: {receipt.detail}")
        return
    known = state.told.get(row.receiver, {}).get(row.alert_id)
    fresh = Told(receiver=row.receiver, alert_id=row.alert_id, touched_at=receipt.at)
    told = known or fresh
    if told.delivered < row.revision and not row.order and not row.digest:
        state.remember(replace(told, delivered=row.revision, delivered_at=receipt.at), result)
    if row.receipt_by is not None:
        _arrived(state, result, row)


def _arrived(state: Outbox, result: Result, row: Pending) -> None:
    """Wait no longer for a receipt, and keep no lines of a digest that need not be said again."""
    state.drop(row, result)
    for line in list(state.lines.get(_told(row.notice_id), {}).values()) if row.digest else ():
        state.drop_line(line, result)


def give_up_late(given: Deliver, state: Outbox, result: Result, receiver: Receiver, now: datetime) -> None:
    """Try the next way for everything grave of which no receipt came in time; the rest may have arrived."""
    rows = [row for row in state.pending.get(receiver.name, {}).values() if row.receipt_by is not None]
    for row in sorted(rows, key=lambda row: row.notice_id):
        if row.receipt_by is None or row.receipt_by > now:
            continue
        if row.refuted or _is_urgent(row, receiver):
            _give_up(given, state, result, row, receiver, now, "no receipt in time")
            continue
        if _is_grave(row):  # nothing else can be tried, and still it must not look as if it had arrived
            own = replace(row, notice_id=_told(row.notice_id), receipt_by=None)
            why = Reason(code="no_receipt", detail="no receipt in time, and no other way")
            said = conclude(own, "undelivered", now, why, attempts=row.attempts)
            result.outputs.append(Output(NOTICE, row.receiver, said))
        _arrived(state, result, row)


def forgo(state: Outbox, result: Result, receiver: str, alert_id: str) -> None:
    """Wait no longer for receipts of an alert: it was answered, which says more, or it ended.

    Of a call back the receipt is waited for as long as its answer is.
    """
    mine = state.pending.get(receiver, {})
    for row in [one for one in mine.values() if one.receipt_by is not None and one.alert_id == alert_id]:
        if not row.order or waiting_for_call(_told(row.notice_id)) not in mine:
            state.drop(row, result)


def _is_urgent(row: Pending, receiver: Receiver) -> bool:
    """Return whether the next way is tried without a receipt: it is grave, and there is one."""
    if row.kept is None or after(receiver, row.way, (*row.dead, row.way)) is None:
        return False
    return _is_grave(row)


def _is_grave(row: Pending) -> bool:
    """Return whether it calls somebody back or tells of a fire of grade I or II."""
    fire = row.kept is not None and row.kept.kind == "fire"
    told = row.tells and not row.digest and not row.text and row.grade in NEVER_HELD
    return bool(row.order) or (told and (fire or row.kept is None))


def _patience(row: Pending, receiver: Receiver, tell: Options) -> timedelta:
    soon = row.refuted or _is_urgent(row, receiver)
    return timedelta(seconds=tell.receipt_s if soon else tell.refuted_s)


def _give_up(  # noqa: PLR0913, PLR0917 - what is given up, by whom, when and why
    given: Deliver,
    state: Outbox,
    result: Result,
    row: Pending,
    receiver: Receiver | None,
    now: datetime,
    why: str,
) -> None:
    """Say that a message did not arrive, and send it again where that can help; else it has failed."""
    if row.notice_id in state.pending.get(row.receiver, {}):
        state.drop(row, result)
    own = replace(row, notice_id=_told(row.notice_id), receipt_by=None, ref="")
    reason = Reason(code="no_receipt", detail=why)
    said = conclude(own, "undelivered", now, reason, attempts=row.attempts)
    result.outputs.append(Output(NOTICE, row.receiver, said))
    if newer := _taken_since(state, own):
        why_not = Reason(code="superseded_by", ref=f"{own.alert_id}.{newer}")
        over = conclude(own, "suppressed", now, why_not, attempts=own.attempts)
        result.outputs.append(Output(NOTICE, row.receiver, over))
        return
    further = None if receiver is None or now > row.expires_at else _again(given, state, own, receiver, now)
    if further is not None:
        state.put(replace(further, reason=reason), result)
        if row.refuted and further.way != own.way:
            _never_told_by(state, result, own)
        spend(state, result, receiver, further.channel, now)
    elif row.refuted:
        _fail(given, state, result, own, receiver, now, reason)


def _taken_since(state: Outbox, own: Pending) -> int:
    """Return the newer revision that a gateway took since, with a receipt of its own; 0: none."""
    told = state.told.get(own.receiver, {}).get(own.alert_id)
    if told is None or own.order or own.digest or own.text or own.instead_of:
        return 0
    return told.revision if told.revision > own.revision else 0


def _never_told_by(state: Outbox, result: Result, own: Pending) -> None:
    """Note that this way did not tell them: nothing is taken back on it."""
    told = state.told.get(own.receiver, {}).get(own.alert_id)
    if told is not None and (told.revision, told.way) == (own.revision, own.way) and not own.order:
        state.remember(replace(told, channel=""), result)


def _again(given: Deliver, state: Outbox, own: Pending, receiver: Receiver, now: datetime) -> Pending | None:
    """Return the row for its next way; without one for the same, as often as that may help."""
    further = on_next(given.exits, receiver, state, replace(own, dead=(*own.dead, own.way)), now)
    if further is None and own.refuted and own.attempts < TRIES:
        return replace(own, held_until=now + SAME_WAY_AFTER)
    return further


def _fail(  # noqa: PLR0913, PLR0917 - what has failed, for whom, when and why
    given: Deliver,
    state: Outbox,
    result: Result,
    own: Pending,
    receiver: Receiver | None,
    now: datetime,
    reason: Reason,
) -> None:
    """Give up what did not arrive: it was no page, though its end is still told, and others must know."""
    if own.digest:
        state.drop(own, result)
    said = conclude(own, "failed", now, reason, attempts=own.attempts)
    result.outputs.append(Output(NOTICE, own.receiver, said))
    told = state.told.get(own.receiver, {}).get(own.alert_id)
    if told is not None and told.grade is not None and told.revision == own.revision and own.tells:
        state.remember(replace(told, grade=None, listed=higher(told.listed, told.grade)), result)
    if own.waits == "taken" and own.kept is not None and receiver is not None:
        tell_next(given, state, result, replace(own, alert=own.kept), receiver, now)
    else:
        refused(given, state, result, own, receiver, now)


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
