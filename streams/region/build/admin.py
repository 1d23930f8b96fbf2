"""Administrative areas: their level by a column, else by the length of the code (行政区划代码)."""

from typing import Any

DIGITS = ((2, "province"), (4, "city"), (6, "county"), (9, "township"))
"""Digits that a code of each level has, zeros at the end left out (GB/T 2260 and its township extension)."""

LEVELS = tuple(level for _, level in DIGITS)
"""The layers that `admin` is split into, from the widest."""


def level_of(code: str | None) -> str | None:
    """Return the level of a code, e.g. `513401` is a county, `513401100000` a township; None for no code."""
    digits = "".join(filter(str.isdigit, code or ""))
    if len(digits) not in {2, 4, 6, 9, 12}:
        return None
    if len(digits) == 12 and digits[9:] != "000":
        return None
    for width, level in DIGITS:
        if not digits[width:].strip("0"):
            return level
    return None


def levels(level: list[Any] | None, code: list[Any] | None, rows: int) -> list[str | None]:
    """Return the level of each row: as the column says, else by the code; None where neither tells."""
    said, coded = level or [None] * rows, code or [None] * rows
    return [one if one in LEVELS else level_of(other) for one, other in zip(said, coded, strict=True)]
