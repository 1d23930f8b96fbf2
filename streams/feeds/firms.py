"""NASA FIRMS active fires as CSV and as the JSON that collectors make of it, MODIS and VIIRS.

    latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,...

Reference: facts in fire.md section 3.1; attribute pages of NASA Earthdata.
"""

import csv
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from streams.feeds.base import Feed, Limits, Parsed, Rejected, refusal
from streams.feeds.document import document_of, features_of
from streams.feeds.firms_columns import Table, hotspots, missing
from streams.feeds.text import lines_of, texts_of

NAME = "firms"

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
    good: list[Any] = []
    bad: list[Rejected] = []
    for start, end in pairwise((*headers, len(lines))):
        names = header_names(texts[start] or "")
        found, refused = _parse_section(names, range(start + 1, end), texts, lines, limits)
        good += found
        bad += refused
    return Parsed(NAME, tuple(good), tuple(bad))


def _may_be_header(text: str) -> bool:
    # Rows begin with a number; splitting them all to look for words would cost as much as reading them.
    return bool(text) and not text[0].isdigit() and text[0] not in "-+." and is_header(text)


def _parse_section(
    names: Sequence[str], span: range, texts: Sequence[str | None], lines: Sequence[bytes], limits: Limits
) -> tuple[list[Any], list[Rejected]]:
    """Return hotspots and refusals of the rows under one header."""
    absent = missing(names)
    cells: list[list[str]] = []
    numbers: list[int] = []
    bad: list[Rejected] = []
    for at in span:
        text = texts[at]
        if text is None:
            bad.append(Rejected(at + 1, lines[at], refusal("unreadable", "not text")))
        elif text and not text.isspace() and text[0] != "#":
            row = _cells(text)
            if fault := _width_fault(row, names, absent):
                bad.append(Rejected(at + 1, lines[at], refusal(*fault)))
            else:
                cells.append(row[: len(names)])
                numbers.append(at + 1)
    table = Table(names, cells, numbers, [lines[number - 1] for number in numbers])
    good, refused = hotspots(table, limits)
    return good, sorted(bad + refused, key=lambda row: row.line)


def _cells(text: str) -> list[str]:
    """Return the cells of one line; a quote left open ends with its line, not with the file."""
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        return []


def _width_fault(row: Sequence[str], names: Sequence[str], absent: Sequence[str]) -> tuple[str, str] | None:
    if absent:
        return "missing_column", "no column " + ", ".join(absent)
    if len(row) < len(names):
        # Never filled up: the last cell of a row cut short may itself be cut short.
        return "missing_column", f"{len(row)} cells under {len(names)} columns"
    if any(cell.strip() for cell in row[len(names) :]):
        return "bad_value", f"{len(row)} cells under {len(names)} columns"
    return None


def _parse_json(data: bytes, limits: Limits) -> Parsed:
    """Return the rows of GeoJSON features or of a list of objects."""
    document = document_of(data)
    features = features_of(document)
    if features is None:
        return Parsed(NAME, refused=refusal("unreadable", "neither a FIRMS table nor its rows as JSON"))
    good: list[Any] = []
    bad: list[Rejected] = []
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
    return Parsed(NAME, tuple(spot for _, spot in good), tuple(sorted(bad, key=lambda row: row.line)))


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
    names: Sequence[str], rows: Iterable[tuple[int, dict[str, str]]], limits: Limits
) -> tuple[list[tuple[int, Any]], list[Rejected]]:
    """Return numbered hotspots and refusals of objects that have the same names."""
    rows = list(rows)
    raws = [repr(row)[:4000].encode("utf-8", "replace") for _, row in rows]
    if absent := missing(names):
        reason = refusal("missing_column", "no column " + ", ".join(absent))
        return [], [Rejected(number, raw, reason) for (number, _), raw in zip(rows, raws, strict=True)]
    numbers = [number for number, _ in rows]
    good, bad = hotspots(
        Table(names, [[row[name] for name in names] for _, row in rows], numbers, raws), limits
    )
    refused = {row.line for row in bad}
    return list(zip([n for n in numbers if n not in refused], good, strict=True)), bad


FIRMS = Feed(NAME, recognise, parse)
