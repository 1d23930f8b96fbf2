"""A small SQLite file that its owner alone may read: of keys, accounts, the desk and the audit log."""

import hashlib
import pathlib
import sqlite3
from datetime import UTC, datetime

from streams.serve.schema import StoreTooNewError


def opened(path: pathlib.Path, schema: str, version: int, *, erases: bool = False) -> sqlite3.Connection:
    """Open or create the file and bring it to `schema`, which sets `user_version`.

    With `erases` what is deleted does not stay readable in free pages. Raises `StoreTooNewError` when a later
    program wrote it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    (found,) = db.execute("PRAGMA user_version").fetchone()
    if found > version:
        db.close()
        raise StoreTooNewError(f"{path.name} has format {found}; this Fenghuo knows up to {version}")
    db.execute("PRAGMA journal_mode = WAL")
    if erases:
        db.execute("PRAGMA secure_delete = ON")
    db.executescript(schema)
    return db


def seal_of(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def text_of(at: datetime | None) -> str | None:
    """Return a time as it is kept: in UTC, so that texts compare as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def time_of(text: str | None) -> datetime | None:
    """Return the time that a text keeps."""
    return datetime.fromisoformat(text) if text else None
