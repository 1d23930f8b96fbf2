"""Small steady rises, added up until they count: the one-sided CUSUM of transformed counts.

S_t = max(0, S_(t-1) + x_t - k), signal when S_t >= h (Page 1954). Transforms after Rossi, Lampugnani and
Marchi, Statist. Med. 18 (1999) 2111; k 1.04 and h 2.26 are theirs.
"""

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Floats, rows_of
from detectors.pests.tails import normal_quantile

Transform = Literal["standard", "rossi", "anscombe", "negative_binomial"]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reference value, decision limit, transform and dispersion."""

    k: Annotated[float, Meta(gt=0, description="Reference value: what is let pass each interval.")] = 1.04
    h: Annotated[float, Meta(gt=0, description="Decision limit.")] = 2.26
    transform: Transform = "rossi"
    dispersion: Annotated[float, Meta(ge=0, description="1/k of NB2, for `negative_binomial`.")] = 0.1


def standardised(counts: Floats, mean: Floats, options: Options) -> Floats:
    """Return the counts less what is expected, on a scale where the spread is about one."""
    root: Floats = np.sqrt(mean)
    match options.transform:
        case "standard":
            return (counts - mean) / root
        case "rossi":
            return (counts - 3 * mean + 2 * np.sqrt(counts) * root) / (2 * root)
        case "anscombe":
            power: Floats = counts ** (2 / 3) - mean ** (2 / 3)
            return 1.5 * power / mean ** (1 / 6)
        case "negative_binomial":
            spread: Floats = np.sqrt(mean + options.dispersion * mean**2)
            return (counts - mean) / spread


def sums(counts: Floats, mean: Floats, options: Options, start: Floats | float = 0.0) -> Floats:
    """Return S of every interval, shape (series, intervals); an unread one (NaN) leaves S as it was.

    `start` is S before the first; give 0 again once an excess was told, or S stays high long after.
    """
    counts = rows_of(counts)
    return added(standardised(counts, np.broadcast_to(mean, counts.shape), options), options.k, start)


def added(scores: Floats, k: float, start: Floats | float = 0.0) -> Floats:
    """Return S of every interval from scores (series, intervals) that are about standard normal."""
    step = scores - k
    total = np.broadcast_to(np.asarray(start, dtype=np.float64), scores.shape[:1]).copy()
    result = np.empty_like(scores)
    for at in range(scores.shape[1]):
        total = np.where(np.isnan(step[:, at]), total, np.maximum(0.0, total + step[:, at]))
        result[:, at] = total
    return result


def limit(mean: Floats, before: Floats, options: Options) -> Floats:
    """Return the count from which Rossi's CUSUM signals, given S before; shape as `mean`."""
    room = options.h + options.k - before
    # y + 2 sqrt(m) sqrt(y) - 3 m = 2 sqrt(m) room is a square in sqrt(y).
    root = -np.sqrt(mean) + np.sqrt(4 * mean + 2 * np.sqrt(mean) * room)
    result: Floats = np.maximum(root, 0.0) ** 2
    return result


SMALLEST = 1e-9
"""No p is taken for smaller, or for nearer to one: its score stays within six standard deviations."""


def normal_scores(p: Floats) -> Floats:
    """Return the standard normal score of each p-value, high where p is small; NaN stays NaN.

    Counts of any mean and dispersion come onto one scale, so one k serves all traps.
    """
    clipped = np.clip(p, SMALLEST, 1 - SMALLEST)
    known = np.isfinite(clipped)
    result = np.full(clipped.shape, np.nan)
    result[known] = [-normal_quantile(float(one)) for one in clipped[known]]
    return result


def at_most_p(total: Floats, k: float) -> Floats:
    """Return what the probability of an S as high is at most: exp(-2 k S), Lundberg's bound.

    Of independent standard normal scores: S is the highest point of a walk that falls by k each interval
    (Asmussen and Albrecher, Ruin Probabilities, 2010, chapter III).
    """
    result: Floats = np.exp(-2 * k * total)
    return result
