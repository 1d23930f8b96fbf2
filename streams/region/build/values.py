"""Values of a column as its attribute's: right type, right unit, in range; else unknown, with a note."""

import json
import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.region.build.known import TO_BASE, codes
from streams.region.build.mapping import Taken
from streams.region.build.source import objects

Notes = list[tuple[int, str]]
"""Rows with a value that was left unknown, and why."""

_NOTHING = {"", "null", "none", "nan", "n/a", "na", "<null>", "-", "—", "/", "无"}
_TRUE, _FALSE = {"true", "1", "yes", "y", "是"}, {"false", "0", "no", "n", "否"}
_DATE = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?$")


class _BadValueError(ValueError):
    """A value that is not of its attribute's type."""


def converted(values: NDArray[Any], one: Taken) -> tuple[NDArray[Any], Notes]:
    """Return the attribute's values and notes on those left unknown.

    Numbers come as float64 with not-a-number where unknown; text, dates and flags as objects with None.
    """
    kind = one.known.type
    if kind in {"number", "whole"}:
        return _numbers(values, one)
    parse: Callable[[Any], Any] = {"text": text_of, "flag": _flag, "date": _date}[kind]
    names = codes()[one.known.codes].names if one.known.codes else {}
    return _parsed(values, one, lambda value: _named(parse(value), names))


def plainly(values: NDArray[Any], *, whole: bool = False) -> list[Any]:
    """Return values as Python's own, None where unknown; numbers as whole ones where asked for."""
    if values.dtype == object:
        return list(values.tolist())
    return [
        None if isinstance(one, float) and math.isnan(one) else int(one) if whole else one
        for one in values.tolist()
    ]


def other(values: NDArray[Any]) -> list[Any]:
    """Return a column that no attribute is known for, nearly as it is: text stripped, None where unknown."""
    return [text_of(one) if isinstance(one, str) else one for one in plainly(values)]


def codes_of(values: NDArray[Any], table: str) -> NDArray[np.object_]:
    """Return the codes themselves, as text; None for values that are no numbers."""
    texts = [text_of(value) for value in values.tolist()]
    known = codes()[table].names
    return objects([one if one and (one in known or one.isdigit()) else None for one in texts])


def text_of(value: Any) -> str | None:
    """Return a value as text: whole numbers without `.0`, lists joined by `；`; nothing is None."""
    if isinstance(value, str):
        text = value.strip()
        return None if text.casefold() in _NOTHING else text
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, list):
        return "；".join(filter(None, map(text_of, value))) or None
    if isinstance(value, dict | bool):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _numbers(values: NDArray[Any], one: Taken) -> tuple[NDArray[np.float64], Notes]:
    notes: Notes = []
    if values.dtype == object:
        found, notes = _parsed(values, one, _number)
        numbers = np.array([math.nan if value is None else value for value in found], dtype=np.float64)
    else:
        numbers = values.astype(np.float64)
    known = one.known
    numbers = numbers * TO_BASE.get((one.unit or "?", known.unit or "?"), 1.0)
    low = -math.inf if known.least is None else known.least
    high = math.inf if known.most is None or one.unit == "m3" else known.most
    wrong = ~np.isnan(numbers) & ~((numbers >= low) & (numbers <= high) & np.isfinite(numbers))
    if known.type == "whole":
        wrong |= ~np.isnan(numbers) & (numbers != np.round(numbers))
    notes += [
        (int(row), f"{one.attribute}: {numbers[row]:g} is out of range") for row in np.flatnonzero(wrong)
    ]
    numbers[wrong] = math.nan
    return numbers, sorted(notes)


def _parsed(
    values: NDArray[Any], one: Taken, parse: Callable[[Any], Any]
) -> tuple[NDArray[np.object_], Notes]:
    """Return each value parsed once, however often it occurs."""
    seen: dict[Any, Any] = {}
    found, notes = [], []
    for row, value in enumerate(values.tolist()):
        # 1, 1.0 and True are one key of a dict, and different texts.
        key = value if isinstance(value, str) else (type(value), str(value))
        if key not in seen:
            seen[key] = _tried(parse, value)
        result = seen[key]
        if isinstance(result, _BadValueError):
            notes.append((row, f"{one.attribute}: {result}"))
            result = None
        found.append(result)
    return objects(found), notes


def _tried(parse: Callable[[Any], Any], value: Any) -> Any:
    try:
        return parse(value)
    except _BadValueError as error:
        return error


def _named(value: Any, names: dict[str, str]) -> Any:
    """Return what a code stands for; a value that is none is taken as it is, an unknown number is not."""
    if names and isinstance(value, str) and value.isdigit() and value not in names:
        raise _BadValueError(f"{value} is no known code")
    return names.get(value, value) if isinstance(value, str) else value


def _number(value: Any) -> float | None:
    text = text_of(value)
    if text is None:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise _BadValueError(f"{text[:40]!r} is no number") from error


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = text_of(value)
    if text is None:
        return None
    if text.casefold() not in _TRUE | _FALSE:
        raise _BadValueError(f"{text[:40]!r} is neither yes nor no")
    return text.casefold() in _TRUE


def _date(value: Any) -> str | None:
    text = text_of(value)
    if text is None:
        return None
    found = _DATE.match(text)
    try:
        if found:
            return date(*map(int, found.groups())).isoformat()
    except ValueError:
        pass
    raise _BadValueError(f"{text[:40]!r} is no date")
