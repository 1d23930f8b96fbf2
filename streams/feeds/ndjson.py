"""Our own observations as NDJSON, as one JSON list or as one object; one bad line never hurts the next.

    {"kind": "report", "source": "12119", "source_class": "public", "observed_at": "2024-03-15T02:20:00Z",
     "frame": "gcj02", "longitude": 101.2, "latitude": 30.1, "saw": "smoke"}

The fields are those of `schemas/observation.py`; `observation_id` may be left out.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from detectors.identity import INSTRUMENTS
from schemas.codec import UNREADABLE, encode
from schemas.observation import AnyObservation, Hotspot
from schemas.reason import Reason
from streams.feeds.base import Feed, Limits, Parsed, Rejected, refusal
from streams.feeds.document import document_of, kept_of
from streams.feeds.inbound import observation_of, sound
from streams.feeds.text import lines_of, text_of

NAME = "ndjson"

_KIND = re.compile(rb"""(["'])kind\1\s*:""")
"""The name of the field, in JSON's notation or Python's; the word alone may stand in a table's cell."""

_DECODER = msgspec.json.Decoder(AnyObservation)


def recognise(head: bytes) -> bool:
    """Return whether the first bytes open a JSON value that names the kind of an observation."""
    opens = any(line.lstrip()[:1] in (b"{", b"[") for line in lines_of(head)[:40])
    return opens and _KIND.search(head) is not None


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return every object as an observation or a refusal."""
    lines = [(number, line.strip()) for number, line in enumerate(lines_of(data), 1)]
    lines = _without_log([(number, line) for number, line in lines if line])
    if not lines or not _is_object(lines[0][1]):
        document = document_of(data)
        if document is not None:
            items = document if isinstance(document, list) else [document]
            return _collect(((at, _bytes_of(item)) for at, item in enumerate(items, 1)), limits)
        # A list written one object a line that breaks off: what stands on whole lines can be read.
        lines = [(number, line.lstrip(b"[").rstrip(b"],").strip()) for number, line in lines]
        lines = [(number, line) for number, line in lines if line]
        if not any(_is_object(line) for _, line in lines):
            return _kept(data, limits)
    return _collect(lines, limits)


def _kept(data: bytes, limits: Limits) -> Parsed:
    """Return what stands whole in a list that breaks off, the rest as one refusal."""
    items = kept_of(data)
    if not isinstance(items, list):
        return Parsed(NAME, refused=refusal("unreadable", "JSON that breaks off or is none"))
    parsed = _collect(((at, _bytes_of(item)) for at, item in enumerate(items, 1)), limits)
    rest = Rejected(0, b"", refusal("unreadable", "the document breaks off: the rest is lost"))
    return Parsed(NAME, parsed.observations, (rest, *parsed.rejected), lines=parsed.lines)


def _without_log(lines: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Return the lines from the first object on: before it a program may have written its log."""
    first = next((at for at, (_, line) in enumerate(lines) if line.startswith((b"{", b"["))), 0)
    return lines[first:] if first <= 5 else lines


def _collect(rows: Iterable[tuple[int, bytes]], limits: Limits) -> Parsed:
    good: list[AnyObservation] = []
    numbers: list[int] = []
    bad: list[Rejected] = []
    for number, raw in rows:
        observation = _read(raw, limits)
        if isinstance(observation, Reason):
            bad.append(Rejected(number, raw, observation))
        else:
            good.append(observation)
            numbers.append(number)
    return Parsed(NAME, tuple(good), tuple(bad), lines=tuple(numbers))


def _read(raw: bytes, limits: Limits) -> AnyObservation | Reason:
    """Return the observation on one line, or why there is none."""
    try:
        # As our own archive writes it: nothing to mend. A hotspot may name a frame that its Struct lacks.
        observation: AnyObservation = _on_the_minute(_DECODER.decode(raw), limits)
        if sound(observation, raw, limits):
            return observation
    except UNREADABLE:
        pass
    text = text_of(raw)
    try:
        value = msgspec.json.decode(text or "")
    except UNREADABLE as error:
        return refusal("unreadable", "not text" if text is None else str(error))
    if not isinstance(value, dict):
        return refusal("unreadable", "not an object")
    return observation_of(value, limits)


def _on_the_minute(one: AnyObservation, limits: Limits) -> AnyObservation:
    """Return a hotspot at the minute that it is known by, as `observation_of` makes it.

    One of which more is to be mended than its seconds comes back as it is, and so does anything else.
    """
    at = one.observed_at
    if not isinstance(one, Hotspot) or at.second == at.microsecond == 0 or not limits.believes(at):
        return one
    is_named = INSTRUMENTS.get(one.satellite) == one.instrument and one.source == (
        f"{one.satellite}/{one.instrument}"
    )
    if not is_named:
        return one
    return msgspec.structs.replace(one, observed_at=at.replace(second=0, microsecond=0))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except UNREADABLE:
        return False


def _bytes_of(item: Any) -> bytes:
    try:
        return encode(item)
    except UNREADABLE:
        return repr(item).encode("utf-8", "replace")


NDJSON = Feed(NAME, recognise, parse)
