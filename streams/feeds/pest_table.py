"""Tables of trap rounds, surveys and laboratory results, CSV (UTF-8, GB 18030) or xlsx, with Chinese columns.

    诱捕器编号,经度,纬度,坐标系,有害生物,开始时间,检查时间,状态,捕获数
    XH-001,107.7221,31.3512,CGCS2000,松墨天牛,2026-05-04 09:00,2026-05-11 09:30,正常,6

A column 检测结果 makes the rows laboratory results, 调查指标 makes them surveys. Times without a zone are
taken for UTC+8, and that is noted. An empty count is `missing`, never zero. A correction is the same row with
a higher 更正号.
"""

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from typing import Any

from schemas.observation import AnyObservation
from schemas.reason import Reason
from streams.feeds.base import Feed, Limits, Parsed, Rejected, refusal
from streams.feeds.inbound import observation_of
from streams.feeds.pest_columns import COLUMNS, EXAMPLE_MARK, WORDS, fields_of, is_header, plain
from streams.feeds.sheet import is_workbook, rows_of
from streams.feeds.text import lines_of, text_of, texts_of

NAME = "pest-table"
CHINA = dt.timezone(dt.timedelta(hours=8))
MOST_CATCH = 1_000_000
HEADER_WITHIN = 20
DELIMITERS = (",", "\t", ";", "，")

INTEGERS = ("working_traps", "installed_traps", "sampled", "revision")
FLOATS = ("longitude", "latitude", "lure_age_d", "scheduled_d", "value", "area_ha", "catch")
TIMES = ("observed_at", "started_at")
OF_KIND = {
    "trap_count": (
        *("status", "catch", "working_traps", "installed_traps", "unit", "lure", "lure_age_d"),
        *("scheduled_d", "started_at"),
    ),
    "pest_survey": ("measure", "value", "stage", "method", "unit_id", "sampled", "area_ha", "grassland"),
    "lab_result": ("result", "sample_id", "method", "unit_id"),
}
COMMON = (
    *("source", "longitude", "latitude", "frame", "species", "observed_at", "revision", "text"),
    "observation_id",
)

NEEDED = ("source", "observed_at")
"""Cells without which no row says anything; position, frame and species have reasons of their own."""
CLOSED = ("status", "result", "measure", "grassland")
"""Columns whose cells hold one of a few words; others may say what no list has."""

_DATE = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:：时](\d{1,2})?(?:[:：分](\d{1,2}))?[分秒]?)?$"
)


def recognise(head: bytes) -> bool:
    """Return whether it is a workbook, or text whose first lines name the columns of a pest table."""
    if is_workbook(head):
        return True
    texts = (text_of(line) for line in lines_of(head)[:HEADER_WITHIN])
    return any(text is not None and is_header(_split(text)) for text in texts)


