"""The SQLite file behind the embedded log: opening, format, lock. Nothing here knows of topics' meaning."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import IO

FORMAT = 1
"""Version of the file's tables, kept in `PRAGMA user_version`."""
APPLICATION_ID = 0x46454E47
"""`FENG`: tells this file from any other SQLite file."""
OFFSET_BITS = 40
"""A record's rowid is its partition's id above this many bits and its offset below: 10^12 a partition."""

TABLES = """
CREATE TABLE topic (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    compacted INTEGER NOT NULL, retention_s REAL
);
CREATE TABLE partition (
    id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topic(id), number INTEGER NOT NULL,
    end INTEGER NOT NULL DEFAULT 0, cleaned INTEGER NOT NULL DEFAULT 0, UNIQUE (topic, number)
);
CREATE TABLE record (id INTEGER PRIMARY KEY, at REAL NOT NULL, key BLOB, value BLOB);
CREATE TABLE position (
    reader TEXT NOT NULL, partition INTEGER NOT NULL REFERENCES partition(id), next INTEGER NOT NULL,
    PRIMARY KEY (reader, partition)
) WITHOUT ROWID;
"""


class LogError(Exception):
    """The log cannot be used; the message says why and what to do."""


class DirectoryBusyError(LogError):
    """Another program holds the data directory."""


class DiskFullError(LogError):
    """Nothing was written: the disk has no room. What was written before stays readable."""


def hold(directory: Path) -> IO[str]:
    """Return the lock of `directory`, held until closed or until this program ends.

    Raises `DirectoryBusyError` when another program holds it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lock = (directory / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise DirectoryBusyError(f"{directory} is in use by process {holder}") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection on which a commit is on the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16000")
    return connection


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Create the tables of a new file; refuse a file of another program or of a newer format."""
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        marks = f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={FORMAT};"
        connection.executescript(f"BEGIN IMMEDIATE; {TABLES} {marks} COMMIT;")
    elif application != APPLICATION_ID:
        raise LogError(f"{path} is not a log of this program")
    elif version > FORMAT:
        raise LogError(f"{path} has format {version}; this program reads up to {FORMAT}: use a newer program")
