"""`audit.sqlite`: the chained entries; the file itself refuses to change or delete one.

Pruning takes whole days off the beginning and keeps the seal that the rest goes on from.
"""

import pathlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from streams.serve.audit.chain import START, Entry, sealed
from streams.serve.private_file import opened

FORMAT = 1
PAGE = 1000

_NO_DELETE = (
    "CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON entry"
    " BEGIN SELECT RAISE(ABORT, 'append only'); END;"
)

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entry (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL, what TEXT NOT NULL,
  status INTEGER NOT NULL, detail TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pruned (number INTEGER PRIMARY KEY, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sent (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS no_change BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append only'); END;
{_NO_DELETE}
PRAGMA user_version = {FORMAT};
COMMIT;
"""


class Trail:
    """The audit log of one data directory; several programs may append."""

    def __init__(self, path: pathlib.Path) -> None:
        """Open or create the file; raises `StoreTooNewError` when a later program wrote it."""
        self._db = opened(path, _SCHEMA, FORMAT)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(  # noqa: PLR0913 - what an entry says
        self, at: datetime, *, who: str, what: str, address: str = "", status: int = 0, detail: str = ""
    ) -> Entry:
        """Append one entry after the last of the file and return it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                sql = "SELECT number, seal FROM entry ORDER BY number DESC LIMIT 1"
                number, before = self._db.execute(sql).fetchone() or self._anchor()
                bare = Entry(
                    number=number + 1,
                    at=at.astimezone(UTC),
                    who=who[:200],
                    address=address[:200],
                    what=what[:200],
                    status=status,
                    detail=detail[:2000],
                )
                entry = sealed(bare, before)
                self._db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(entry))
            except BaseException:
                if self._db.in_transaction:
                    # a full disk has ended it already
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        return entry

    def anchor(self) -> tuple[int, str]:
        """Return number and seal of the last entry that was pruned: what `first_broken` begins after."""
        with self._lock:
            return self._anchor()

    def _anchor(self) -> tuple[int, str]:
        sql = "SELECT number, seal FROM pruned ORDER BY number DESC LIMIT 1"
        return self._db.execute(sql).fetchone() or (0, START)

    def prune(self, before: datetime) -> tuple[int, str] | None:
        """Take off the entries older than a time; return number and seal of the last, None: there is none.

        The newest entry stays in any case, so that the chain goes on.
        """
        at = before.astimezone(UTC).isoformat(timespec="microseconds")
        with self._lock:
            sql = (
                "SELECT number, seal FROM entry WHERE number < coalesce((SELECT min(number) FROM entry"
                " WHERE at >= ?), (SELECT max(number) FROM entry)) ORDER BY number DESC LIMIT 1"
            )
            last: tuple[int, str] | None = self._db.execute(sql, (at,)).fetchone()
            if last is None:
                return None
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("DROP TRIGGER no_delete")
                self._db.execute("INSERT INTO pruned VALUES (?, ?)", last)
                self._db.execute("DELETE FROM entry WHERE number <= ?", last[:1])
                self._db.execute(_NO_DELETE)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        return last

    def sent(self) -> int:
        """Return the number of the last entry that went to the log server."""
        with self._lock:
            return (self._db.execute("SELECT number FROM sent").fetchone() or (0,))[0]

    def note_sent(self, number: int) -> int:
        """Keep how far entries went to the log server; return the number of the newest."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO sent VALUES (1, ?)", (number,))
            return self._db.execute("SELECT coalesce(max(number), 0) FROM entry").fetchone()[0] or number

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Yield the entries after a number, in order."""
        while page := self.page(after, PAGE):
            yield from page
            after = page[-1].number

    def page(self, after: int, limit: int) -> list[Entry]:
        """Return up to `limit` entries after a number."""
        with self._lock:
            sql = "SELECT * FROM entry WHERE number > ? ORDER BY number LIMIT ?"
            return [_entry(row) for row in self._db.execute(sql, (after, limit)).fetchall()]


def _row(one: Entry) -> tuple[Any, ...]:
    at = one.at.isoformat(timespec="microseconds")
    return one.number, at, one.who, one.address, one.what, one.status, one.detail, one.seal


def _entry(row: tuple[Any, ...]) -> Entry:
    number, at, who, address, what, status, detail, seal = row
    return Entry(
        number=number,
        at=datetime.fromisoformat(at),
        who=who,
        address=address,
        what=what,
        status=status,
        detail=detail,
        seal=seal,
    )
