"""One JSON document out of what feeds serve: after log lines, wrapped in lists, or as Python writes it."""

import ast
from typing import Any

import msgspec

from schemas.codec import UNREADABLE
from streams.feeds.text import lines_of, text_of

LARGEST_LITERAL = 8 * 1024 * 1024
"""Python's own notation is read up to this size, bytes: its parser takes much memory."""

DEEPEST = 60
"""Brackets inside brackets; deeper is no feed, and deep nesting breaks parsers."""

_BRACES_TRIED = 4
"""A feature holds geometry and properties: a break lies at most three braces behind a whole feature."""


def document_of(data: bytes) -> Any:
    """Return the JSON value that begins at the first line opening with a bracket, else None."""
    lines = lines_of(data)
    for at, line in enumerate(lines[:200]):
        if line.lstrip()[:1] in (b"{", b"["):
            body = b"\n".join(lines[at:])
            value = _json(body)
            return value if value is not None else _literal(body)
    return None


def kept_of(data: bytes) -> Any:
    """Return what stands whole in a document that breaks off: all members of its list up to the break.

    Tried from the last closed brace backwards, with each of the ends that such documents have.
    """
    lines = lines_of(data)
    at = next((at for at, line in enumerate(lines[:200]) if line.lstrip()[:1] in (b"{", b"[")), None)
    text = None if at is None else text_of(b"\n".join(lines[at:]))
    end = len(text or "")
    for _ in range(_BRACES_TRIED):
        end = (text or "").rfind("}", 0, end)
        if text is None or end < 0:
            return None
        for tail in ("]", "]}", "]}]"):
            value = _json((text[: end + 1] + tail).encode("utf-8", "replace"))
            if value is not None:
                return value
    return None


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except UNREADABLE:
        text = text_of(body)
    try:
        return None if text is None else msgspec.json.decode(text)
    except UNREADABLE:
        return None


def _literal(body: bytes) -> Any:
    """Return what Python's notation says (single quotes, None); nothing in it is ever run."""
    text = text_of(body) if len(body) <= LARGEST_LITERAL else None
    if text is None or not _is_shallow(text):
        return None
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _is_shallow(text: str) -> bool:
    depth = 0
    for char in text:
        if char in "{[(":
            depth += 1
            if depth > DEEPEST:
                return False
        elif char in "}])":
            depth -= 1
    return True


def features_of(document: Any) -> list[Any] | None:
    """Return the features of a collection, or the objects of a list, also of a list too many."""
    for _ in range(3):
        match document:
            case {"features": list() as features}:
                return features
            case [dict() | list() as only] if isinstance(only, list) or "features" in only:
                document = only
            case list():
                return document
            case dict() if "acq_date" in document or document.get("type") == "Feature":
                return [document]
            case _:
                return None
    return None
