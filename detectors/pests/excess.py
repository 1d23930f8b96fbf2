"""Which method a trap's history allows, how surprising its newest count is, and which of all traps stand out.

Three years and more: improved Farrington. One year: negative binomial expectation. Less, or where these know
the mean too badly: EARS on the last seven intervals (`recent`). Less still: a mean of other traps, where one
is published (`published`), else nothing. p-values are mid-p; the share of false finds is held per pest and
interval over all traps (Benjamini-Hochberg). An unread trap has no p-value, and is told
apart from a quiet one. The count of a full trap is a lower bound: as past it teaches no low mean
(`censored`), and its own p is the largest that it can have.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from detectors.pests import censored, crowd, ears, expectation, farrington, recent
from detectors.pests.arrays import Flags, Floats, Integers, rows_of
from detectors.pests.multiple import adjusted
from detectors.pests.published import Options as Published
from detectors.pests.published import law as law_of
from detectors.pests.recent import C1, C2, C3, NONE, widened
from detectors.pests.tails import mid_p, upper_quantile
from detectors.pests.windows import past_weeks

YEAR, LONG = 4, 5
"""Negative binomial expectation and improved Farrington, after `NONE` and EARS `C1` to `C3`."""

PUBLISHED = 6
"""A mean of other traps: the last resort, whatever its number."""

METHODS = (
    "none",
    "ears_c1",
    "ears_c2",
    "ears_c3",
    "negative_binomial",
    "farrington",
    "published_baseline",
)

EARS = (C1, C2, C3)


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lengths of history and what each method is given."""

    period: Annotated[int, Meta(gt=1, description="Intervals in a year.")] = 52
    long_years: Annotated[int, Meta(ge=1, description="Years for improved Farrington.")] = 3
    least_read: Annotated[int, Meta(ge=2, description="Past intervals read, for any but the short form.")] = (
        26
    )
    most_error: Annotated[
        float,
        Meta(gt=0, description="Standard error of the log mean at most; above, a shorter history speaks."),
    ] = 1.0
    pooled_k: Annotated[float, Meta(gt=0, description="k of the pest, where a series is too short.")] = 1.5
    alpha: Annotated[float, Meta(gt=0, lt=0.5, description="Of the limit that is drawn.")] = 0.01
    against: crowd.Options = field(default_factory=crowd.Options)
    published: Published = field(default_factory=Published)
    short: ears.Options = field(default_factory=lambda: ears.Options(least_sigma=0.5))
    year: expectation.Options = field(default_factory=expectation.Options)
    long: farrington.Options = field(default_factory=lambda: farrington.Options(few_counts=0, trend_p=0.05))


class Excess(NamedTuple):
    """For each series at one interval: count, mean expected, k, upper limit, p, q over all, method, wide k.

    The limit is that of the method: EARS's own for the last intervals, else the quantile of the law; it, mean
    and k are of the series alone. p is the mid-p by the wider of its own k and that of all series together
    (`wide_k`), held against the crowd. NaN in p and q: unread, or no history to judge by (method `NONE`).
    """

    caught: Floats
    mean: Floats
    k: Floats
    upper: Floats
    p: Floats
    q: Floats
    method: Integers
    wide_k: Floats


def judge(
    counts: Floats, trap_days: Floats, now: int, options: Options, at_least: Flags | None = None
) -> Excess:
    """Return how the counts at `now` compare with each series' own past.

    `counts` (series, intervals), NaN unread; `trap_days` of the same shape, or one for all; `at_least`, of
    that shape too, where the trap was full. Nothing after `now` is looked at.
    """
    counts = rows_of(counts)
    trap_days = np.broadcast_to(trap_days, counts.shape)[:, : now + 1]
    counts = counts[:, : now + 1]
    if at_least is not None:
        full = at_least[:, : now + 1].copy()
        full[:, now] = False
        counts = censored.completed(counts, trap_days, full, options.pooled_k)
    longest = _longest(counts, trap_days, now, options)
    method: Integers = np.full(len(counts), NONE, dtype=np.int64)
    mean, k, wide = (np.full(len(counts), np.nan) for _ in range(3))
    for name, how in ((LONG, _long), (YEAR, _year)):
        asked = (longest >= name) & (method == NONE)
        if asked.any():
            law = how(counts[asked], trap_days[asked], now, options)
            error = np.where(law.error <= options.most_error, law.error, np.nan)
            mean[asked], k[asked] = law.mean, widened(law.k, error)
            wide[asked] = widened(np.fmin(law.k, law.k_together), error)
            method[asked & np.isfinite(mean + k)] = name
    mean, k, wide = (np.where(method == NONE, np.nan, one) for one in (mean, k, wide))
    upper = upper_quantile(1 - options.alpha, mean, k)
    short = (method == NONE) & (trap_days[:, now] > 0)
    if short.any():
        last = recent.judge(counts[short], trap_days[short], options.short, options.pooled_k)
        mean[short], k[short], upper[short], method[short] = last.mean, last.k, last.limit, last.method
        wide[short] = last.k
    count = counts[:, now]
    p = crowd.held_against(mid_p(count, mean, wide), method, options.against)
    return Excess(count, mean, k, upper, p, adjusted(p), method, wide)


