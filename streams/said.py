"""What people said of incidents, as files and as deliveries: one message each, in the order it was received.

A file is NDJSON with one verdict or act a line, as the archive keeps them (`verdicts.ndjson.gz`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from msgspec.structs import replace

from schemas.act import AnyAct
from schemas.codec import Unreadable, decode
from schemas.observation import Delivery
from schemas.reason import Reason
from schemas.settings import Setting
from schemas.verdict import Verdict
from streams.feeds.base import Limits, Rejected, refusal
from streams.feeds.text import lines_of

Word = Verdict | AnyAct | Setting

_NAMED = re.compile(rb'^\s*\{[^\n]*"(verdict_id|act_id|document)"\s*:')
"""A line of such a file is an object that names its verdict or act, or holds a published document."""


@dataclass(frozen=True)
class Said:
    """The verdicts of one file, and the lines that are none."""

    verdicts: tuple[Word, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def read_said(data: bytes, limits: Limits) -> Said | None:
    """Return what people said in a file; None when it is of another kind."""
    every = lines_of(data)
    if not _NAMED.match(next(filter(bytes.strip, every), b"")):
        return None
    lines = [(number, line) for number, line in enumerate(every, 1) if line.strip()]
    good: list[Word] = []
    bad: list[Rejected] = []
    for number, line in lines:
        one = decode(line, _kind_of(line))
        reason = _fault(one, limits)
        if isinstance(one, Unreadable) or reason is not None:
            bad.append(Rejected(number, line, reason or refusal("unreadable", "no verdict")))
        else:
            good.append(as_given(one))
    return Said(tuple(good), tuple(bad))


def _kind_of(line: bytes) -> Any:
    if b'"document"' in line:
        return Setting
    return AnyAct if b'"act_id"' in line else Verdict


def _fault(one: Word | Unreadable, limits: Limits) -> Reason | None:
    if isinstance(one, Unreadable):
        return refusal("unreadable", one.why)
    if isinstance(one, Setting):
        return None
    return None if limits.believes(one.at) else limits.unbelieved(one.at, one.author)


def as_given(one: Word) -> Word:
    """Return it as it came in, without what became of it; received when given, if nobody knows."""
    if isinstance(one, Setting):
        return replace(one, received_at=one.received_at or one.effective_at)
    return replace(one, received_at=one.received_at or one.at, outcome="given", applied_to="", reason=None)


def delivered(one: Word) -> Delivery:
    """Return the message that brings one verdict or act into the one ordered log."""
    if isinstance(one, Setting):
        name = f"setting:{one.name}:{one.version}"[:200]
        return Delivery(delivery_id=name, received_at=one.received_at or one.effective_at, settings=(one,))
    at = one.received_at or one.at
    if isinstance(one, Verdict):
        return Delivery(delivery_id=f"verdict:{one.verdict_id}"[:200], received_at=at, verdicts=(one,))
    return Delivery(delivery_id=f"act:{one.act_id}"[:200], received_at=at, acts=(one,))


def with_said(given: Iterable[Delivery], verdicts: Iterable[Word]) -> Iterable[Delivery]:
    """Return both in the order received: at one instant what was observed comes first."""
    spoken = sorted(map(delivered, verdicts), key=lambda one: (one.received_at, one.delivery_id))
    return merge(given, spoken, key=_received) if spoken else given


def _received(one: Delivery) -> datetime:
    return one.received_at
