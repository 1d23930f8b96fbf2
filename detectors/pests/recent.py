"""A history too short for its seasons: EARS on the last seven intervals, with the dispersion of all traps.

C1 from seven intervals on (the last seven); C2 from nine (two intervals between); C3 from eleven, where what
C2 exceeded in the last two lowers the limit. The limit is EARS's own, mean and k the negative binomial law
about the same baseline: a few counts tell the level of a trap, never its dispersion.
"""

from typing import NamedTuple

import numpy as np

from detectors.pests import ears
from detectors.pests.arrays import Flags, Floats, Integers

NONE, C1, C2, C3 = 0, 1, 2, 3
"""Methods: none possible, and which of the three limits decides."""

SPAN = ears.BASELINE + 2 * ears.GUARD
"""Intervals before the one judged that C3 needs: two with a C2 of their own."""


class Law(NamedTuple):
    """For each series: mean expected, k, limit, and which of the three it is; NaN where none is possible."""

    mean: Floats
    k: Floats
    limit: Floats
    method: Integers


def judge(counts: Floats, trap_days: Floats, options: ears.Options, pooled_k: float) -> Law:
    """Return what the newest interval is held against, from counts (series, intervals) with NaN unread."""
    read: Flags = np.isfinite(counts[:, :-1]) & (trap_days[:, :-1] > 0)
    age = _age(read)
    short = max(SPAN + 1 - counts.shape[1], 0)
    pad = ((0, 0), (short, 0))
    counts = np.pad(counts[:, -SPAN - 1 :], pad, constant_values=np.nan)
    trap_days = np.pad(trap_days[:, -SPAN - 1 :], pad)
    even = scaled(counts, trap_days)
    limits, sum_limit = ears.limits(even, options), ears.together(even, options)
    c1, c2 = limits.c1[:, -1], limits.c2[:, -1]
    method = np.where(np.isfinite(c1) & (age >= ears.BASELINE), C1, NONE)
    method = np.where(np.isfinite(c2) & (age >= ears.BASELINE + ears.GUARD), C2, method)
    method = np.where((method == C2) & (age >= SPAN) & (sum_limit < c2), C3, method)
    limit = np.choose(method, [np.full(len(method), np.nan), c1, c2, sum_limit])
    guard = np.where(method == C1, 0, ears.GUARD)
    mean, k = _about(counts, trap_days, guard, pooled_k)
    known = method != NONE
    return Law(np.where(known, mean, np.nan), np.where(known, k, np.nan), limit, method)


def _age(read: Flags) -> Integers:
    """Return how many intervals ago each series was first read, 0 where never."""
    if not read.shape[1]:
        return np.zeros(len(read), dtype=np.int64)
    return np.where(read.any(axis=1), read.shape[1] - np.argmax(read, axis=1), 0)


def _about(counts: Floats, trap_days: Floats, guard: Integers, pooled_k: float) -> tuple[Floats, Floats]:
    """Return mean and k from the seven intervals before the guard, per trap-day."""
    at = np.arange(SPAN)
    last = SPAN - guard[:, None]
    within = (at < last) & (at >= last - ears.BASELINE)
    past, days = counts[:, :SPAN], trap_days[:, :SPAN]
    read = within & np.isfinite(past) & (days > 0)
    stood = np.where(read, days, 0).sum(axis=1)
    # Half a beetle is added, or seven empty visits would make one beetle impossible.
    rate = (np.where(read, past, 0).sum(axis=1) + 0.5) / np.maximum(stood, 1e-9)
    # What the mean of so few visits is itself uncertain by, as a square on the logarithmic scale.
    visits = np.maximum(read.sum(axis=1), 1)
    unsure = 1 / np.maximum(rate * stood, 0.5) + 1 / (pooled_k * visits)
    return rate * trap_days[:, SPAN], widened(np.full(len(counts), pooled_k), np.sqrt(unsure))


def scaled(counts: Floats, trap_days: Floats) -> Floats:
    """Return counts (series, intervals) brought to the trap-days of the newest interval; NaN is unread."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(trap_days > 0, counts * trap_days[:, -1:] / trap_days, np.nan)
    return result


def widened(k: Floats, error: Floats) -> Floats:
    """Return the k of a count whose mean is itself known only within an error of its logarithm.

    1 / k' = 1 / k + error^2: the variance of the law and of its mean add up. With the mean plugged in as if
    it were certain, a trap with three years of weekly counts is called too often.
    """
    with np.errstate(divide="ignore"):
        return 1 / (1 / k + error**2)
