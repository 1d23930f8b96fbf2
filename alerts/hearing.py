"""What gateways say by themselves: receipts and messages of people, read from JSON, forms or queries."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from alerts.channels.base import Heard, Incoming

MOST = 1000
"""Entries of one call that are read; gateways send at most a few hundred."""

MOST_TEXT = 500


def rows_of(incoming: Incoming, charset: str = "utf-8", at: str = "") -> list[dict[str, Any]]:
    """Return the entries of a callback: a JSON list, or one entry of a JSON object, a form or a query.

    `at` is where the list stands in a JSON object, `a.b`. Raises ValueError for what is none of these.
    """
    if not incoming.body.strip():
        return [dict(incoming.query)] if incoming.query else []
    if incoming.body.lstrip()[:1] in {b"{", b"["}:
        found = _json(incoming.body, charset)
        for name in filter(None, at.split(".")):
            found = found.get(name) if isinstance(found, dict) else None
        listed = found if isinstance(found, list) else [] if found is None else [found]
        return [row for row in listed[:MOST] if isinstance(row, dict)]
    text = incoming.body.decode(charset, "replace")
    fields = parse_qsl(text, keep_blank_values=True, encoding=charset, errors="replace", max_num_fields=100)
    if not fields:
        raise ValueError("neither JSON nor a form")
    return [{**incoming.query, **dict(fields)}]


def _json(body: bytes, charset: str) -> Any:
    try:
        return msgspec.json.decode(body.decode(charset).encode())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not readable as JSON") from error


def word(row: Mapping[str, Any], name: str) -> str:
    """Return a field as text, empty without one; structures are none."""
    found = row.get(name, "") if name else ""
    return "" if found is None or isinstance(found, dict | list) else str(found)[:MOST_TEXT]


def receipt(row: Mapping[str, Any], *, phone: str, notice_id: str, ref: str, delivered: bool) -> Heard:
    """Return a receipt; a word of ours comes back only as the id of a notice."""
    known = notice_id if notice_id.startswith(("notice_", "digest_")) else ""
    detail = word(row, "err_code") or word(row, "errmsg")
    return Heard(
        kind="receipt", phone=phone, notice_id=known, ref=ref, delivered=delivered, detail=detail[:100]
    )
