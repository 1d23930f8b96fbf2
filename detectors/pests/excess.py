"""Which method a trap's history allows, how surprising its newest count is, and which of all traps stand out.

Three years and more: improved Farrington. One year: negative binomial expectation. Less: the seven intervals
of EARS C2, with the dispersion of the whole pest. p-values are mid-p; the share of false finds is held per
pest and interval over all traps (Benjamini-Hochberg). An unread trap has no p-value, and is told apart from
a quiet one.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from detectors.pests import ears, expectation, farrington
from detectors.pests.arrays import Flags, Floats, Integers, rows_of
from detectors.pests.multiple import adjusted
from detectors.pests.tails import mid_p, upper_quantile
from detectors.pests.windows import past_weeks

NONE, SHORT, YEAR, LONG = 0, 1, 2, 3
"""Methods: none possible, last intervals, negative binomial expectation, improved Farrington."""

METHODS = ("none", "ears_c2", "negative_binomial", "farrington")


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lengths of history and what each method is given."""

    period: Annotated[int, Meta(gt=1, description="Intervals in a year.")] = 52
    long_years: Annotated[int, Meta(ge=1, description="Years for improved Farrington.")] = 3
    least_read: Annotated[int, Meta(ge=2, description="Past intervals read, for any but the short form.")] = (
        26
    )
    pooled_k: Annotated[float, Meta(gt=0, description="k of the pest, where a series is too short.")] = 1.5
    alpha: Annotated[float, Meta(gt=0, lt=0.5, description="Of the limit that is drawn.")] = 0.01
    short: ears.Options = field(default_factory=lambda: ears.Options(least_sigma=0.5))
    year: expectation.Options = field(default_factory=expectation.Options)
    long: farrington.Options = field(default_factory=lambda: farrington.Options(few_counts=0, trend_p=0.05))


class Excess(NamedTuple):
    """For each series at one interval: count, mean expected, k, upper limit, mid-p, q over all, method.

    NaN in p and q: unread, or no history to judge by (method `NONE`).
    """

    caught: Floats
    mean: Floats
    k: Floats
    upper: Floats
    p: Floats
    q: Floats
    method: Integers


def judge(counts: Floats, trap_days: Floats, now: int, options: Options) -> Excess:
    """Return how the counts at `now` compare with each series' own past.

    `counts` (series, intervals), NaN unread; `trap_days` of the same shape, or one for all. Nothing after
    `now` is looked at.
    """
    counts = rows_of(counts)
    trap_days = np.broadcast_to(trap_days, counts.shape)[:, : now + 1]
    counts = counts[:, : now + 1]
    method = _method(counts, trap_days, now, options)
    mean, k = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    for name, how in ((SHORT, _short), (YEAR, _year), (LONG, _long)):
        chosen = method == name
        if chosen.any():
            mean[chosen], k[chosen] = how(counts[chosen], trap_days[chosen], now, options)
    method = np.where(np.isnan(mean + k), NONE, method)
    count = counts[:, now]
    p = mid_p(count, mean, k)
    return Excess(count, mean, k, upper_quantile(1 - options.alpha, mean, k), p, adjusted(p), method)


def _method(counts: Floats, trap_days: Floats, now: int, options: Options) -> Integers:
    read: Flags = np.isfinite(counts[:, :now]) & (trap_days[:, :now] > 0)
    age = np.where(read.any(axis=1), now - np.argmax(read, axis=1), 0)
    enough = read.sum(axis=1) >= options.least_read
    method: NDArray[np.int64] = np.full(len(counts), SHORT, dtype=np.int64)
    method[enough & (age >= options.period)] = YEAR
    # The windows round the same week need half a window more than whole years.
    reach = options.long_years * options.period + options.long.half_width
    method[enough & (age >= reach)] = LONG
    return method


def _short(counts: Floats, trap_days: Floats, now: int, options: Options) -> tuple[Floats, Floats]:
    """Return mean and k from the seven intervals before the last two, per trap-day."""
    first = now - ears.GUARD - ears.BASELINE
    window = slice(max(first, 0), max(now - ears.GUARD, 0))
    past, days = counts[:, window], trap_days[:, window]
    read = np.isfinite(past) & (days > 0)
    enough = read.sum(axis=1) >= options.short.least_read
    # Half a beetle is added, or seven empty visits would make one beetle impossible.
    rate = (np.where(read, past, 0).sum(axis=1) + 0.5) / np.maximum(np.where(read, days, 0).sum(axis=1), 1e-9)
    mean = np.where(enough, rate * trap_days[:, now], np.nan)
    # What the mean of so few visits is itself uncertain by, as a square on the logarithmic scale.
    visits = np.maximum(read.sum(axis=1), 1)
    unsure = (1 / np.maximum(rate * np.where(read, days, 0).sum(axis=1), 0.5)) + 1 / (
        options.pooled_k * visits
    )
    return mean, _widened(np.full(len(counts), options.pooled_k), np.sqrt(unsure))


def _year(counts: Floats, trap_days: Floats, now: int, options: Options) -> tuple[Floats, Floats]:
    """Return mean and k of the negative binomial model learned from what is older than the guard."""
    last = max(now - ears.GUARD, 1)
    times = np.arange(last, dtype=np.float64)
    model = expectation.learn(counts[:, :last], trap_days[:, :last], times, options.year)
    days = trap_days[:, now]
    mean = expectation.expect(model, float(now), days, options.year)
    return mean, _widened(model.k, expectation.error(model, float(now), options.year))


def _long(counts: Floats, trap_days: Floats, now: int, options: Options) -> tuple[Floats, Floats]:
    """Return mean and k of improved Farrington, counts brought to the trap-days of now."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(trap_days > 0, counts * trap_days[:, now : now + 1] / trap_days, np.nan)
    references = past_weeks(now, options.long_years, options.period)
    expected = farrington.judge(scaled, references, options.long)
    spread = expected.dispersion - 1
    k = np.where(spread > 0, expected.mean / np.where(spread > 0, spread, 1), np.inf)
    return expected.mean, _widened(k, expected.error)


def _widened(k: Floats, error: Floats) -> Floats:
    """Return the k of a count whose mean is itself known only within an error of its logarithm.

    1 / k' = 1 / k + error^2: the variance of the law and of its mean add up. With the mean plugged in as if
    it were certain, a trap with three years of weekly counts is called too often.
    """
    with np.errstate(divide="ignore"):
        return 1 / (1 / k + error**2)
