"""What is kept of one series of readings: its last hours in slots, and one value a day of each hour.

Both are functions of the set of readings: order and repetition change nothing, and neither grows without end.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from detectors.trust.baseline import Judged, Memory, Usual
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
    slots = {one.number: one for one in past.slots}
    for at, value in zip(seconds, values, strict=True):
        number = int(at // SLOT_S)
        known = slots.get(number, Slot(number, value, value, 0))
        slots[number] = Slot(number, min(known.low, value), max(known.high, value), known.count + 1)
    newest = sorted(slots)[-int(2 * hours * 3600.0 / SLOT_S + 2) :]
    return replace(past, slots=tuple(slots[number] for number in newest))


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


def compared(options: Usual, pasts: Sequence[Series], days: Sequence[int], values: Sequence[float]) -> Judged:
    """Return how far each reading is above the earlier days of its own hour; see `baseline`."""
    memory = Memory(options, len(pasts))
    for row, past in enumerate(pasts):
        for day, value in past.days:
            memory.on[row, 0, day % options.days] = day
            memory.values[row, 0, day % options.days] = value
    whole = np.arange(len(pasts)), np.array(days, dtype=np.int64), np.zeros(len(pasts), dtype=np.int64)
    return memory.judge(*whole, np.array(values, dtype=np.float64))
