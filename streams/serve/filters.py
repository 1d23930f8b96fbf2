"""What a client may ask of a collection: bbox, datetime, limit, status, grade, kind and where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from streams.serve.problems import problem
from streams.serve.rows import Box, microseconds

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000


@dataclass(frozen=True)
class Wanted:
    """One question to a collection, checked. Times are microseconds since 1970 UTC; None is open."""

    boxes: tuple[Box, ...] = ()
    from_us: int | None = None
    to_us: int | None = None
    limit: int = DEFAULT_LIMIT
    before: int | None = None
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()
    only: tuple[str, ...] | None = None
    """Which properties are told; None: all."""
    marks: frozenset[str] = frozenset()
    """Which audiences whoever asks belongs to; what is for another one is not there for them."""


def wanted(
    query: Mapping[str, str],
    choices: Mapping[str, tuple[str, ...]],
    marks: frozenset[str] = frozenset(),
    fields: frozenset[str] = frozenset(),
) -> Wanted:
    """Return what a query string asks for; raises a 400 problem that names the parameter.

    `fields` are the properties that a thing of the collection may have.
    """
    from_us, to_us = interval(query["datetime"]) if "datetime" in query else (None, None)
    return Wanted(
        boxes=bounding_boxes(query["bbox"]) if "bbox" in query else (),
        from_us=from_us,
        to_us=to_us,
        limit=whole(query, "limit", DEFAULT_LIMIT, MAX_LIMIT),
        before=whole(query, "before", 0, 2**63 - 1) or None,
        among=among(query, choices),
        only=selected(query["properties"], fields) if "properties" in query else None,
        marks=marks,
    )


def whole(query: Mapping[str, str], name: str, default: int, maximum: int) -> int:
    """Return a whole number from 1 to `maximum`, or the default when it is absent."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= maximum):
        raise problem(400, f"{name} is a whole number from 1 to {maximum}")
    return int(text)


def among(
    query: Mapping[str, str], choices: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return by column the comma-separated values asked for, all of them known."""
    asked = []
    for name, known in choices.items():
        if name not in query:
            continue
        values = tuple(query[name].split(","))
        if not set(values) <= set(known):
            raise problem(400, f"{name} takes {', '.join(known)}")
        asked.append((name, values))
    return tuple(asked)


def selected(text: str, fields: frozenset[str]) -> tuple[str, ...]:
    """Return the properties asked for (OGC API - Features, part 6), each of them one that there is."""
    names = tuple(dict.fromkeys(text.split(",")))
    unknown = sorted(set(names) - fields)
    if unknown:
        raise problem(
            400, f"properties: no property {unknown[0][:40]!r}; there are {', '.join(sorted(fields))}"
        )
    return names


def bounding_boxes(text: str) -> tuple[Box, ...]:
    """Return one box in degrees, or two when it crosses the 180th meridian (west > east)."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:  # With heights, which nothing here has.
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4:
        raise problem(400, "bbox is west,south,east,north in degrees")
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise problem(
            400, "bbox is west,south,east,north with longitudes to 180, latitudes to 90, south <= north"
        )
    if west > east:
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)


def interval(text: str) -> tuple[int | None, int | None]:
    """Return first and last microsecond of an RFC 3339 instant or interval `a/b`; None where open (`..`)."""
    first, slash, last = text.partition("/")
    if not slash:
        at = _instant(first)
        return at, at
    start = None if first in {"", ".."} else _instant(first)
    end = None if last in {"", ".."} else _instant(last)
    if start is not None and end is not None and start > end:
        raise problem(400, "datetime: the interval ends before it begins")
    return start, end


def _instant(text: str) -> int:
    try:
        # In a query string a plus sign arrives as a space.
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else "")
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise problem(
            400, "datetime is an RFC 3339 instant with its offset, or an interval a/b with .. for open"
        )
    return microseconds(at)
