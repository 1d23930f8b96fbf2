"""A long FIRMS file is read on two cores: a process beside this one takes the second half of its rows."""

import re
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection

from schemas.codec import packed, unpacked
from streams import feeds
from streams.feeds.base import Limits, Parsed
from streams.feeds.firms import FIRMS, is_header
from streams.forked import FailedError, forked, is_possible, received

LEAST = 1 << 20
"""Bytes below which it is read before another process has come to work."""

_ODD = re.compile(rb"\n[^-+.0-9 \t{\[}\]\r\n]")
"""A line that may be another header: what comes after it is read by that."""


def parsed(data: bytes, limits: Limits, cores: int = 1) -> Parsed:
    """Return what `feeds.read` makes of a payload, worked out on two cores where that is quicker."""
    cut = _cut(data) if cores > 1 and len(data) >= LEAST and is_possible() else 0
    if not cut:
        return feeds.read(data, limits)
    head = data[: data.index(b"\n") + 1]
    with suppress(FailedError), forked(_read, head + data[cut:], limits) as here:
        return _joined(feeds.read(data[:cut], limits), unpacked(received(here), Parsed), data[:cut])
    return feeds.read(data, limits)


def _cut(data: bytes) -> int:
    """Return where the second half of the rows begins; 0: they do not stand under one header at the top."""
    head, _, _ = data[: feeds.HEAD_BYTES].partition(b"\n")
    if not head[:1].isalpha() or not head.isascii() or not is_header(head.decode()):
        return 0
    if next(one for one in feeds.FEEDS if one.recognise(data[: feeds.HEAD_BYTES])) is not FIRMS:
        return 0
    cut = data.find(b"\n", len(data) // 2) + 1
    return 0 if b"\r" in head[:-1] or _ODD.search(data, 0, cut) else cut


def _read(there: Connection, data: bytes, limits: Limits) -> None:
    there.send_bytes(packed(feeds.read(data, limits)))


def _joined(one: Parsed, two: Parsed, first: bytes) -> Parsed:
    """Return both halves as one; the second has the header on its first line."""
    if not isinstance(two, Parsed):
        raise FailedError
    before = len(first.splitlines()) - 1
    return replace(
        one,
        observations=one.observations + two.observations,
        rejected=one.rejected + tuple(replace(row, line=row.line + before) for row in two.rejected),
        lines=one.lines + tuple(line + before for line in two.lines),
    )
