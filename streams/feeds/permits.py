"""Permits to burn as JSON or as an office's table, in Chinese or English: areas as WKT, GeoJSON or a circle.

    许可编号,用途,开始时间,结束时间,负责人,电话,经度,纬度,半径,坐标系,风速上限
    2026-017,计划烧除,2026-02-10 09:00,2026-02-10 17:00,吉木,139…,102.21,27.80,600,cgcs2000,5

Times without a zone are those of the office. A withdrawn permit (撤销) keeps its number; a change has a
higher `revision`.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from shapely.errors import ShapelyError

from schemas.codec import encode
from schemas.observation import AnyObservation, Permit
from streams.feeds.base import Limits, Parsed, Rejected, refusal
from streams.feeds.ndjson import NDJSON
from streams.feeds.text import text_of

NAME = "permits"

HEADS: dict[str, tuple[str, ...]] = {
    "number": ("number", "许可编号", "编号"),
    "purpose": ("purpose", "用途", "用火类型"),
    "starts_at": ("starts_at", "开始时间", "起始时间"),
    "ends_at": ("ends_at", "结束时间", "截止时间"),
    "contact": ("contact", "负责人", "联系人"),
    "phone": ("phone", "电话", "联系电话"),
    "longitude": ("longitude", "经度"),
    "latitude": ("latitude", "纬度"),
    "radius_m": ("radius_m", "半径"),
    "area": ("area", "范围"),
    "frame": ("frame", "坐标系"),
    "wind_limit_ms": ("wind_limit_ms", "风速上限"),
    "frp_limit_mw": ("frp_limit_mw",),
    "source": ("office", "source", "批准单位"),
    "observed_at": ("issued_at", "批准时间"),
    "withdrawn": ("withdrawn", "撤销"),
    "revision": ("revision", "版本"),
    "text": ("text", "备注"),
}
"""Our fields and how the head of a table may name them."""

PURPOSES = {
    "计划烧除": "planned_burn",
    "炼山": "hill_burn",
    "农事用火": "farm_fire",
    "施工动火": "construction",
}
NEEDED = ("purpose", "starts_at", "ends_at", "contact")
NUMBERS = ("longitude", "latitude", "radius_m", "wind_limit_ms", "frp_limit_mw")
TRUE = {"1", "true", "yes", "y", "是", "撤销", "已撤销"}
LAST = 1000
"""Revision of a withdrawal that names none: nothing comes after it."""


def read_permits(zone: str, data: bytes, limits: Limits) -> Parsed:
    """Return the permits of a payload; what is none is refused row by row."""
    if data.lstrip()[:1] in (b"{", b"["):
        return _only_permits(NDJSON.parse(data, limits))
    text = text_of(data)
    if text is None:
        return Parsed(NAME, refused=refusal("unreadable", "not text"))
    try:
        return _table(zone, text.lstrip("\ufeff"), limits)
    except csv.Error as error:
        return Parsed(NAME, refused=refusal("unreadable", f"no table: {error}"))


def _table(zone: str, text: str, limits: Limits) -> Parsed:
    """Return the permits of a table, each with the line of the file on which its row ends."""
    rows = csv.DictReader(io.StringIO(text))
    names = {head: field_of(head) for head in rows.fieldnames or ()}
    absent = [name for name in NEEDED if name not in names.values()]
    if absent:
        wanted = ", ".join(f"{name} ({HEADS[name][1]})" for name in absent)
        return Parsed(NAME, refused=refusal("missing_column", f"no column {wanted}"))
    stands, lines = [0], []
    for row in rows:
        fields = {names[head]: (cell or "").strip() for head, cell in row.items() if names.get(head)}
        lines.append(encode(_plain(fields, zone, limits.now)))
        stands.append(rows.line_num)
    parsed = _only_permits(NDJSON.parse(b"\n".join(lines), limits)) if lines else Parsed(NAME)
    rejected = tuple(replace(one, line=stands[one.line]) for one in parsed.rejected)
    return replace(parsed, rejected=rejected, lines=tuple(stands[line] for line in parsed.lines))


def field_of(head: str | None) -> str:
    """Return our name of the field that the head of a column names; empty: none of ours."""
    plain = (head or "").strip().lower()
    return next((name for name, spellings in HEADS.items() if plain in spellings), "")


def _plain(cells: Mapping[str, str], zone: str, now: datetime) -> dict[str, Any]:
    """Return one row of a table as the object that it says."""
    fields: dict[str, Any] = {name: cell for name, cell in cells.items() if cell}
    fields["kind"] = "permit"
    fields["purpose"] = PURPOSES.get(fields.get("purpose", ""), fields.get("purpose"))
    fields.setdefault("source", "office")
    for name in ("starts_at", "ends_at", "observed_at"):
        if name in fields:
            fields[name] = _instant(fields[name], zone)
    fields.setdefault("observed_at", now.astimezone(UTC).isoformat())
    for name in NUMBERS:
        if name in fields:
            fields[name] = _number(fields[name])
    fields["withdrawn"] = str(fields.get("withdrawn", "")).lower() in TRUE
    revision = _number(fields.get("revision", LAST if fields["withdrawn"] else 0))
    fields["revision"] = int(revision) if isinstance(revision, float | int) else revision
    if "area" in fields:
        fields["area"] = _outline(fields["area"])
    if fields.get("number"):
        fields["observation_id"] = f"permit/{fields['number']}"
    return fields


def _instant(text: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC).isoformat()


def _number(text: Any) -> Any:
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def _outline(text: str) -> Any:
    try:
        if text.startswith("{"):
            return json.loads(text)
        return shapely.geometry.mapping(shapely.from_wkt(text))
    except (ValueError, ShapelyError):
        return text


def _only_permits(parsed: Parsed) -> Parsed:
    """Return the permits alone; another observation has another door."""
    rows = list(zip(parsed.lines, parsed.observations, strict=True))
    others = tuple(
        Rejected(line, encode(one), refusal("bad_value", "not a permit"))
        for line, one in rows
        if not is_permit(one)
    )
    nameless = refusal("missing_column", "no contact: who answers for it")
    others += tuple(
        Rejected(line, encode(one), nameless)
        for line, one in rows
        if isinstance(one, Permit) and not one.contact.strip()
    )
    kept = [(line, one) for line, one in rows if isinstance(one, Permit) and one.contact.strip()]
    lines = tuple(line for line, _ in kept)
    permits = tuple(one for _, one in kept)
    return Parsed(NAME, permits, (*parsed.rejected, *others), parsed.refused, lines)


def is_permit(observation: AnyObservation) -> bool:
    """Return whether an observation is a permit."""
    return isinstance(observation, Permit)


def without_permits(parsed: Parsed) -> Parsed:
    """Return a payload without its permits: at the door of observations they are refused."""
    if not any(is_permit(one) for one in parsed.observations):
        return parsed
    rows = list(zip(parsed.lines, parsed.observations, strict=True))
    why = refusal("bad_value", "permits are handed in by operators: POST /v1/permits")
    refused = tuple(Rejected(line, encode(one), why) for line, one in rows if is_permit(one))
    kept = [(line, one) for line, one in rows if not is_permit(one)]
    return replace(
        parsed,
        observations=tuple(one for _, one in kept),
        rejected=(*parsed.rejected, *refused),
        lines=tuple(line for line, _ in kept),
    )
