"""Long histories: what the same weeks of past years lead us to expect, and the limit above it.

Farrington et al. 1996 (same weeks only) and the improved form of Noufaily et al. 2013 (ten seasonal levels,
the last half year left out, old outbreaks weighed down only when they are large, negative binomial limit).
"""

from typing import Annotated, Literal, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.pests import expectation
from detectors.pests.arrays import Flags, Floats, Integers, rows_of
from detectors.pests.glm import Fit, fit, predict
from detectors.pests.tails import normal_quantile, student_p, upper_quantile
from detectors.pests.windows import seasons


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The improved form as Noufaily et al. propose it; `CLASSIC` is the old one."""

    alpha: Annotated[float, Meta(gt=0, lt=0.5, description="Chance of an excess in a quiet week.")] = 0.01
    half_width: Annotated[int, Meta(ge=0, description="Intervals on each side of the same week.")] = 3
    levels: Annotated[int, Meta(ge=1, description="Levels of the seasonal factor.")] = 10
    left_out: Annotated[int, Meta(ge=0, description="Newest intervals not learned from.")] = 26
    weigh_down_above: Annotated[float, Meta(gt=0, description="Anscombe residual of old outbreaks.")] = 2.58
    trend_p: Annotated[float, Meta(gt=0, le=1, description="p of the trend to keep it; 1 keeps it.")] = 1.0
    limit: Annotated[
        Literal["two_thirds", "two_thirds_one_sided", "nb_plugin", "nb_quantile"],
        Meta(description="`nb_quantile` takes the mean itself at its own 1 - alpha quantile."),
    ] = "nb_plugin"
    error_by: Annotated[
        Literal["pearson", "relative"],
        Meta(
            description="Scale of the error of the mean: Pearson's dispersion, as published, or the mean "
            "squared relative residual, as R surveillance 1.20.3 has it."
        ),
    ] = "pearson"
    few_counts: Annotated[int, Meta(ge=0, description="Fewer in `few_intervals`: no limit.")] = 5
    few_intervals: Annotated[int, Meta(ge=1, description="Newest intervals summed for that.")] = 4


CLASSIC = Options(levels=1, left_out=3, weigh_down_above=1.0, trend_p=0.05, limit="two_thirds")
"""Farrington et al. 1996."""

LEAST_YEARS_OF_TREND = 3


class Expected(NamedTuple):
    """For each series: expected count, dispersion, upper limit, score (y - mu) / (U - mu), trend kept or not.

    Limit and expectation are NaN where too few counts stand in the last intervals. `error` is the standard
    error of the logarithm of the mean, dispersion included.
    """

    mean: Floats
    dispersion: Floats
    upper: Floats
    score: Floats
    has_trend: Flags
    error: Floats
    k_together: float
    """Most likely k of all series about what was fitted."""


def judge(counts: Floats, references: Integers, options: Options) -> Expected:
    """Return what to expect of the interval at `references[0]` from the same weeks before.

    `counts` has shape (series, intervals); NaN is unread and left out, never zero. `references` as
    `detectors.pests.windows.past_weeks` gives them, newest first.
    """
    counts = rows_of(counts)
    now = int(references[0])
    design, used, row = _design(counts.shape[1], references, options)
    past = counts[:, used]
    weights = np.isfinite(past).astype(np.float64)
    # At least one more interval read than there are terms, else nothing is left to measure the spread with.
    enough = weights.sum(axis=1) > design.shape[1]
    earned = len(references) > LEAST_YEARS_OF_TREND
    chosen, has_trend = _with_or_without_trend(_Past(design, past, weights, row), options, earned=earned)
    log_mean, error = predict(chosen.fit, row * np.where(has_trend[:, None], 1.0, _without(row)))
    dispersion = np.maximum(chosen.fit.dispersion, 1.0)
    mean = np.where(enough, np.exp(log_mean), np.nan)
    error = error * np.sqrt(np.maximum(chosen.scale, 1.0) if options.error_by == "pearson" else chosen.scale)
    upper = limit_of(mean, error, dispersion, options)
    few = np.nansum(counts[:, max(now - options.few_intervals + 1, 0) : now + 1], axis=1) < options.few_counts
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (counts[:, now] - mean) / (upper - mean)
    mean, upper = np.where(few, np.nan, mean), np.where(few, np.nan, upper)
    k = expectation.together(past, chosen.fit.mean, weights, expectation.Options())
    return Expected(mean, dispersion, upper, score, has_trend, error, k)


def _design(length: int, references: Integers, options: Options) -> tuple[Floats, Integers, Floats]:
    """Return design of the used intervals, which they are, and the row of now: level, trend, seasons."""
    now = int(references[0])
    season = seasons(length, references, options.half_width, options.levels)
    season[max(now - options.left_out, 0) :] = -1
    used: Integers = np.flatnonzero(season >= 0)
    time = (used - now) / max(now - int(used[0]), 1)
    present = [level for level in range(options.levels - 1) if np.any(season[used] == level)]
    dummies = [season[used] == level for level in present]
    design = np.column_stack([np.ones(len(used)), time, *dummies]).astype(np.float64)
    row = np.zeros(design.shape[1])
    row[0] = 1.0
    return design, used, row


def _without(row: Floats) -> Floats:
    mask = np.ones_like(row)
    mask[1] = 0.0
    return mask


class _Past(NamedTuple):
    """What is learned from: design and counts with weights, and the design row of now."""

    design: Floats
    counts: Floats
    weights: Floats
    row: Floats


class _Learned(NamedTuple):
    """A fit, and what the squares of its errors are multiplied by, (series,)."""

    fit: Fit
    scale: Floats


def _with_or_without_trend(given: _Past, options: Options, *, earned: bool) -> tuple[_Learned, Flags]:
    """Return the fit with trend where it is significant and stays within the past, and which it was."""
    design, past, weights, row = given
    trended = _reweighted(design, past, weights, options)
    error = np.sqrt(trended.fit.covariance[:, 1, 1] * np.maximum(trended.scale, 1e-12))
    t = trended.fit.coefficients[:, 1] / error
    significant = (student_p(t, trended.fit.degrees) < options.trend_p) | (options.trend_p >= 1)
    within = np.exp(predict(trended.fit, row)[0]) <= np.nanmax(np.where(weights > 0, past, 0.0), axis=1)
    keep: Flags = significant & within & earned
    if keep.all():
        return trended, keep
    level = _reweighted(design * _without(row), past, weights, options)
    pairs = zip((*trended.fit, trended.scale), (*level.fit, level.scale), strict=True)
    *parts, scale = (np.where(keep.reshape(-1, *(1,) * (a.ndim - 1)), a, b) for a, b in pairs)
    return _Learned(Fit(*parts), scale), keep


def _reweighted(design: Floats, past: Floats, weights: Floats, options: Options) -> _Learned:
    """Return the fit after old outbreaks, told by their Anscombe residuals, were weighed down."""
    first = fit(design, past, weights)
    dispersion = np.maximum(first.dispersion, 1.0)[:, None]
    seen = weights > 0
    y, mean = np.where(seen, past, 0.0), first.mean
    residual = 1.5 * (y ** (2 / 3) * mean ** (-1 / 6) - np.sqrt(mean))
    residual = residual / np.sqrt(dispersion * np.maximum(1 - first.hat, 1e-12))
    large = residual > options.weigh_down_above
    relative = np.where(seen, np.where(large, 1 / np.where(large, residual, 1.0) ** 2, 1.0), 0.0)
    number, total = seen.sum(axis=1, keepdims=True), relative.sum(axis=1, keepdims=True)
    weighed = relative * number / np.maximum(total, 1e-12)
    found = fit(design, past, weighed)
    if options.error_by == "pearson":
        return _Learned(found, found.dispersion)
    squares = weighed * ((y - found.mean) / found.mean) ** 2
    return _Learned(found, squares.sum(axis=1) / found.degrees)


def limit_of(mean: Floats, error: Floats, dispersion: Floats, options: Options) -> Floats:
    """Return the count that quiet weeks pass with probability alpha; `error` is of the log mean."""
    with np.errstate(invalid="ignore"):
        k = np.where(dispersion > 1, mean / np.maximum(dispersion - 1, 1e-12), np.inf)
    if options.limit == "nb_plugin":
        return upper_quantile(1 - options.alpha, mean, k)
    z = normal_quantile(1 - options.alpha / (2 if options.limit == "two_thirds" else 1))
    if options.limit == "nb_quantile":
        raised = np.exp(z * error)
        return upper_quantile(1 - options.alpha, mean * raised, k * raised)
    spread = np.sqrt(4 / 9 * mean ** (1 / 3) * (dispersion + mean * error**2))
    return (mean ** (2 / 3) + z * spread) ** 1.5
