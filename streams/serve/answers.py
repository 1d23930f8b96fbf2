"""First answers by `Idempotency-Key`: kept 24 hours in the history store, across restarts."""

from datetime import datetime, timedelta

from streams.serve.rows import microseconds
from streams.serve.store import Store

KEPT = timedelta(hours=24)


def first_answer(store: Store, key: str, now: datetime) -> tuple[str, int, bytes] | None:
    """Return body SHA-256, status and answer given under `key` in the last 24 hours, or None."""
    sql = "SELECT body_sha256, status, body FROM answer WHERE key = ? AND at_us > ?"
    rows = store.read(sql, (key, microseconds(now - KEPT)))
    return rows[0] if rows else None


def keep_answer(store: Store, key: str, body_sha256: str, answer: tuple[int, bytes], now: datetime) -> None:
    """Keep an answer, and forget those of yesterday."""
    store.write("DELETE FROM answer WHERE at_us <= ?", (microseconds(now - KEPT),))
    store.write(
        "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", (key, body_sha256, *answer, microseconds(now))
    )
