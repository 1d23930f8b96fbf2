"""What is kept of one series of readings: its last hours in slots, and one value a day of each hour.

Both are functions of the set of readings: order and repetition change nothing, and neither grows without end.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from detectors.trust.baseline import TO_SIGMA, Usual
from detectors.trust.stuck import Run

SLOT_S = 600.0
"""A series is kept in slots of ten minutes: of each the least and the greatest value, and how many."""


class Slot(Struct, frozen=True, array_like=True):
    """Ten minutes of a series, numbered from the epoch."""

    number: int
    low: float
    high: float
    count: int


class Series(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row: the newest slots of a series, or the newest days of one of its hours, each with its greatest."""

    slots: tuple[Slot, ...] = ()
    days: tuple[tuple[int, float], ...] = ()


def with_slots(past: Series, hours: float, seconds: Sequence[float], values: Sequence[float]) -> Series:
    """Return a series with readings added; slots over twice as long as a stuck sensor needs are kept."""
    slots = list(past.slots)
    for at, value in zip(seconds, values, strict=True):
        number = int(at // SLOT_S)
        # nearly always it is the newest
        row = (
            len(slots) if not slots or slots[-1].number < number else bisect_left(slots, number, key=_number)
        )
        if row < len(slots) and slots[row].number == number:
            slots[row] = _taken(slots[row], value)
        else:
            slots.insert(row, Slot(number, value, value, 1))
    return replace(past, slots=tuple(slots[-int(2 * hours * 3600.0 / SLOT_S + 2) :]))


def _number(slot: Slot) -> int:
    return slot.number


def _taken(slot: Slot, value: float) -> Slot:
    return Slot(slot.number, min(slot.low, value), max(slot.high, value), slot.count + 1)


def last_run(past: Series) -> Run | None:
    """Return the run of equal values that ends with the newest slot; None: no reading, or it moves."""
    if not past.slots:
        return None
    value, until = past.slots[-1].high, past.slots[-1].number
    since, readings = until, 0
    for slot in reversed(past.slots):
        if not slot.low == slot.high == value:
            break
        since, readings = slot.number, readings + slot.count
    return Run(value, since * SLOT_S, until * SLOT_S, readings) if readings else None


def with_day(past: Series, most: int, day: int, value: float) -> Series:
    """Return an hour of a series with one reading added: of a day the greatest value, the newest days."""
    days = dict(past.days)
    days[day] = max(days.get(day, value), value)
    return replace(past, days=tuple((one, days[one]) for one in sorted(days)[-most:]))


def sigmas(options: Usual, past: Series, day: int, value: float) -> float:
    """Return how many spreads a reading is above the earlier days of its own hour, see `baseline`.

    NaN where too few days are known.
    """
    # of days that share a place in the memory the newest is held
    held = {one % options.days: (one, said) for one, said in past.days}
    known = [said for one, said in held.values() if day - options.days < one < day]
    if len(known) < options.least_days:
        return math.nan
    usual = _median(known)
    spread = TO_SIGMA * _median([abs(said - usual) for said in known])
    return (value - usual) / max(spread, options.least_spread)


def _median(values: Sequence[float]) -> float:
    ordered, count = sorted(values), len(values)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
