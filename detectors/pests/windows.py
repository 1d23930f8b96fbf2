"""Which past intervals speak for this one: the same weeks of past years, and what season the others are.

Farrington, Andrews, Beale and Catchpole, J. R. Statist. Soc. A 159 (1996) 547; Noufaily et al., Statist.
Med. 32 (2013) 1206.
"""

import datetime as dt
import itertools
from collections.abc import Sequence

import numpy as np

from detectors.pests.arrays import Integers


def past_weeks(now: int, years: int, period: int = 52) -> Integers:
    """Return the interval itself and the same one in each of the past years, newest first."""
    return np.asarray([now - period * year for year in range(years + 1)], dtype=np.int64)


def past_dates(dates: Sequence[dt.date], now: int, years: int) -> Integers:
    """Return the same for dated weeks: the nearest interval to that day of the calendar in each past year.

    Raises ValueError when the dates do not reach back so far.
    """
    days = np.asarray([day.toordinal() for day in dates])
    found = []
    for year in range(years + 1):
        then = _years_before(dates[now], year).toordinal()
        at = int(np.argmin(np.abs(days - then)))
        if then < days[0] - 3:
            raise ValueError(f"history begins {dates[0]}, after the same week {year} years ago")
        found.append(at)
    return np.asarray(found, dtype=np.int64)


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, month=3, day=1)


def seasons(length: int, references: Integers, half_width: int, levels: int) -> Integers:
    """Return the season of every interval: `levels` - 1 round the references, 0 to `levels` - 2 between them.

    -1 is out of use. With one level only the windows round the references are used. What lies between two
    windows is cut into `levels` - 1 parts, the earlier ones longer by one where it does not come out even.
    """
    now = int(references[0])
    season = np.full(length, -1, dtype=np.int64)
    season[max(now - half_width, 0) : now + 1] = levels - 1
    for newer, older in itertools.pairwise(references.tolist()):
        season[max(older - half_width, 0) : older + half_width + 1] = levels - 1
        if levels > 1:
            first, last = older + half_width + 1, newer - half_width
            parts = np.array_split(np.arange(first, last), levels - 1)
            for level, part in enumerate(parts):
                season[part[part >= 0]] = level
    return season
