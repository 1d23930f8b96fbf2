"""A sensor is compared with its own last weeks at the same hour: far above its usual is news.

Config::

    days = 28            # how far back a series remembers, one value a day and hour
    least_days = 7       # fewer: unknown, never "usual"
    least_spread = 0.5   # in the unit of the quantity: a series that never moved is not infinitely sure

Median and median absolute deviation of the earlier days (times 1.4826: a standard deviation where values are
normal; Hampel 1974). Of several values in one hour the largest is kept. What is remembered does not depend on
the order of arrival; what comes later than `days` is forgotten.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

HOURS = 24
TO_SIGMA = 1.4826
"""Median absolute deviation of a normal distribution to its standard deviation: 1 / 0.67449."""
NEVER = -(10**9)


class Usual(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a series remembers, and how little it must know."""

    days: Annotated[int, Meta(ge=3, le=366)] = 28
    least_days: Annotated[int, Meta(ge=2)] = 7
    least_spread: Annotated[float, Meta(gt=0)] = 0.5


class Judged(Struct, frozen=True):
    """For each reading: spreads above its usual, the usual, the spread, and on how many days it rests.

    NaN where too few days are known.
    """

    sigmas: Floats
    usual: Floats
    spread: Floats
    days: Whole


class Memory:
    """The last weeks of many series: for each series, hour and day (modulo `days`) the largest value."""

    def __init__(self, options: Usual, series: int) -> None:
        self.options = options
        self.on = np.full((series, HOURS, options.days), NEVER, dtype=np.int64)
        self.values = np.full((series, HOURS, options.days), np.nan)

    def add(self, series: Whole, day: Whole, hour: Whole, value: Floats) -> None:
        """Remember readings: series number, day number, hour of the day and value; NaN is not remembered."""
        known = np.isfinite(value)
        series, day, hour, value = series[known], day[known], hour[known], value[known]
        # the oldest day first and in it the smallest value: what is written last stays
        order = np.lexsort((value, day))
        series, day, hour, value = series[order], day[order], hour[order], value[order]
        slot = day % self.options.days
        cells = np.ravel_multi_index((series, hour, slot), self.on.shape)
        _, last = np.unique(cells[::-1], return_index=True)
        at = len(cells) - 1 - last
        series, hour, slot, day, value = series[at], hour[at], slot[at], day[at], value[at]
        held_on, held = self.on[series, hour, slot], self.values[series, hour, slot]
        newer = (day > held_on) | ((day == held_on) & (value > held))
        self.on[series[newer], hour[newer], slot[newer]] = day[newer]
        self.values[series[newer], hour[newer], slot[newer]] = value[newer]

    def judge(self, series: Whole, day: Whole, hour: Whole, value: Floats) -> Judged:
        """Return how far each reading is above the earlier days of its series at its hour."""
        on, held = self.on[series, hour], self.values[series, hour]
        is_past = (on < day[:, None]) & (on > day[:, None] - self.options.days)
        past = np.where(is_past, held, np.nan)
        count = is_past.sum(axis=1)
        usual = _median(past, count)
        spread = TO_SIGMA * _median(np.abs(past - usual[:, None]), count)
        spread = np.maximum(spread, self.options.least_spread)
        known = (count >= self.options.least_days) & np.isfinite(value)
        sigmas = np.where(known, (value - usual) / spread, np.nan)
        unknown = np.where(count >= self.options.least_days, 0.0, np.nan)
        return Judged(sigmas, usual + unknown, spread + unknown, count)


def _median(values: Floats, count: Whole) -> Floats:
    """Return the median of each row's known values; NaN, which sorts to the end, where there are none."""
    ordered = np.sort(values, axis=1)
    rows = np.arange(len(ordered))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, ordered.shape[1] - 1)
    return np.asarray((ordered[rows, low] + ordered[rows, high]) / 2)
