"""One row of a pest table as an observation: cells by their Chinese or English columns, or why it is none.

A refusal names the column as the form does and says what would be right.
"""

import datetime as dt
import difflib
import re
from typing import Any

from detectors.pests.law import DEGREE
from schemas.observation import AnyObservation
from schemas.reason import Reason
from streams.feeds.base import Limits, refusal
from streams.feeds.firms_words import instant
from streams.feeds.inbound import observation_of
from streams.feeds.pest_columns import COLUMNS, DEGREES, EXAMPLE_MARK, WORDS, plain
from streams.feeds.pest_identity import identity

CHINA = dt.timezone(dt.timedelta(hours=8))
MOST_CATCH = 1_000_000

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
SUMS = frozenset({"合计", "总计", "小计", "total"})
"""How the last row of a sheet begins that counts no trap."""
DATUMS = (
    "say WGS84, CGCS2000 (国家2000), GCJ02 or BD09; bring other datums (西安80, 北京54) to one of them first"
)
CLOSED = ("status", "result", "measure", "grassland")
"""Columns whose cells hold one of a few words; others may say what no list has."""

_PER_M2 = re.compile(r"(?<![cC])[mM](?:2|²)|㎡|平方米")
_PER_10_CM2 = re.compile(r"10\s*(?:[cC][mM](?:2|²)|㎠|平方厘米)")
_COUNTED = re.compile(r"^(\d+(?:\.\d+)?)\s*[头只条个株台套粒]$")
_PART = r"(\d{1,2}(?:\.\d+)?)"
_DMS = re.compile(
    rf"""^[东北EN]?\s*(\d{{1,3}})[°º度]\s*(?:{_PART}['′’分]\s*(?:{_PART}(?:["″”秒]|''))?)?[EN]?$"""
)
"""Degrees, minutes and seconds east and north; west and south are written as negative numbers."""
_ZONED = re.compile(r"\d(?:Z|[+-]\d\d:?\d\d)$")
_DATE = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:：时](\d{1,2})?(?:[:：分](\d{1,2}))?[分秒]?)?$"
)


def observation_in(header: list[str | None], cells: list[str], limits: Limits) -> AnyObservation | Reason:
    """Return what one row says, or why it says nothing."""
    said = {field: cell.strip() for field, cell in zip(header, cells, strict=False) if field and cell.strip()}
    unfit = _unfit(header, cells, said)
    if unfit is not None:
        return unfit
    kind = _kind(header)
    fault = _take_degree(said, kind)
    if fault is not None:
        return fault
    _take_percent(said)
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
    fields.setdefault("observation_id", identity(fields))
    fields["mended"] = list(dict.fromkeys(notes))
    return observation_of(fields, limits)


def _kind(header: list[str | None]) -> str:
    """Return what the columns make of their rows; a degree of damage beside a trap's count is a remark."""
    if "result" in header:
        return "lab_result"
    is_survey = "measure" in header or ("degree" in header and "catch" not in header)
    return "pest_survey" if is_survey else "trap_count"


def _take_degree(said: dict[str, str], kind: str) -> Reason | None:
    """Make a degree of damage what was measured, as its number, where nothing else was; else a remark."""
    degree = said.pop("degree", "")
    if degree and (kind != "pest_survey" or "measure" in said):
        said["text"] = " ".join(filter(None, (said.get("text"), f"{COLUMNS['degree'][0]}: {degree}")))
    elif degree:
        said["measure"], said["value"] = DEGREE, degree
    if _stands_for("measure", said.get("measure", "")) != DEGREE:
        return None
    word = plain(said.get("value", ""))
    number = DEGREES.get(word, DEGREES.get(word.removesuffix("级")))
    if number is None and word in {str(one) for one in DEGREES.values()}:
        number = int(word)
    if number is None:
        words = "、".join(dict.fromkeys((*DEGREES, *map(str, DEGREES.values()))))
        return refusal("bad_value", f"{_named('degree')}: {said.get('value', '')!r:.40} is none of {words}")
    said["value"] = str(number)
    return None


def _take_percent(said: dict[str, str]) -> None:
    """Take the sign of per cent from a value whose measure is one; of any other measure it is no number."""
    value = said.get("value", "")
    if value.endswith(("%", "％")) and _stands_for("measure", said.get("measure", "")).endswith("_percent"):
        said["value"] = value[:-1].strip()


