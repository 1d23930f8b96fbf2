"""NASA FIRMS active fires as CSV and as the JSON that collectors make of it, MODIS and VIIRS.

    latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,...

Reference: facts in fire.md section 3.1; attribute pages of NASA Earthdata.
"""

import csv
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from schemas.codec import encode
from schemas.observation import Hotspot
from schemas.reason import Reason
from streams.feeds.base import Feed, Limits, Parsed, Rejected, refusal
from streams.feeds.document import document_of, features_of, kept_of
from streams.feeds.firms_columns import Table, missing
from streams.feeds.firms_rows import hotspots
from streams.feeds.text import lines_of, texts_of

NAME = "firms"

ROWS_AT_ONCE = 4096
"""Rows checked together: enough for arrays to pay, few enough for their cells to be gone soon."""

_SIGNS = (
    "latitude",
    "longitude",
    "acq_date",
    "acq_time",
    "bright_ti4",
    "brightness",
    "satellite",
    "frp",
    "scan",
)
"""Three of these name a header, so that one that lacks a column is still known for what it is."""


def is_header(text: str) -> bool:
    """Return whether a line is the header of a FIRMS CSV, in any order and with any extra columns."""
    names = header_names(text)
    return sum(sign in names for sign in _SIGNS) >= 3


def header_names(text: str) -> list[str]:
    """Return the column names of a header line, lower case."""
    return [name.strip().strip('"').lower() for name in text.lstrip("\ufeff").split(",")]


