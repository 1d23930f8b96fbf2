"""What keeps the log small: the last record per key in compacted topics, records by age in the others."""

import sqlite3

from streams.engine.log_file import OFFSET_BITS


def create(
    connection: sqlite3.Connection, topic: str, partitions: int, kept: tuple[bool, float | None]
) -> int:
    """Create `topic` or change what is kept of it; `kept` is (compacted, seconds or None for ever)."""
    connection.execute(
        "INSERT INTO topic (name, compacted, retention_s) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET compacted = excluded.compacted,"
        " retention_s = excluded.retention_s",
        (topic, *kept),
    )
    (number,) = connection.execute("SELECT id FROM topic WHERE name = ?", (topic,)).fetchone()
    connection.executemany(
        "INSERT OR IGNORE INTO partition (topic, number) VALUES (?, ?)",
        [(number, each) for each in range(partitions)],
    )
    return partitions


def compact(connection: sqlite3.Connection, at_least: int) -> int:
    """Compact partitions with `at_least` new records since the last time; return how many records went."""
    rows = connection.execute(
        "SELECT p.id, p.end FROM partition p JOIN topic t ON t.id = p.topic"
        " WHERE t.compacted AND p.end - p.cleaned >= ?",
        (at_least,),
    ).fetchall()
    return sum(_compact(connection, number, end) for number, end in rows)


def _compact(connection: sqlite3.Connection, number: int, end: int) -> int:
    """Keep each key's last record, drop deleted keys; the very last stays, as recovery waits for it."""
    low = number << OFFSET_BITS
    gone = connection.execute(
        "DELETE FROM record WHERE id >= :low AND id < :last AND (value IS NULL OR id NOT IN"
        " (SELECT max(id) FROM record WHERE id >= :low AND id <= :last GROUP BY key))",
        {"low": low, "last": low + end - 1},
    ).rowcount
    connection.execute("UPDATE partition SET cleaned = ? WHERE id = ?", (end, number))
    return gone


def expire(connection: sqlite3.Connection, now: float) -> int:
    """Drop records older than their topic's retention that every reader has passed; return how many."""
    rows = connection.execute(
        "SELECT p.id, p.end, t.retention_s, (SELECT min(next) FROM position WHERE partition = p.id)"
        " FROM partition p JOIN topic t ON t.id = p.topic WHERE t.retention_s IS NOT NULL AND NOT t.compacted"
    ).fetchall()
    return sum(
        _expire(connection, number, end if read is None else read, now - kept)
        for number, end, kept, read in rows
    )


def _expire(connection: sqlite3.Connection, number: int, passed: int, before: float) -> int:
    """Drop the oldest records of one partition, up to the first young one, never past `passed`."""
    low = number << OFFSET_BITS
    (young,) = connection.execute(
        "SELECT min(id) FROM record WHERE id >= ? AND id < ? AND at >= ?", (low, low + passed, before)
    ).fetchone()
    high = low + passed if young is None else young
    return connection.execute("DELETE FROM record WHERE id >= ? AND id < ?", (low, high)).rowcount
