"""A season or two of history: what a trap should catch by its level, the season, the trend and its trap-days.

log mean = level + harmonics of the year + trend + log trap-days, counts NB2 (Hilbe 2011): trap-days are an
offset, never divided out, so that three beetles in three days weigh less than thirty in thirty. The
dispersion k is the series' own, by maximum likelihood, where it was read often enough, else that of all
series of the pest together.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Floats, rows_of
from detectors.pests.glm import Fit, fit, predict
from detectors.pests.special import digamma

_ROUNDS = 12
_HALVINGS = 6
_SECANTS = 7


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shape of the season and what a series needs for its own dispersion."""

    period: Annotated[float, Meta(gt=1, description="Intervals in a year.")] = 52.0
    harmonics: Annotated[int, Meta(ge=0, le=4, description="Pairs of sine and cosine.")] = 2
    trend: Annotated[bool, Meta(description="A trend over the years.")] = True
    least_read: Annotated[int, Meta(ge=2, description="Intervals read, for a k of its own.")] = 10
    least_k: Annotated[float, Meta(gt=0, description="Dispersion k at least.")] = 0.5
    most_k: Annotated[float, Meta(gt=0, description="Dispersion k at most: no wider than Poisson there.")] = (
        1e4
    )


class Model(NamedTuple):
    """The fit of each series, its k and that of all, and the first and last interval learned from."""

    fitted: Fit
    k: Floats
    k_together: float
    first: float
    last: float


def design(times: Floats, options: Options, first: float, last: float) -> Floats:
    """Return the design rows (times, terms) at times counted in intervals."""
    turns = 2 * np.pi * np.asarray(times, dtype=np.float64) / options.period
    columns = [np.ones_like(turns)]
    for order in range(1, options.harmonics + 1):
        columns += [np.sin(order * turns), np.cos(order * turns)]
    if options.trend:
        columns.append((times - last) / max(last - first, 1.0))
    return np.column_stack(columns)


def learn(counts: Floats, trap_days: Floats, times: Floats, options: Options) -> Model:
    """Return the model of counts (series, intervals) under trap-days of the same shape; NaN is unread.

    `times` (intervals,) are numbered on through the years. A series without any count read has NaN for its k.
    """
    counts = rows_of(counts)
    trap_days = np.broadcast_to(trap_days, counts.shape)
    weights = (np.isfinite(counts) & (trap_days > 0)).astype(np.float64)
    offset = np.log(np.where(weights > 0, trap_days, 1.0))
    first, last = float(times[0]), float(times[-1])
    # Weeks in which no trap hangs teach nothing and would take half of the time.
    used = weights.any(axis=0)
    rows = design(times, options, first, last)[used]
    counts, weights, offset = counts[:, used], weights[:, used], offset[:, used]
    k = np.full(counts.shape[0], 1.0)
    for _ in range(_ROUNDS):
        fitted = fit(rows, counts, weights, offset=offset, k=k)
        new = dispersion(counts, fitted.mean, weights, options)
        settled = np.allclose(new, k, rtol=1e-6, equal_nan=True)
        k = np.where(np.isnan(new), options.least_k, new)
        if settled:
            break
    k_together = together(counts, fitted.mean, weights, options)
    return Model(fitted, np.where(weights.any(axis=1), k, np.nan), k_together, first, last)


def expect(model: Model, time: float, trap_days: Floats, options: Options) -> Floats:
    """Return the mean (series,) expected at one time; NaN where a series has no model or stood no days."""
    row = design(np.array([time]), options, model.first, model.last)[0]
    log_mean, _ = predict(model.fitted, row)
    known = np.isfinite(model.k) & (trap_days > 0)
    result: Floats = np.where(known, np.exp(np.minimum(log_mean, 30.0)) * trap_days, np.nan)
    return result


def error(model: Model, time: float, options: Options) -> Floats:
    """Return the standard error (series,) of the logarithm of the mean expected at one time."""
    row = design(np.array([time]), options, model.first, model.last)[0]
    return predict(model.fitted, row)[1]


def dispersion(counts: Floats, mean: Floats, weights: Floats, options: Options) -> Floats:
    """Return the most likely k of each series about given means, or that of all where one is too short.

    Between `least_k` and `most_k`: where the log-likelihood by k stops rising.
    """
    counts = np.where(weights > 0, counts, 0.0)
    own = _most_likely_k(counts, mean, weights, options)
    short = weights.sum(axis=1) < options.least_read
    if short.any() and weights.any():
        own = np.where(short, together(counts, mean, weights, options), own)
    return own


def together(counts: Floats, mean: Floats, weights: Floats, options: Options) -> float:
    """Return the most likely k of all series together about given means; NaN where nothing was read."""
    if not weights.any():
        return float("nan")
    counts = np.where(weights > 0, counts, 0.0)
    counts, mean, weights = (one.reshape(1, -1) for one in (counts, mean, weights))
    return float(_most_likely_k(counts, mean, weights, options)[0])


def _most_likely_k(counts: Floats, mean: Floats, weights: Floats, options: Options) -> Floats:
    def rise(log_k: Floats) -> Floats:
        k = np.exp(log_k)
        return k * _slope(counts, mean, weights, k[:, None])

    low = np.full(counts.shape[0], np.log(options.least_k))
    high = np.full(counts.shape[0], np.log(options.most_k))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rises = rise(middle) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return np.exp(_between(rise, low, high))


def _between(rise: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where `rise` crosses zero between `low` and `high`, by false position after Illinois.

    Where it has one sign throughout, the end that it points to.
    """
    at_low, at_high = rise(low), rise(high)
    ends = np.where(at_low <= 0, low, np.where(at_high >= 0, high, np.nan))
    before = np.zeros(low.shape)
    middle = low
    for _ in range(_SECANTS):
        span = np.where(at_low > at_high, at_low - at_high, 1.0)
        middle = low + (high - low) * np.clip(at_low / span, 0.0, 1.0)
        value = rise(middle)
        side = np.where(value > 0, 1.0, -1.0)
        # An end that stays twice is halved, or it would stay for ever.
        stays = np.where(side == before, 0.5, 1.0)
        low, high = np.where(side > 0, middle, low), np.where(side > 0, high, middle)
        at_low, at_high = (
            np.where(side > 0, value, at_low * stays),
            np.where(side > 0, at_high * stays, value),
        )
        before = side
    return np.where(np.isnan(ends), middle, ends)


def _slope(counts: Floats, mean: Floats, weights: Floats, k: Floats) -> Floats:
    """Return the derivative of each series' log-likelihood by its k."""
    own = digamma(counts + k) - digamma(k)
    spread = np.log1p(mean / k) - (mean - counts) / (k + mean)
    total: Floats = (weights * (own - spread)).sum(axis=1)
    return total


def moments_k(counts: Floats) -> float:
    """Return k by moments, m^2 / (s^2 - m), of one series; infinite where it is no wider than Poisson."""
    read = counts[np.isfinite(counts)]
    mean, variance = float(read.mean()), float(read.var(ddof=1))
    return mean**2 / (variance - mean) if variance > mean else float("inf")
