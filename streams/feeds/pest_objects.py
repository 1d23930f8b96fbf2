"""JSON objects whose names are columns of a pest table, one a line or in a list: rows as of a sheet."""

import json
from typing import Any

import msgspec

from schemas.codec import UNREADABLE
from streams.feeds.pest_columns import is_header
from streams.feeds.text import lines_of, texts_of

Row = tuple[int, dict[str, str] | None, bytes]
"""Number of the line or item, its cells by column (None: no object), and its bytes."""


def objects_of(data: bytes, *, whole: bool = True) -> list[Row]:
    """Return the rows of NDJSON or of a JSON list; empty where the first object names no such columns.

    With `whole` false only the first row is read: the data may break off.
    """
    lines = [(at, line.strip()) for at, line in enumerate(lines_of(data), 1) if line.strip()]
    if not lines or lines[0][1][:1] not in {b"{", b"["}:
        return []
    texts = texts_of([line for _, line in lines])
    if lines[0][1].startswith(b"["):
        return _of_list("\n".join(text or "" for text in texts), whole=whole)
    kept = zip(lines, texts, strict=True)
    rows = [(at, _cells(text), line) for (at, line), text in (kept if whole else list(kept)[:1])]
    return rows if rows[0][1] is not None and is_header(list(rows[0][1])) else []


def _of_list(text: str, *, whole: bool) -> list[Row]:
    try:
        items = json.loads(text) if whole else [json.JSONDecoder().raw_decode(text[1:].lstrip())[0]]
        rows = [(at, _cells_of(item), msgspec.json.encode(item)) for at, item in enumerate(items, 1)]
    except UNREADABLE:
        return []
    return rows if rows and rows[0][1] is not None and is_header(list(rows[0][1])) else []


def _cells(text: str | None) -> dict[str, str] | None:
    try:
        return _cells_of(json.loads(text or ""))
    except UNREADABLE:
        return None


def _cells_of(item: Any) -> dict[str, str] | None:
    """Return what a sheet would show of an object; nothing for null."""
    if not isinstance(item, dict):
        return None
    return {str(name): "" if value is None else str(value) for name, value in item.items()}
