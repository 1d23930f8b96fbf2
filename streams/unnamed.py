"""Who answers for a permitted burn stays out of log, state and letters: taken out on every way in.

The desk alone keeps name and telephone, until their date (`streams/serve/desk/people.py`). What is read from
logs, states and letters of older software loses them as it is read.
"""

import csv
import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.codec import UNREADABLE, encode
from schemas.observation import AnyObservation, Delivery, Permit
from streams.feeds.permits import HEADS, field_of
from streams.feeds.text import text_of

WITHHELD = "person_withheld"
"""What `mended` says of a permit that came with a name or a number."""

COVER = "*"
"""What stands in a letter where a name or a number stood."""

PERSON = ("contact", "phone")
_PERSONAL = tuple(head for name in PERSON for head in HEADS[name])
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAFE = frozenset(Permit.__struct_fields__) - {*PERSON, "text"} | {"kind"}

_NUMBER = re.compile(
    r"(?P<date>(?<!\d)(?:19|20)\d\d(?:[-/.年]\d{1,2}[-/.月]\d{1,2}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)))"
    r"|(?<![\d.])(?:"
    r"\+\d(?:[ ()-]{0,2}\d){6,14}"  # international
    r"|(?:86[ -]?)?1[3-9]\d(?:[ -]?\d){8}"  # mobile, as China writes it
    r"|\(?0\d{2,3}\)?[ -]?\d(?:[ -]?\d){6,7}"  # with an area code
    r"|(?:\d{2,4}\.){2,}\d{3,4}"
    r"|\d{7,}[Xx]?)"
)
"""Telephones and numbers of identity cards as people write them; a date is none."""

_KEYED = re.compile(
    rf"""(["'])({"|".join(_PERSONAL)})\1(\s*:\s*)(["'])(?:(?:\\.|(?!\4).)*)(\4|$)""",
    re.DOTALL | re.IGNORECASE,
)


def unnamed(permit: Permit) -> Permit:
    """Return a permit without name and telephone, with a note that it had them."""
    text = without_numbers(permit.text)
    if not permit.contact and not permit.phone and text == permit.text:
        return permit
    noted = tuple(dict.fromkeys((*permit.mended, WITHHELD)))
    return replace(permit, contact="", phone="", text=text, mended=noted)


def without_people(observations: Iterable[AnyObservation]) -> tuple[AnyObservation, ...]:
    """Return observations whose permits name nobody."""
    return tuple(unnamed(one) if isinstance(one, Permit) else one for one in observations)


def unnamed_delivery(delivery: Delivery) -> Delivery:
    """Return a delivery whose permits name nobody."""
    if not any(isinstance(one, Permit) for one in delivery.observations):
        return delivery
    return replace(delivery, observations=without_people(delivery.observations))


def without_numbers(text: str) -> str:
    """Return a text in which every digit of a telephone or identity card is a star; dates stay.

    >>> without_numbers("10 fires, ring 13912345678 on 2026-02-10")
    '10 fires, ring *********** on 2026-02-10'
    """
    return _NUMBER.sub(lambda found: found[0] if found["date"] else re.sub(r"\d", COVER, found[0]), text)


def covered(raw: bytes, *, permits: bool = False) -> bytes:
    """Return the bytes of a letter with the people of permits covered; what has no permit is as it was.

    `permits` says that it came by their door. Of a table that could not be read the line of its heads is
    left: nobody knows which of its cells is a name.
    """
    is_json = raw.lstrip()[:1] in (b"{", b"[")
    head = "" if is_json else _head(raw)
    if not permits and b"permit" not in raw and not head:
        return raw
    if is_json:
        try:
            value = msgspec.json.decode(raw)
            shown = _walked(value, permit=permits)
            return raw if shown == value else encode(shown)
        except UNREADABLE:
            return _covered_text(raw)
    if permits:
        return head.encode() or _covered_text(raw.partition(b"\n")[0])
    return head.encode() or _covered_text(raw)


def _text(raw: bytes) -> str | None:
    return raw.decode("utf-16", "replace") if raw.startswith(_UTF16) else text_of(raw)


def _covered_text(raw: bytes) -> bytes:
    """Return bytes that are no JSON with names under known keys, and every telephone, covered."""
    text = _text(raw)
    text = raw.decode("utf-8", "replace") if text is None else text
    shown = without_numbers(_KEYED.sub(rf"\1\2\1\3\4{re.escape(COVER)}\4", text))
    return raw if shown == text else shown.encode()


def _head(raw: bytes) -> str:
    """Return the first line of a table of permits; empty where it is none."""
    first = raw if raw.startswith(_UTF16) else raw.partition(b"\n")[0]
    line = next(iter((_text(first) or "").splitlines()), "")
    names = {field_of(cell) for row in csv.reader([line.lstrip("\ufeff")]) for cell in row}
    is_table = not names.isdisjoint(PERSON) and not names.isdisjoint({"purpose", "starts_at", "ends_at"})
    return line if is_table else ""


def _walked(value: Any, *, permit: bool) -> Any:
    """Return JSON with the people of every permit in it covered."""
    if isinstance(value, list):
        return [_walked(one, permit=permit) for one in value]
    if not isinstance(value, dict):
        return value
    inside = permit or value.get("kind") == "permit"
    return {name: _shown(name, one, permit=inside) for name, one in value.items()}


def _shown(name: str, value: Any, *, permit: bool) -> Any:
    if permit and name.lower() in _PERSONAL:
        return COVER if value else value
    if permit and isinstance(value, str) and name not in _SAFE:
        return without_numbers(value)
    return _walked(value, permit=permit)
