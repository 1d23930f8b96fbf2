"""Catches laid out for the statistics: traps down, intervals across, NaN where nothing was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from detectors.pests.arrays import Flags, Floats
from detectors.pests.count import Catch


class Table(NamedTuple):
    """Counts and trap-days (traps, intervals), whether a count is a lower bound, and the trap of each row."""

    traps: tuple[str, ...]
    caught: Floats
    trap_days: Floats
    at_least: Flags


def tabulate(catches: Sequence[Catch], first_at: datetime, intervals: int, days: float = 7.0) -> Table:
    """Return the catches of one species by trap and interval of `days` from `first_at`.

    A visit belongs to the interval in which it ended; two in one interval add up, counts and trap-days. What
    ended before `first_at` or after the last interval is left out. An interval without a visit stays NaN.
    """
    traps = tuple(sorted({one.trap for one in catches}))
    row = {trap: at for at, trap in enumerate(traps)}
    shape = (len(traps), intervals)
    counts, trap_days = np.full(shape, np.nan), np.zeros(shape)
    at_least = np.zeros(shape, dtype=np.bool_)
    width = timedelta(days=days)
    for one in catches:
        # An interval that ends on the border belongs to the days before it.
        at = -((first_at - one.ended_at) // width) - 1
        if 0 <= at < intervals:
            place = row[one.trap], at
            held = counts[place]
            counts[place] = one.count if np.isnan(held) else held + one.count
            trap_days[place] += one.trap_days
            at_least[place] |= one.at_least
    return Table(traps, counts, trap_days, at_least)
