"""The history: what was said, kept in SQLite together with how far each partition has been read."""

import pathlib
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from schemas.codec import Unreadable, decode
from schemas.dead_letter import KEPT_BYTES, DeadLetter
from schemas.reason import Reason
from streams.serve.rows import KEEP, News, from_microseconds, keep_dead_letter
from streams.serve.schema import bring_up_to_date
from streams.unnamed import covered


class Record(NamedTuple):
    """One message as it stands in the log."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    raw: bytes | None


def _connect(path: pathlib.Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a sequence number that a client has seen must not be given again after a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    return connection


class Store:
    """`history.sqlite` of one data directory. One writer at a time; a reading connection per thread."""

    def __init__(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._writer = _connect(path)
        self._writing = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        bring_up_to_date(self._writer)
        rows = self._writer.execute("SELECT topic, part, next FROM position")
        self._next: dict[tuple[str, int], int] = {(topic, part): next_ for topic, part, next_ in rows}

    def close(self) -> None:
        """Close every connection; the store cannot be used afterwards."""
        with self._writing:
            for connection in (*self._readers, self._writer):
                connection.close()

    def positions(self) -> Mapping[tuple[str, int], int]:
        """Return by topic and partition the offset of the next message to read."""
        return dict(self._next)

    def apply(self, records: Iterable[Record]) -> News:
        """Keep messages and positions in one transaction and return what is new in them.

        A message before its partition's position was already kept and changes nothing.
        """
        news = News()
        with self._writing:
            reached = dict(self._next)
            with self.transaction() as db:
                for record in records:
                    place = (record.topic, record.partition)
                    if record.offset < reached.get(place, 0):
                        continue
                    _keep(db, record, news)
                    reached[place] = record.offset + 1
                moved = [(*place, at) for place, at in reached.items() if self._next.get(place) != at]
                db.executemany("INSERT OR REPLACE INTO position VALUES (?, ?, ?)", moved)
            self._next = reached
        return news

    def start_over(self) -> None:
        """Forget every position: the log is read from its beginning, what is known is kept only once."""
        self.write("DELETE FROM position")
        self._next = {}

    def transaction(self) -> "_Transaction":
        """Return a context that commits, or undoes everything when it is left by an exception."""
        return _Transaction(self._writer)

    def write(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Run one writing statement and return how many rows it changed."""
        with self._writing, self.transaction() as db:
            return db.execute(sql, values).rowcount

    def read(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of one query, from any thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _connect(self.path)
            connection.execute("PRAGMA query_only = 1")
            self._readers.append(connection)
        with closing(connection.execute(sql, values)) as cursor:
            return cursor.fetchall()

    def last_sequence(self) -> int:
        """Return the highest alert sequence number ever given, 0 before the first."""
        rows = self.read("SELECT seq FROM sqlite_sequence WHERE name = 'alert_revision'")
        return int(rows[0][0]) if rows else 0

    def alerts_after(self, sequence: int, limit: int = 500) -> list[tuple[int, bytes]]:
        """Return up to `limit` alert revisions after `sequence`, oldest first."""
        sql = "SELECT seq, body FROM alert_revision WHERE seq > ? ORDER BY seq LIMIT ?"
        return self.read(sql, (sequence, limit))


class _Transaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")


UNKEEPABLE = (OverflowError, ValueError, TypeError, RecursionError, sqlite3.IntegrityError)
"""What a readable message with impossible values can raise, such as a revision over 64 bits."""


def _keep(db: sqlite3.Connection, record: Record, news: News) -> None:
    """Keep one message whole, or as a dead letter; never raises for what is in it."""
    kind, keep = KEEP.get(record.topic, (None, None))
    if keep is None or record.raw is None:
        return
    value = decode(record.raw, kind)
    found, why = News(), value.why if isinstance(value, Unreadable) else ""
    if not why:
        db.execute("SAVEPOINT message")
        try:
            keep(db, record.raw, value, found, record.partition)
        except UNKEEPABLE as error:
            db.execute("ROLLBACK TO message")
            found, why = News(), f"{type(error).__name__}: {error}"
        db.execute("RELEASE message")
    if why:
        letter = _unreadable(record, why, _last_tick(db))
        keep_dead_letter(db, b"", letter, found, record.partition)
    news.add(found)


def _last_tick(db: sqlite3.Connection) -> datetime:
    (at,) = db.execute("SELECT max(at_us) FROM tick").fetchone()
    return from_microseconds(at or 0)


def _unreadable(record: Record, why: str, at: datetime) -> DeadLetter:
    raw = record.raw or b""
    where = f"{record.topic}[{record.partition}]@{record.offset}"
    return DeadLetter(
        letter_id=f"serve:{where}",
        source=record.topic,
        stage="serve",
        at=at,
        reason=Reason(code="unreadable", detail=why[:500]),
        raw=covered(raw)[:KEPT_BYTES],
        length=len(raw),
        sha256=sha256(raw).hexdigest(),
        position=where,
    )
