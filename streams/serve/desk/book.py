"""`desk.sqlite`: people until a date, words on incidents in their order, tasks taken, shifts handed over."""

import pathlib
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from streams.serve.private_file import opened

FORMAT = 1

MOST_KNOWN = 200
"""Words on one incident that a further one names as known, the newest."""

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS call (
  call_id TEXT PRIMARY KEY, part INTEGER NOT NULL, digest TEXT NOT NULL, observed_at TEXT NOT NULL,
  place TEXT NOT NULL, number TEXT NOT NULL, caller TEXT NOT NULL, by_whom TEXT NOT NULL,
  erase_at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS call_observed ON call (observed_at);
CREATE TABLE IF NOT EXISTS word (
  number INTEGER PRIMARY KEY AUTOINCREMENT, incident_id TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,
  person TEXT NOT NULL, what TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS word_incident ON word (incident_id);
CREATE TABLE IF NOT EXISTS handover (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, person TEXT NOT NULL,
  body BLOB NOT NULL, seal TEXT NOT NULL, taken_who TEXT, taken_person TEXT, taken_at TEXT);
CREATE TABLE IF NOT EXISTS permit_person (
  permit_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, contact TEXT NOT NULL, phone TEXT NOT NULL,
  text TEXT NOT NULL, erase_at TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {FORMAT};
COMMIT;
"""


class Said(NamedTuple):
    """One word on an incident: its number, when, whose, and what."""

    number: int
    at: str
    who: str
    person: str
    what: str


class Desk:
    """The desk of one data directory; only `serve` writes it."""

    def __init__(self, path: pathlib.Path) -> None:
        """Open or create the file; raises `StoreTooNewError` when a later program wrote it."""
        self._db = opened(path, _SCHEMA, FORMAT, erases=True)
        self._lock = threading.RLock()
        if "word_id" not in {row[1] for row in self._db.execute("PRAGMA table_info(word)")}:
            self._db.execute("ALTER TABLE word ADD COLUMN word_id TEXT NOT NULL DEFAULT ''")
        if "saw" not in {row[1] for row in self._db.execute("PRAGMA table_info(call)")}:
            self._db.execute("ALTER TABLE call ADD COLUMN saw TEXT NOT NULL DEFAULT ''")
        self._db.execute("CREATE UNIQUE INDEX IF NOT EXISTS word_id ON word (word_id) WHERE word_id != ''")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of one query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, *values: Any) -> int:
        """Run one writing statement and return how many rows it changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def held(self) -> AbstractContextManager[Any]:
        """Return the lock under which several statements belong together."""
        return self._lock

    def last_word(self, incidents: Iterable[str]) -> Said | None:
        """Return the last word on an incident by any of its ids, None before the first."""
        every = tuple(incidents)
        sql = f"SELECT number, at, who, person, what FROM word WHERE incident_id IN ({_marks(every)})"  # noqa: S608 - marks only
        rows = self.read(f"{sql} ORDER BY number DESC LIMIT 1", *every)
        return Said(*rows[0]) if rows else None

    def words(self, incidents: Iterable[str]) -> list[Said]:
        """Return every word on an incident, oldest first."""
        every = tuple(incidents)
        sql = f"SELECT number, at, who, person, what FROM word WHERE incident_id IN ({_marks(every)})"  # noqa: S608 - marks only
        return [Said(*row) for row in self.read(f"{sql} ORDER BY number", *every)]

    def say(  # noqa: PLR0913, PLR0917 - what a word is
        self, incident_id: str, at: datetime, who: str, person: str, what: str, word_id: str = ""
    ) -> None:
        """Keep a word; one that is in the log, under `word_id`, is kept once wherever it is heard first."""
        row = (incident_id, text_of(at), who, person, what, word_id)
        sql = "INSERT OR IGNORE INTO word (incident_id, at, who, person, what, word_id)"
        self.write(f"{sql} VALUES (?, ?, ?, ?, ?, ?)", *row)

    def unsay(self, word_id: str) -> None:
        """Drop a word that the judge refused; its number is not given again."""
        self.write("DELETE FROM word WHERE word_id = ?", word_id)

    def word(self, word_id: str) -> Said | None:
        """Return the word that is in the log under this id, None where it is not known."""
        rows = self.read("SELECT number, at, who, person, what FROM word WHERE word_id = ?", word_id)
        return Said(*rows[0]) if rows else None

    def known(self, incidents: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the last words on an incident by any of its ids, oldest first."""
        every = tuple(incidents)
        sql = f"SELECT word_id FROM word WHERE word_id != '' AND incident_id IN ({_marks(every)})"  # noqa: S608 - marks only
        rows = self.read(f"{sql} ORDER BY number DESC LIMIT ?", *every, MOST_KNOWN)
        return tuple(word_id for (word_id,) in reversed(rows))

    def erase(self, now: datetime) -> int:
        """Erase callers and contacts of permits whose date has come; return how many. The call stays."""
        sql = (
            "UPDATE call SET number = '', caller = '' WHERE erase_at <= ? AND (number != '' OR caller != '')"
        )
        gone = self.write("DELETE FROM permit_person WHERE erase_at <= ?", text_of(now))
        return gone + self.write(sql, text_of(now))


def text_of(at: datetime) -> str:
    """Return an instant as the file keeps it: UTC, microseconds, so that texts order like times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _marks(every: tuple[str, ...]) -> str:
    return ", ".join("?" * len(every))