def recognise(head: bytes) -> bool:
    """Return whether the first bytes hold a FIRMS header or FIRMS rows as JSON."""
    lines = lines_of(head)[:40]
    if any(text is not None and is_header(text) for text in texts_of(lines)):
        return True
    return b"acq_date" in head and any(line.lstrip()[:1] in (b"{", b"[") for line in lines)


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return every row of a FIRMS payload as a hotspot or a refusal."""
    lines = lines_of(data)
    texts = texts_of(lines)
    headers = [at for at, text in enumerate(texts) if text is not None and _may_be_header(text)]
    if not headers:
        return _parse_json(data, limits)
    good: list[tuple[int, Hotspot]] = []
    bad: list[Rejected] = []
    for start, end in pairwise((*headers, len(lines))):
        names = header_names(texts[start] or "")
        for first in range(start + 1, end, ROWS_AT_ONCE):
            span = range(first, min(first + ROWS_AT_ONCE, end))
            found, refused = _parse_section(names, span, texts, lines, limits)
            good += found
            bad += (replace(row, head=lines[start]) for row in refused)
    return _parsed(good, bad)


def _parsed(good: list[tuple[int, Hotspot]], bad: list[Rejected]) -> Parsed:
    lines = tuple(line for line, _ in good)
    return Parsed(NAME, tuple(spot for _, spot in good), tuple(bad), lines=lines)


def _may_be_header(text: str) -> bool:
    # Rows begin with a number; splitting them all to look for words would cost as much as reading them.
    return text.count(",") > 2 and text[0] not in "-+.0123456789 \t{[}]" and is_header(text)


def _parse_section(
    names: Sequence[str], span: range, texts: Sequence[str | None], lines: Sequence[bytes], limits: Limits
) -> tuple[list[tuple[int, Hotspot]], list[Rejected]]:
    """Return hotspots and refusals of some rows under one header."""
    absent = missing(names)
    commas = -1 if absent else len(names) - 1
    kept: list[int] = []
    rows: list[str] = []
    bad: list[Rejected] = []
    for at in span:
        text = texts[at]
        if not text or text.count(",") != commas or '"' in text or text[0] == "#":
            row = _mend(text, names, absent)
            if isinstance(row, Reason):
                bad.append(Rejected(at + 1, lines[at], row))
            if not isinstance(row, str):
                continue
            text = row
        kept.append(at)
        rows.append(text)
    # One split of all rows and then every n-th cell: a list for each row would cost half as much again.
    cells = ",".join(rows).split(",") if rows else []
    table = Table({name: cells[at :: len(names)] for at, name in enumerate(names)}, len(rows))
    good, refused = hotspots(table, limits)
    bad += (Rejected(kept[row] + 1, lines[kept[row]], why) for row, why in refused.items())
    sound = (at + 1 for row, at in enumerate(kept) if row not in refused)
    return list(zip(sound, good, strict=True)), sorted(bad, key=lambda row: row.line)


def _mend(text: str | None, names: Sequence[str], absent: Sequence[str]) -> str | Reason | None:
    """Return an unusual line as plain cells, or why it is refused, or None where it is no row."""
    if text is None:
        return refusal("unreadable", "not text")
    if not text or text.isspace() or text[0] == "#":
        return None
    if absent:
        return refusal("missing_column", "no column " + ", ".join(absent))
    try:
        # One line at a time: a quote left open ends with its line, not with the file.
        cells = next(csv.reader([text]), [])
    except csv.Error:
        return refusal("unreadable", "quotes that do not close")
    return _trim(cells, names)


def _trim(cells: Sequence[str], names: Sequence[str]) -> str | Reason:
    """Return as many cells as there are columns, or why there are too few or too many."""
    widths = f"{len(cells)} cells under {len(names)} columns"
    if len(cells) < len(names):
        # Never filled up: the last cell of a row cut short may itself be cut short.
        return refusal("missing_column", widths)
    if any(cell.strip() for cell in cells[len(names) :]):
        return refusal("bad_value", widths)
    return ",".join(cell.replace(",", " ") for cell in cells[: len(names)])


def _parse_json(data: bytes, limits: Limits) -> Parsed:
    """Return the rows of GeoJSON features or of a list of objects."""
    document = document_of(data)
    good: list[tuple[int, Hotspot]] = []
    bad: list[Rejected] = []
    if document is None and (document := kept_of(data)) is not None:
        bad.append(Rejected(0, b"", refusal("unreadable", "the document breaks off: the rest is lost")))
    features = features_of(document)
    if features is None:
        return Parsed(NAME, refused=refusal("unreadable", "neither a FIRMS table nor its rows as JSON"))
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict):
            bad.append(
                Rejected(number, repr(feature)[:1000].encode(), refusal("unreadable", "not an object"))
            )
    by_names: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for number, feature in enumerate(features, 1):
        if isinstance(feature, dict):
            row = _flat(feature)
            by_names.setdefault(tuple(sorted(row)), []).append((number, row))
    for names, rows in by_names.items():
        found, refused = _parse_objects(names, rows, limits)
        good += found
        bad += refused
    good.sort(key=lambda pair: pair[0])
    return _parsed(good, sorted(bad, key=lambda row: row.line))


def _flat(feature: dict[str, Any]) -> dict[str, str]:
    """Return a feature's properties as text by lower-case name, its point where they lack a position."""
    inner = feature.get("properties")
    row = {
        str(name).lower(): _text(value)
        for name, value in (inner if isinstance(inner, dict) else feature).items()
    }
    geometry = feature.get("geometry")
    point = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if isinstance(point, list) and len(point) >= 2:
        row["longitude"] = row.get("longitude") or _text(point[0])
        row["latitude"] = row.get("latitude") or _text(point[1])
    return row


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(value)


def _parse_objects(
    names: Sequence[str], rows: Sequence[tuple[int, dict[str, str]]], limits: Limits
) -> tuple[list[tuple[int, Hotspot]], list[Rejected]]:
    """Return numbered hotspots and refusals of objects that have the same names."""
    absent = missing(names)
    if absent:
        why = refusal("missing_column", "no column " + ", ".join(absent))
        return [], [Rejected(number, encode(row), why) for number, row in rows]
    table = Table({name: [row[name] for _, row in rows] for name in names}, len(rows))
    good, refused = hotspots(table, limits)
    bad = [Rejected(rows[at][0], encode(rows[at][1]), why) for at, why in refused.items()]
    sound = [number for at, (number, _) in enumerate(rows) if at not in refused]
    return list(zip(sound, good, strict=True)), bad


FIRMS = Feed(NAME, recognise, parse)