def _split(line: str) -> list[str]:
    """Return the cells of one line by the delimiter that it has most of."""
    delimiter = max(DELIMITERS, key=line.count)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return every row below the header as an observation or a refusal."""
    if is_workbook(data[:4096]):
        sheet = rows_of(data)
        if isinstance(sheet, str):
            return Parsed(NAME, refused=refusal("unreadable", sheet))
        return _read(((at, cells, _line(cells)) for at, cells in enumerate(sheet, 1)), limits)
    lines = lines_of(data)
    # No lines have one text, the empty one.
    texts = texts_of(lines) if lines else []
    rows = (
        (at, None if text is None else _split(text), raw)
        for at, (text, raw) in enumerate(zip(texts, lines, strict=True), 1)
    )
    return _read(rows, limits)


def _line(cells: list[str]) -> bytes:
    """Return a row of a workbook as the CSV line that would say the same."""
    return ",".join(
        f'"{cell.replace(chr(34), chr(34) * 2)}"' if "," in cell else cell for cell in cells
    ).encode()


def _read(rows: Iterable[tuple[int, list[str] | None, bytes]], limits: Limits) -> Parsed:
    header: list[str | None] = []
    head = b""
    good: list[AnyObservation] = []
    numbers: list[int] = []
    bad: list[Rejected] = []
    for at, cells, raw in rows:
        if cells is None:
            bad.append(Rejected(at, raw, refusal("unreadable", "not text"), head))
        elif not any(cell.strip() for cell in cells) or (cells[0].startswith("#") and len(cells) == 1):
            continue
        elif not header:
            if is_header(cells):
                header, head = fields_of(cells), raw
        else:
            got = _observation(header, cells, limits)
            if isinstance(got, Reason):
                bad.append(Rejected(at, raw, got, head))
            else:
                good.append(got)
                numbers.append(at)
    if not header:
        return Parsed(NAME, refused=refusal("missing_column", "no row names the columns of a pest table"))
    return Parsed(NAME, tuple(good), tuple(bad), lines=tuple(numbers))


def _observation(header: list[str | None], cells: list[str], limits: Limits) -> AnyObservation | Reason:
    """Return what one row says, or why it says nothing."""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        return refusal("bad_value", f"{len(cells)} cells under {len(header)} columns")
    said = {field: cell.strip() for field, cell in zip(header, cells, strict=False) if field and cell.strip()}
    if said.get("text", "").startswith(EXAMPLE_MARK):
        return refusal("bad_value", "the example row of the form, which is to be deleted")
    lacks = next((field for field in NEEDED if field not in said), None)
    if lacks is not None:
        return refusal("missing_column", f"{COLUMNS[lacks][0]} ({lacks}) is empty")
    kind = "lab_result" if "result" in header else "pest_survey" if "measure" in header else "trap_count"
    fields: dict[str, Any] = {"kind": kind}
    notes: list[str] = []
    for field in (*COMMON, *OF_KIND[kind]):
        if field in said:
            value = _value(field, said[field], notes)
            if isinstance(value, Reason):
                return value
            fields[field] = value
    fault = _trap(fields, notes) if kind == "trap_count" else None
    if fault is not None:
        return fault
    fields.setdefault("observation_id", _identity(fields))
    fields["mended"] = list(dict.fromkeys(notes))
    return observation_of(fields, limits)


def _value(field: str, cell: str, notes: list[str]) -> Any:
    """Return a cell as what its field holds, or why it cannot be."""
    if field in WORDS:
        return _word(field, cell)
    if field in TIMES:
        return _time(field, cell, notes)
    if field in (*INTEGERS, *FLOATS):
        try:
            number = float(cell.replace("，", "").replace("°", ""))
        except ValueError:
            return refusal("bad_value", f"{field}: {cell!r:.40} is no number")
        whole = field in INTEGERS or field == "catch"
        if whole and not (number.is_integer() and 0 <= number <= MOST_CATCH):
            return refusal("bad_value", f"{field}: {cell!r:.40} is no count")
        return int(number) if field in INTEGERS else number
    return cell


def _word(field: str, cell: str) -> Any:
    """Return the word that a cell stands for, or which words there are."""
    word = plain(cell)
    value = WORDS[field].get(word, word)
    if field in CLOSED and value not in WORDS[field].values():
        words = "、".join(dict.fromkeys((*WORDS[field], *WORDS[field].values())))
        return refusal("bad_value", f"{field}: {cell!r:.40} is none of {words}")
    return value


def _time(field: str, cell: str, notes: list[str]) -> Any:
    """Return a time with its zone; one that names none is of China."""
    if re.search(r"(?:Z|[+-]\d\d:?\d\d)$", cell):
        return cell
    found = _DATE.match(cell)
    if found is None:
        return refusal("bad_time", f"{field}: {cell!r:.40} is no time")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        at = dt.datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError:
        return refusal("bad_time", f"{field}: {cell!r:.40} is no time")
    notes.append("zone_assumed")
    return at.isoformat()


def _trap(fields: dict[str, Any], notes: list[str]) -> Reason | None:
    """Complete a trap round: an empty count is missing; return what is wrong with it."""
    if "status" not in fields:
        fields["status"] = "ok" if "catch" in fields else "missing"
        if "catch" not in fields:
            notes.append("empty_is_missing")
    if "catch" not in fields and fields["status"] in ("ok", "full"):
        return refusal("missing_column", "a trap that was read has a count, also when it is 0")
    if "started_at" not in fields:
        return refusal("missing_column", "started_at")
    if dt.datetime.fromisoformat(fields["started_at"]) >= dt.datetime.fromisoformat(
        fields.get("observed_at", "9999-01-01T00:00:00+00:00")
    ):
        return refusal("bad_time", "the interval ends before it starts")
    return None


def _identity(fields: dict[str, Any]) -> str:
    """Return the id that a row and its corrections share: what was read when, not what was found."""
    about = (
        "kind",
        "source",
        "species",
        "started_at",
        "observed_at",
        "measure",
        "stage",
        "unit_id",
        "sample_id",
    )
    seal = hashlib.sha256("\n".join(str(fields.get(name, "")) for name in about).encode())
    return f"{fields['kind']}/{seal.hexdigest()[:40]}"


PEST_TABLE = Feed(NAME, recognise, parse)
