"""A full trap caught at least what was counted: as past it stands for what it may have caught, or nothing.

A count with its bag full is a lower bound. Taken for the catch it teaches a mean that is too low; left out,
the weeks of many beetles are missing, which is as bad. So it stands for the mean of a negative binomial count
of which that many are sure (the expectation step of Dempster, Laird and Rubin, J. R. Stat. Soc. B 39 (1977)
1), about the trap's own catch per day. A trap that was full more than half of the time teaches nothing at
all: the weeks in which it was not are the poor ones.
"""

from typing import NamedTuple

import numpy as np

from detectors.pests.arrays import Flags, Floats
from detectors.pests.tails import at_least

MOST_FULL = 0.5
"""Share of the weeks read that may be bounds; above, nobody knows what the trap catches."""

_ROUNDS = 30


def completed(counts: Floats, trap_days: Floats, is_bound: Flags, least_k: float) -> Floats:
    """Return past counts (series, intervals) with each bound as the catch to be expected; NaN too often full.

    `is_bound` is true where the trap was full. No value is lower than its bound. Mean per trap-day and k are
    each series' own, k at least `least_k`; the season is left aside, so a bound at its height stands for
    rather more.
    """
    read: Flags = np.isfinite(counts) & (trap_days > 0)
    bound: Flags = is_bound & read
    if not bound.any():
        return counts
    is_lost = bound.sum(axis=1) > MOST_FULL * read.sum(axis=1)
    bound &= ~is_lost[:, None]
    result = np.where(is_lost[:, None], np.nan, counts)
    rows = np.flatnonzero(bound.any(axis=1))
    if len(rows):
        part = _Part(counts[rows], np.where(read[rows], trap_days[rows], 0.0), bound[rows])
        result[np.ix_(rows, np.arange(counts.shape[1]))] = _filled(part, least_k)
    return result


class _Part(NamedTuple):
    """Series that have a bound: counts, trap-days (0 unread), where they are bounds."""

    counts: Floats
    trap_days: Floats
    bound: Flags


def _filled(part: _Part, least_k: float) -> Floats:
    counts, days, bound = part
    stood, row = days.sum(axis=1), np.nonzero(bound)[0]
    first, second = counts.copy(), counts**2
    k = np.full(len(counts), np.inf)
    for _ in range(_ROUNDS):
        mean = (np.where(days > 0, first, 0).sum(axis=1) / stood)[:, None] * days
        once, twice = given_at_least(counts[bound], mean[bound], k[row])
        settled = np.allclose(once, first[bound], rtol=1e-4)
        first[bound], second[bound] = once, twice
        # Var = mean + mean^2 / k, summed over the weeks read
        wider = np.where(days > 0, second - 2 * mean * first + mean**2 - mean, 0).sum(axis=1)
        square = (mean**2).sum(axis=1)
        k = np.where(wider > 0, np.maximum(square / np.where(wider > 0, wider, 1), least_k), np.inf)
        if settled:
            break
    return first


def given_at_least(count: Floats, mean: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return E(X) and E(X^2) of NB(mean, k) given X >= count, no less than of `count`; infinite k: Poisson.

    The sum of x P(x) from c on is the mean times P(Y >= c - 1), Y of the same law with k + 1; that of
    x (x - 1) P(x) is mean^2 (1 + 1 / k) times P(Z >= c - 2), Z with k + 2.
    """
    beyond = at_least(count, mean, k)
    known = beyond > 1e-12
    beyond = np.where(known, beyond, 1.0)
    raised, twice_raised = mean * (1 + 1 / k), mean * (1 + 2 / k)
    once = np.where(known, mean * at_least(count - 1, raised, k + 1) / beyond, count)
    pairs = mean * raised * at_least(count - 2, twice_raised, k + 2) / beyond
    once = np.maximum(once, count)
    return once, np.maximum(np.where(known, pairs + once, count**2), once**2)
