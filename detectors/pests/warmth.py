"""How warm the days of a station were: lowest and highest of each, kept for a year, for degree-days.

A day counts when it was read before dawn and in the afternoon; else its extremes are unknown, not mild. Days
are written once no reading of them can come any more, so order and repetition change nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct

from detectors.fire_weather.diary import Page
from detectors.pests.arrays import Floats

QUANTITY = "temperature_c"
LEAST_READ = 4
"""Hours of a day that must be read."""
NIGHT, AFTERNOON = range(2, 9), range(11, 18)
"""Hours of solar time in which the lowest and the highest of a day fall."""
KEPT_D = 400
TENTH = 10.0


class Warm(Struct, frozen=True, array_like=True):
    """Row of a station: extremes in tenths of a degree from the first day on; None: unknown."""

    first: dt.date
    days: tuple[tuple[int, int] | None, ...]


def extremes(page: Page) -> tuple[int, int] | None:
    """Return the lowest and highest of a day, tenths of °C; None where it was not read enough to tell."""
    slots = page.slots.get(QUANTITY, {})
    hours = {int(one) for one in slots}
    if len(hours) < LEAST_READ or hours.isdisjoint(NIGHT) or hours.isdisjoint(AFTERNOON):
        return None
    values = [slot.value for slot in slots.values()]
    return round(min(values) * TENTH), round(max(values) * TENTH)


def folded(known: Warm | None, page: Page) -> Warm | None:
    """Return the row with one more day; None while no day of the station is known. A day stands once."""
    found = extremes(page)
    if known is None:
        return None if found is None else Warm(page.day, (found,))
    at = (page.day - known.first).days
    if at < len(known.days):
        return known
    days = (*known.days, *(None,) * (at - len(known.days)), found)
    drop = max(len(days) - KEPT_D, 0)
    return Warm(known.first + dt.timedelta(days=drop), days[drop:])


def series(known: Warm | None, pages: Iterable[Page], first: dt.date, last: dt.date) -> tuple[Floats, Floats]:
    """Return lowest and highest of each day from the first to the last, °C; NaN where unknown."""
    found: dict[dt.date, tuple[int, int] | None] = {page.day: extremes(page) for page in pages}
    if known is not None:
        found |= {known.first + dt.timedelta(days=at): one for at, one in enumerate(known.days)}
    rows = [_of(found, first + dt.timedelta(days=at)) for at in range((last - first).days + 1)]
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _of(found: Mapping[dt.date, tuple[int, int] | None], day: dt.date) -> tuple[float, float]:
    one = found.get(day)
    return (np.nan, np.nan) if one is None else (one[0] / TENTH, one[1] / TENTH)
