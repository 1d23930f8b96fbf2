"""The ledger of telling: of each raise and each receiver it was due to, what became of it.

Whoever was due a raise has received, acknowledged or been superseded, somebody was told in their place, or it
expired with a reason. Anything else is unaccounted for and loud.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from schemas.units import Grade, UtcTime
from streams.serve.rows import from_microseconds, microseconds

State = Literal[
    "acknowledged",
    "delivered",
    "accepted",
    "escalated",
    "suppressed",
    "expired",
    "open",
    "refused",
    "missing",
]

LOUD: frozenset[State] = frozenset({"refused", "missing"})
"""States in which nobody learned of a raise and nothing says why that is right."""

GRACE = timedelta(minutes=15)
"""How long a raise may be on its way before somebody asks: the hop and the first attempts take seconds."""

Reading = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


class Entry(Struct, frozen=True, kw_only=True):
    """One raise for one receiver, and what became of it."""

    notice_id: str
    alert_id: str
    revision: int
    receiver: str
    grade: Grade
    due_at: UtcTime
    instead_of: str
    state: State
    reason: str = ""
    seconds: float | None = None
    """From due to accepted."""


_SQL = """
SELECT d.notice_id, d.alert_id, d.revision, d.receiver, d.grade, d.at_us, d.expires_us, d.instead_of,
  n.outcome, n.accepted_us, n.delivered_us,
  coalesce(json_extract(CAST(n.body AS TEXT), '$.reason.code'), ''),
  EXISTS (SELECT 1 FROM reply r
    WHERE r.alert_id = d.alert_id AND r.receiver = d.receiver AND r.at_us >= d.at_us),
  EXISTS (SELECT 1 FROM due e WHERE e.alert_id = d.alert_id AND e.instead_of = d.receiver)
FROM due d LEFT JOIN notice n ON n.notice_id = d.notice_id
WHERE d.at_us >= ? AND d.at_us < ? ORDER BY d.at_us, d.notice_id
"""


def reconciled(read: Reading, since: datetime, until: datetime, now: datetime) -> list[Entry]:
    """Return every raise that was due in this time, with its state at `now`."""
    return [_entry(row, now) for row in read(_SQL, (microseconds(since), microseconds(until)))]


def unaccounted(entries: Iterable[Entry]) -> list[Entry]:
    """Return those of which nobody can say that the receiver knows or need not."""
    return [one for one in entries if one.state in LOUD]


def _entry(row: tuple[Any, ...], now: datetime) -> Entry:
    notice_id, alert_id, revision, receiver, grade, at, expires, instead_of, *rest = row
    accepted = rest[1]
    return Entry(
        notice_id=notice_id,
        alert_id=alert_id,
        revision=revision,
        receiver=receiver,
        grade=grade,
        due_at=from_microseconds(at),
        instead_of=instead_of,
        state=_state(rest, late=now - from_microseconds(at) > GRACE, over=microseconds(now) > expires),
        reason=rest[3],
        seconds=None if accepted is None else max(0.0, (accepted - at) / 1e6),
    )


def _state(rest: list[Any], *, late: bool, over: bool) -> State:
    outcome, accepted, delivered, _, replied, escalated = rest
    if replied:
        return "acknowledged"
    if delivered is not None:
        return "delivered"
    if escalated:
        return "escalated"
    if accepted is not None:
        return "accepted"
    known: dict[str, State] = {"suppressed": "suppressed", "expired": "expired", "failed": "refused"}
    if outcome in known:
        return known[outcome]
    return "missing" if over or (outcome is None and late) else "open"
