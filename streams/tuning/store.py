"""Published settings documents: a directory with one file for each version and a history that only grows.

`0007.toml` is version 7 as published; a line of `history.ndjson` says who, why, when, from when on, what it
changes, and the SHA-256 of the document and of the line before, so that a change made afterwards is seen.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from schemas.codec import Unreadable, decode, encode
from schemas.settings import Setting
from schemas.units import UtcTime, Version
from streams.files import sync_folder, write_whole
from streams.tuning.differ import Change

HISTORY = "history.ndjson"


class StoreError(Exception):
    """The store cannot be used; the message names the file."""


class Entry(Struct, frozen=True, kw_only=True):
    """One published version."""

    v: Version = 1
    version: int
    name: str
    author: str
    reason: str
    published_at: UtcTime
    effective_at: UtcTime
    sha256: str
    previous: str = ""
    changes: tuple[Change, ...] = ()
    silences: tuple[str, ...] = ()
    """What it silences in protected areas, which its author insisted on."""
    back_to: int | None = None
    """The version whose text it publishes again."""
    kept_only: bool = False
    """Published at no server: it never went over the log, so nothing is or was judged by it."""


def digest(text: str) -> str:
    """Return the SHA-256 of a document."""
    return hashlib.sha256(text.encode()).hexdigest()


def history(folder: Path) -> tuple[Entry, ...]:
    """Return every version, the oldest first.

    Raises
    ------
    StoreError
        when a line or a document is not as it was published.
    """
    path = folder / HISTORY
    found: list[Entry] = []
    previous = ""
    for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else (), 1):
        entry = decode(line, Entry)
        if isinstance(entry, Unreadable):
            raise StoreError(f"{path}: line {number}: {entry.why}")
        if (entry.version, entry.previous) != (number, previous):
            raise StoreError(f"{path}: line {number} does not follow the one before: the history was changed")
        if digest(text_of(folder, entry.version)) != entry.sha256:
            raise StoreError(f"{_file(folder, entry.version)}: not as it was published")
        previous = hashlib.sha256(line).hexdigest()
        found.append(entry)
    return tuple(found)


def text_of(folder: Path, version: int) -> str:
    """Return a version's document; raises StoreError when it is not there."""
    path = _file(folder, version)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StoreError(
            f"{folder} has no version {version}; `fenghuo settings history` lists them"
        ) from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error


def add(folder: Path, entry: Entry, text: str) -> Entry:
    """Publish the next version and return it as written; raises StoreError when the store is damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        past = history(folder)
        before = (folder / HISTORY).read_bytes().splitlines()[-1:] if past else []
        chained = "".join(hashlib.sha256(line).hexdigest() for line in before)
        whole = Entry(**{
            **{name: getattr(entry, name) for name in Entry.__struct_fields__},
            "version": len(past) + 1, "sha256": digest(text), "previous": chained,
        })  # fmt: skip
        write_whole(_file(folder, whole.version), text.encode())
        with (folder / HISTORY).open("ab") as file:
            file.write(encode(whole) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)
    return whole


def in_force(past: tuple[Entry, ...], now: datetime) -> Entry | None:
    """Return the version in force: of those that a server took up and that have begun the last published."""
    begun = [entry for entry in past if entry.effective_at <= now and not entry.kept_only]
    return begun[-1] if begun else None


def message(entry: Entry, text: str) -> Setting:
    """Return the version as it goes over the log."""
    return Setting(
        name=entry.name,
        version=entry.version,
        author=entry.author,
        reason=entry.reason,
        effective_at=entry.effective_at,
        document=text,
    )


def _file(folder: Path, version: int) -> Path:
    return folder / f"{version:04d}.toml"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the directory against other publishers."""
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
