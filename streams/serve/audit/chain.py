"""Each entry carries the SHA-256 of itself and of the one before: a change breaks every later one."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

START = "0" * 64
"""What stands before the first entry."""


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that somebody did or tried."""

    number: Annotated[int, Meta(ge=1)]
    at: datetime
    who: Annotated[str, Meta(max_length=200, description="`user/NAME`, or the id of a key; empty: nobody.")]
    address: Annotated[str, Meta(max_length=200)]
    what: Annotated[str, Meta(max_length=200, description="Such as `POST /v1/verdicts` or `sign in`.")]
    status: Annotated[int, Meta(description="HTTP status; 0 for the command line.")]
    detail: Annotated[str, Meta(max_length=2000)]
    seal: str = ""


def sealed(entry: Entry, before: str) -> Entry:
    """Return the entry with its seal after the seal of the entry before."""
    bare = msgspec.structs.replace(entry, seal="")
    text = before.encode() + b"\n" + msgspec.json.encode(bare, order="sorted")
    return msgspec.structs.replace(entry, seal=hashlib.sha256(text).hexdigest())


def first_broken(entries: Iterable[Entry], before: str = START, number: int = 1) -> int | None:
    """Return the number of the first entry that is not what was written, None when all are.

    Entries taken off the end leave a whole chain: compare the last seal with one that was exported before.
    """
    for entry in entries:
        if entry.number != number or sealed(entry, before).seal != entry.seal:
            return number
        before, number = entry.seal, number + 1
    return None
