"""The ledger of telling: of each message and each receiver it was due to, what became of it.

Due are raises, tasks, what reached somebody's area, and calls back. Whoever was due one has received,
acknowledged or been superseded, somebody was told in their place, or it expired with a reason. Anything else
is unaccounted for and loud.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

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
    "unanswered",
    "untaken",
    "lost",
    "refused",
    "missing",
]

LOUD: frozenset[State] = frozenset({"unanswered", "untaken", "lost", "refused", "missing"})
"""States in which nobody learned of a raise and nothing says why that is right."""

GRACE = timedelta(minutes=15)
"""How long a message may be on its way before somebody asks: the hop and the first attempts take seconds."""

RIGHT = frozenset({"silenced", "superseded_by", "not_released", "drill_only", "not_its_audience"})
"""Why one who stands in for somebody need not or may not hear of it; for any other reason it is lost."""

Reading = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


class Entry(Struct, frozen=True, kw_only=True):
    """One message for one receiver, and what became of it."""

    notice_id: str
    alert_id: str
    revision: int
    receiver: str
    grade: Grade
    due_at: UtcTime
    instead_of: str
    what: str = ""
    """Empty: a raise; else task, reached_area or pull_back."""
    state: State
    reason: str = ""
    seconds: float | None = None
    """From due to accepted."""


_SQL = """
SELECT d.notice_id, d.alert_id, d.revision, d.receiver, d.grade, d.at_us, d.expires_us, d.instead_of, d.what,
  n.outcome, n.accepted_us, n.delivered_us,
  coalesce(json_extract(CAST(n.body AS TEXT), '$.reason.code'), ''),
  coalesce(json_extract(CAST(n.body AS TEXT), '$.reason.ref'), ''),
  EXISTS (SELECT 1 FROM reply r WHERE r.alert_id = d.alert_id AND r.receiver = d.receiver
    AND coalesce(r.last_us, r.at_us) >= CASE d.what WHEN 'pull_back' THEN n.accepted_us ELSE d.at_us END),
  EXISTS (SELECT 1 FROM due e WHERE e.alert_id = d.alert_id AND e.instead_of = d.receiver
    AND e.at_us >= d.at_us AND (e.what = 'pull_back') = (d.what = 'pull_back')),
  EXISTS (SELECT 1 FROM notice x WHERE x.incident_id = n.incident_id AND x.alert_id = d.alert_id
    AND x.receiver = d.receiver AND x.at_us >= d.at_us AND x.outcome = 'failed'
    AND x.notice_id LIKE 'answer!_%' ESCAPE '!')
FROM due d LEFT JOIN notice n ON n.notice_id = d.notice_id
WHERE d.at_us >= ? AND d.at_us < ? ORDER BY d.at_us, d.notice_id
"""


def reconciled(read: Reading, since: datetime, until: datetime, now: datetime) -> list[Entry]:
    """Return every message that was due in this time, with its state at `now`."""
    return [_entry(row, now) for row in read(_SQL, (microseconds(since), microseconds(until)))]


def unaccounted(entries: Iterable[Entry]) -> list[Entry]:
    """Return those of which nobody can say that the receiver knows or need not."""
    return [one for one in entries if one.state in LOUD]


def _entry(row: tuple[Any, ...], now: datetime) -> Entry:
    notice_id, alert_id, revision, receiver, grade, at, expires, instead_of, what, *rest = row
    outcome, accepted, delivered, code, ref, replied, escalated, nobody = rest
    due_at = from_microseconds(at)
    since = datetime.fromisoformat(ref) if code == "held_back" and ref else due_at
    unheard = bool(instead_of) and outcome == "suppressed" and code not in RIGHT
    became = _Became(outcome, delivered is not None, bool(replied), bool(escalated), bool(nobody) or unheard)
    return Entry(
        notice_id=notice_id,
        alert_id=alert_id,
        revision=revision,
        receiver=receiver,
        grade=grade,
        due_at=due_at,
        instead_of=instead_of,
        what=what,
        state=_state(became, late=now - since > GRACE, over=microseconds(now) > expires),
        reason=code,
        seconds=None if accepted is None else max(0.0, (accepted - at) / 1e6),
    )


class _Became(NamedTuple):
    """What the log says became of one message."""

    outcome: str | None
    delivered: bool
    replied: bool
    escalated: bool
    nobody: bool


def _state(became: _Became, *, late: bool, over: bool) -> State:
    """Return the first that holds, from what says most; what is still tried counts from when it is late."""
    known: tuple[tuple[bool, State], ...] = (
        (became.replied, "acknowledged"),
        (became.nobody, "unanswered"),
        (became.delivered, "delivered"),
        (became.escalated, "escalated"),
        (became.outcome == "accepted", "accepted"),
        (became.outcome == "suppressed", "suppressed"),
        (became.outcome == "expired", "expired"),
        (became.outcome == "failed", "refused"),
        (not late and not over, "open"),
        (over or became.outcome is None, "missing"),
        (became.outcome == "undelivered", "lost"),
    )
    return next((state for holds, state in known if holds), "untaken")
