"""In whose order rows of the outbox are sent: one attempt at a time for each receiver and alert."""

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime

from alerts.quiet import NEVER_HELD
from alerts.routing import RANK
from streams.hops.outbox import Pending

Lane = tuple[str, str]
"""Receiver and alert: one attempt at a time."""

Urgency = tuple[bool, bool, int, datetime]
"""The smallest goes first."""


def newest_of_each_lane(rows: Iterable[Pending]) -> dict[Lane, Pending]:
    """Return the newest revision of each alert for each receiver; of two alike the later row."""
    newest: dict[Lane, Pending] = {}
    for row in rows:
        lane = lane_of(row)
        known = newest.get(lane)
        if known is None or known.revision <= row.revision:
            newest[lane] = row
    return newest


def urgency(row: Pending) -> Urgency:
    """Return what puts calls back first, then the worst grades, then the oldest; digests come last."""
    return not row.order, row.digest, -RANK[row.grade], row.due_at


def pressing(row: Pending) -> bool:
    """Return whether a row may use what is kept back of a limit: a call back, or grade I or II."""
    return bool(row.order) or (row.grade in NEVER_HELD and not row.digest)


def lane_of(row: Pending) -> Lane:
    """Return in whose order a row goes; a call back waits for nothing, nor do two ways for each other."""
    return row.receiver, row.alert_id + row.order + (f" way {row.way}" if row.beside else "")


def key_of(row: Pending) -> Hashable:
    """Return what attempts are counted by: a row anew on each of its ways."""
    return row.notice_id, row.way


def held_s(row: Pending) -> float:
    """Return for how long a row is still held back; never beyond the end of its validity."""
    if row.held_until is None:
        return 0.0
    return (min(row.held_until, row.expires_at) - datetime.now(UTC)).total_seconds()
