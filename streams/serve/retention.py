"""What the history forgets, and when; counted in the time up to which everything has been judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.serve.rows import from_microseconds, microseconds
from streams.serve.store import Store


@dataclass(frozen=True)
class Retention:
    """How long each kind of row is kept, days; as long as its topic unless an operator says otherwise."""

    alerts: int = 365 * 3
    incidents: int = 365 * 3
    detections: int = 90
    silences: int = 90
    notices: int = 365
    dead_letters: int = 90
    pests: int = 366 * 6


_FORGET: tuple[tuple[str, str], ...] = (
    # What is open stays whole, however old, and so does what was told of lately.
    (
        "alerts",
        (
            "DELETE FROM alert_revision WHERE issued_us < :before"
            " AND alert_id NOT IN (SELECT alert_id FROM alert WHERE status = 'open')"
            " AND alert_id NOT IN (SELECT alert_id FROM alert_revision WHERE issued_us >= :before)"
        ),
    ),
    ("alerts", "DELETE FROM alert WHERE seq NOT IN (SELECT seq FROM alert_revision)"),
    (
        "incidents",
        (
            "DELETE FROM incident_revision WHERE judged_us < :before"
            " AND incident_id NOT IN (SELECT incident_id FROM incident WHERE status = 'open')"
            " AND incident_id NOT IN (SELECT incident_id FROM incident_revision WHERE judged_us >= :before)"
        ),
    ),
    ("incidents", "DELETE FROM incident WHERE seq NOT IN (SELECT seq FROM incident_revision)"),
    ("detections", "DELETE FROM detection WHERE received_us < :before"),
    ("silences", "DELETE FROM silence WHERE at_us < :before"),
    ("notices", "DELETE FROM notice WHERE at_us < :before"),
    ("notices", "DELETE FROM due WHERE at_us < :before"),
    ("notices", "DELETE FROM reply WHERE at_us < :before"),
    ("notices", "DELETE FROM mark WHERE at_us < :before"),
    ("notices", "DELETE FROM drill WHERE begun_us < :before"),
    ("alerts", "DELETE FROM carbon WHERE at_us < :before"),
    ("dead_letters", "DELETE FROM dead_letter WHERE at_us < :before"),
    # What traps are compared with goes as far back as the judge remembers.
    ("pests", "DELETE FROM pest WHERE at_us < :before"),
    ("pests", "DELETE FROM air WHERE day < strftime('%Y-%m-%d', :before / 1000000, 'unixepoch')"),
)

_BOXES = tuple(
    f"DELETE FROM {table}_box WHERE id NOT IN (SELECT id FROM {table})"  # noqa: S608 - our own names
    for table in ("alert", "incident", "detection")
)


def judged_until(store: Store) -> datetime | None:
    """Return the time up to which everything received has been judged, None before the first tick."""
    ((at,),) = store.read("SELECT max(at_us) FROM tick")
    return None if at is None else from_microseconds(at)


def forget(store: Store, retention: Retention, now: datetime) -> int:
    """Delete what is older than its days at `now`; return how many rows went. Sequence numbers stay used."""
    gone = 0
    for kind, statement in _FORGET:
        before = microseconds(now - timedelta(days=getattr(retention, kind)))
        gone += store.write(statement, {"before": before})
    if gone:
        for statement in _BOXES:
            store.write(statement)
    return gone