def filled(got: Excess, counts: Floats, trap_days: Floats, month: int, options: Options) -> Excess:
    """Return the same with new traps held against the mean published of this month; q over all of them.

    `counts` (series, intervals) and `trap_days` end with the interval judged. New is what was read in fewer
    intervals before than EARS asks for: a trap that was full too often, or rests in winter, is not.
    """
    known = options.published.of(month)
    is_new: Flags = np.isfinite(counts[:, :-1]).sum(axis=1) < ears.BASELINE
    is_new &= (got.method == NONE) & (trap_days[:, -1] > 0)
    if known is None or not is_new.any():
        return got
    law = law_of(known, trap_days[:, -1], options.pooled_k)
    method = np.where(is_new, PUBLISHED, got.method)
    mean, k = np.where(is_new, law.mean, got.mean), np.where(is_new, law.k, got.k)
    own = np.where(is_new, mid_p(got.caught, law.mean, law.k), np.nan)
    p = np.where(is_new, crowd.held_against(own, method, options.against), got.p)
    upper = np.where(is_new, upper_quantile(1 - options.alpha, law.mean, law.k), got.upper)
    wide = np.where(is_new, law.k, got.wide_k)
    return Excess(got.caught, mean, k, upper, p, adjusted(p), method, wide)


class _Law(NamedTuple):
    """What a model expects: mean, k, error of the log mean, and the k of all series together."""

    mean: Floats
    k: Floats
    error: Floats
    k_together: float


def _longest(counts: Floats, trap_days: Floats, now: int, options: Options) -> Integers:
    """Return the method that asks most of the history and that the length of each one allows."""
    read: Flags = np.isfinite(counts[:, :now]) & (trap_days[:, :now] > 0)
    age = np.where(read.any(axis=1), now - np.argmax(read, axis=1), 0)
    enough = (read.sum(axis=1) >= options.least_read) & (trap_days[:, now] > 0)
    method: NDArray[np.int64] = np.full(len(counts), NONE, dtype=np.int64)
    method[enough & (age >= options.period)] = YEAR
    # The windows round the same week need half a window more than whole years.
    reach = options.long_years * options.period + options.long.half_width
    method[enough & (age >= reach)] = LONG
    return method


def _year(counts: Floats, trap_days: Floats, now: int, options: Options) -> _Law:
    """Return the law of the negative binomial model learned from what is older than the guard."""
    last = max(now - ears.GUARD, 1)
    times = np.arange(last, dtype=np.float64)
    model = expectation.learn(counts[:, :last], trap_days[:, :last], times, options.year)
    days = trap_days[:, now]
    mean = expectation.expect(model, float(now), days, options.year)
    error = expectation.error(model, float(now), options.year)
    return _Law(mean, model.k, error, model.k_together)


def _long(counts: Floats, trap_days: Floats, now: int, options: Options) -> _Law:
    """Return the law of improved Farrington, counts brought to the trap-days of now."""
    scaled = recent.scaled(counts, trap_days)
    references = past_weeks(now, options.long_years, options.period)
    expected = farrington.judge(scaled, references, options.long)
    spread = expected.dispersion - 1
    k = np.where(spread > 0, expected.mean / np.where(spread > 0, spread, 1), np.inf)
    return _Law(expected.mean, k, expected.error, expected.k_together)
