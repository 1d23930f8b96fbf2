"""Intervals by resampling, with a seed from what is compared: the same evidence, the same interval.

The percentile bootstrap (Efron 1979): 2,000 resamples of the whole units, here fires or days, so that what
belongs together stays together; the middle 95 % of the statistic is the interval.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

DRAWS = 2000
MIDDLE = (2.5, 97.5)
TAIL = 0.025
AT_ONCE = 2_000_000
FEWEST = 2
"""One unit has no spread to resample."""

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Over the last axis; a resample where it is not defined is NaN and left out."""


class Interval(Struct, frozen=True, kw_only=True):
    """A figure, its middle 95 %, and of how many units it is; null: there is nothing to say it of."""

    value: float | None
    low: float | None
    high: float | None
    n: int


NOTHING = Interval(value=None, low=None, high=None, n=0)


def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each resample."""
    found: NDArray[np.float64] = values.mean(axis=-1)
    return found


def median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of each resample."""
    found: NDArray[np.float64] = np.median(values, axis=-1)
    return found


def interval(
    values: Sequence[float] | Sequence[tuple[float, ...]], statistic: Statistic, seed: str, digits: int = 4
) -> Interval:
    """Return a statistic of units with its interval; with fewer than two units there is none.

    A unit may be several numbers, for a ratio; the statistic then takes the last two axes.
    """
    known = np.asarray(values, dtype=float)
    if not len(known):
        return NOTHING
    value = round(float(statistic(known)), digits)
    if len(known) < FEWEST:
        return Interval(value=value, low=None, high=None, n=len(known))
    drawn = np.concatenate([statistic(known[picks]) for picks in _picks(len(known), seed)])
    drawn = drawn[~np.isnan(drawn)]
    low, high = (round(float(one), digits) for one in np.percentile(drawn, MIDDLE))
    return Interval(value=value, low=low, high=high, n=len(known))


def share(values: Sequence[bool], seed: str) -> Interval:
    """Return a share with its interval; where all or none are so, the limit of Clopper and Pearson 1934.

    Resampling what is all alike would claim a certainty that a few units do not give.
    """
    found = interval([float(one) for one in values], mean, seed)
    if found.value not in {0.0, 1.0} or found.n < 1:
        return found
    room = TAIL ** (1.0 / found.n)
    low, high = (0.0, 1.0 - room) if found.value == 0.0 else (room, 1.0)
    return Interval(value=found.value, low=round(low, 4), high=round(high, 4), n=found.n)


def share_of(hits: int, count: int, seed: str) -> Interval:
    """Return the share of so many units with its interval, quickly: resamples hit as often as binomially."""
    if count < FEWEST or hits in {0, count}:
        return share([k < hits for k in range(count)], seed)
    dice = np.random.default_rng(_number(seed))
    low, high = np.percentile(dice.binomial(count, hits / count, DRAWS) / count, MIDDLE)
    return Interval(
        value=round(hits / count, 4), low=round(float(low), 4), high=round(float(high), 4), n=count
    )


def rate(counts: Sequence[float], seed: str) -> Interval:
    """Return how many a unit of time with its interval; where there was none, the limit of Garwood 1936."""
    found = interval(counts, mean, seed)
    if found.value != 0.0:
        return found
    return Interval(value=0.0, low=0.0, high=round(-math.log(TAIL) / found.n, 4), n=found.n)


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")


def _picks(count: int, seed: str) -> Iterator[NDArray[np.int64]]:
    """Yield which units each resample takes, a few million at a time."""
    dice, rows = np.random.default_rng(_number(seed)), max(1, AT_ONCE // count)
    for begun in range(0, DRAWS, rows):
        yield dice.integers(0, count, size=(min(rows, DRAWS - begun), count))
