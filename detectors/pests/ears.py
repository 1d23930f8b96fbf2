"""Short histories: limits from the last seven intervals (EARS C1, C2, C3).

Hutwagner, Thompson, Seeman and Treadwell, "The bioterrorism preparedness and response Early Aberration
Reporting System", 2003. For weekly traps the seven days of that text are seven intervals. C1 takes the last
seven, so an outbreak soon hides itself in its own baseline; C2 leaves two intervals between; C3 adds up what
C2 exceeded in the last two.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct
from numpy.lib.stride_tricks import sliding_window_view

from detectors.pests.arrays import Floats, rows_of
from detectors.pests.tails import normal_quantile

BASELINE = 7
"""Intervals in the baseline."""

GUARD = 2
"""Intervals between the baseline of C2 and the one judged."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How seldom a limit may be exceeded by chance, and what a baseline needs."""

    alpha: Annotated[float, Meta(gt=0, lt=0.5, description="Of C1 and C2.")] = 0.001
    alpha_c3: Annotated[float, Meta(gt=0, lt=0.5, description="Of C3.")] = 0.025
    c3_sum: Annotated[
        float, Meta(gt=0, description="Sum over three intervals of what C2 is above one, for `together`.")
    ] = 2.0
    least_sigma: Annotated[float, Meta(ge=0, description="Standard deviation at least, counts.")] = 0.0
    least_read: Annotated[int, Meta(ge=2, le=7, description="Intervals of the seven that were read.")] = 4


class Limits(NamedTuple):
    """Upper limits, shape (series, intervals); a count above is an excess, NaN where no baseline is."""

    c1: Floats
    c2: Floats
    c3: Floats


def limits(counts: Floats, options: Options) -> Limits:
    """Return the three limits of every interval of every series; NaN in counts is unread."""
    counts = rows_of(counts)
    z = normal_quantile(1 - options.alpha)
    mean, sigma = _baseline(counts, 0, options)
    c1 = mean + z * sigma
    mean, sigma = _baseline(counts, GUARD, options)
    c2 = mean + z * sigma
    past = _above_one(counts, mean, sigma)
    with np.errstate(invalid="ignore"):
        c3 = counts + sigma * (normal_quantile(1 - options.alpha_c3) - past)
    # A baseline without any spread has no scale on which to add up what was exceeded.
    return Limits(c1, c2, np.maximum(np.where(sigma == 0, mean, c3), 0))


def together(counts: Floats, options: Options) -> Floats:
    """Return the limit of the newest interval of each series by the classic C3; NaN where it is not C2's.

    Over the last three intervals, what C2 is above one adds up to more than `c3_sum` (Hutwagner et al. 2003).
    The newest must itself stand one standard deviation above its baseline. NaN where nothing was exceeded in
    the two before, or where there is no baseline.
    """
    counts = rows_of(counts)
    mean, sigma = _baseline(counts, GUARD, options)
    past = _above_one(counts, mean, sigma)[:, -1]
    with np.errstate(invalid="ignore"):
        limit = mean[:, -1] + sigma[:, -1] * (1 + np.maximum(options.c3_sum - past, 0))
    result: Floats = np.where(past > 0, limit, np.nan)
    return result


def _baseline(counts: Floats, guard: int, options: Options) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the seven intervals that end `guard` + 1 before each."""
    mean = np.full(counts.shape, np.nan)
    sigma = mean.copy()
    first = BASELINE + guard
    if counts.shape[1] <= first:
        return mean, sigma
    windows = sliding_window_view(counts, BASELINE, axis=1)[:, : counts.shape[1] - first]
    read = np.isfinite(windows)
    number = read.sum(axis=2)
    enough = number >= options.least_read
    total = np.where(read, windows, 0).sum(axis=2)
    middle = total / np.maximum(number, 1)
    square = np.where(read, (windows - middle[..., None]) ** 2, 0).sum(axis=2)
    spread = np.maximum(np.sqrt(square / np.maximum(number - 1, 1)), options.least_sigma)
    mean[:, first:] = np.where(enough, middle, np.nan)
    sigma[:, first:] = np.where(enough, spread, np.nan)
    return mean, sigma


def _above_one(counts: Floats, mean: Floats, sigma: Floats) -> Floats:
    """Return by how much C2 exceeded one in the two intervals before, added up."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (counts - mean) / sigma
    over = np.maximum(np.nan_to_num(score, nan=0.0, posinf=np.inf, neginf=0.0) - 1, 0)
    past = np.full(counts.shape, np.nan)
    if counts.shape[1] > GUARD:
        past[:, GUARD:] = over[:, 1:-1] + over[:, :-2]
    return past