def _unfit(header: list[str | None], cells: list[str], said: dict[str, str]) -> Reason | None:
    """Return why a row is none that can be read, before any cell is."""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        return refusal("bad_value", f"{len(cells)} cells under {len(header)} columns")
    if cells and plain(cells[0]) in SUMS:
        return refusal("bad_value", f"{cells[0]!r:.20}: a row of sums is no visit")
    if said.get("text", "").startswith(EXAMPLE_MARK):
        return refusal("bad_value", "the example row of the form, which is to be deleted")
    lacks = next((field for field in NEEDED if field not in said), None)
    if lacks is not None:
        return refusal("missing_column", f"{_named(lacks)} is empty")
    return None if "frame" in said else refusal("no_frame", f"{_named('frame')} is empty: {DATUMS}")


def _value(field: str, cell: str, notes: list[str]) -> Any:
    """Return a cell as what its field holds, or why it cannot be."""
    if field in WORDS:
        return _word(field, cell)
    if field in TIMES:
        return _time(field, cell, notes)
    if field in (*INTEGERS, *FLOATS):
        return _number(field, cell)
    return cell


def _number(field: str, cell: str) -> Any:
    """Return a number; a count may name its unit, a position may be in degrees, minutes and seconds."""
    bare = cell.replace("，", "").replace(",", "").strip()
    dms = _DMS.match(bare) if field in {"longitude", "latitude"} else None
    if dms is not None:
        degrees, minutes, seconds = (float(part or 0) for part in dms.groups())
        if max(minutes, seconds) < 60:
            return round(degrees + minutes / 60 + seconds / 3600, 7)
    counted = _COUNTED.match(bare) if field in {"catch", "value", *INTEGERS} else None
    try:
        number = float(bare.replace("°", "") if counted is None else counted[1])
    except ValueError:
        return refusal("bad_value", f"{_named(field)}: {cell!r:.40} is no number")
    whole = field in INTEGERS or field == "catch"
    if whole and not (number.is_integer() and 0 <= number <= MOST_CATCH):
        return refusal("bad_value", f"{_named(field)}: {cell!r:.40} is no count")
    return int(number) if field in INTEGERS else number


def _named(field: str) -> str:
    """Return a column as the form names it, with its field."""
    return f"{COLUMNS[field][0]} ({field})"


def _word(field: str, cell: str) -> Any:
    """Return the word that a cell stands for, or which words there are."""
    word = plain(cell)
    value = _stands_for(field, cell)
    if field == "measure" and value == "larvae_per_tree" and _PER_10_CM2.search(cell):
        return "nymphs_per_10_cm2"
    if field == "measure" and value == "larvae_per_tree" and _PER_M2.search(cell):
        return "insects_per_m2"
    if field in CLOSED and value not in WORDS[field].values():
        words = "、".join(dict.fromkeys((*WORDS[field], *WORDS[field].values())))
        near = difflib.get_close_matches(word, WORDS[field], n=2, cutoff=0.4)
        meant = f" (nearest: {'、'.join(near)})" if near else ""
        return refusal("bad_value", f"{_named(field)}: {cell!r:.40}{meant} is none of {words}")
    if field == "frame" and value not in WORDS[field].values():
        return refusal("no_frame", f"{_named(field)}: {cell!r:.40}: {DATUMS}")
    return value


def _stands_for(field: str, cell: str) -> str:
    """Return the value of a word; a value itself, as the schema writes it, stands for itself."""
    word = plain(cell)
    own = {plain(value): value for value in WORDS[field].values()}
    return WORDS[field].get(word) or own.get(word, word)


def _time(field: str, cell: str, notes: list[str]) -> Any:
    """Return a time with its zone; one that names none is of China."""
    found = _DATE.match(cell)
    if found is None:
        at = instant(cell) if _ZONED.search(cell) else None
        if at is not None:
            return at.isoformat()
        return refusal("bad_time", f"{_named(field)}: {cell!r:.40} is no time; write 2026-05-11 09:30")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        at = dt.datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError:
        return refusal("bad_time", f"{_named(field)}: {cell!r:.40} is no time; write 2026-05-11 09:30")
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
        return refusal("missing_column", f"{_named('started_at')} is empty")
    if dt.datetime.fromisoformat(fields["started_at"]) >= dt.datetime.fromisoformat(
        fields.get("observed_at", "9999-01-01T00:00:00+00:00")
    ):
        return refusal("bad_time", "the interval ends before it starts")
    return None
