"""How surprising a count is: tails, quantiles and mid-p values of the negative binomial and Poisson laws.

NB2: Var = mu + mu^2 / k (Hilbe, Negative Binomial Regression, 2011); k = infinity is Poisson. Trap catches
are aggregated: with mean 5 and k 1.5 a catch of 20 is met once in 72, where Poisson says once in 2.9 million.
"""

from statistics import NormalDist

import numpy as np

from detectors.pests.arrays import Floats
from detectors.pests.special import log_gamma, lower_beta, lower_gamma


def at_least(count: Floats, mean: Floats, k: Floats) -> Floats:
    """Return P(X >= count) of NB(mean, k), 1 where count <= 0; NaN where any of the three is unknown."""
    count, mean, k = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (count, mean, k)))
    result = np.where(np.isnan(count + mean + k), np.nan, np.where(count <= 0, 1.0, 0.0))
    todo = (count > 0) & (mean > 0)
    poisson, mixed = todo & np.isinf(k), todo & np.isfinite(k)
    if poisson.any():
        result[poisson] = lower_gamma(count[poisson], mean[poisson])
    if mixed.any():
        share = mean[mixed] / (mean[mixed] + k[mixed])
        result[mixed] = lower_beta(count[mixed], k[mixed], share)
    return result


def mid_p(count: Floats, mean: Floats, k: Floats) -> Floats:
    """Return P(X > count) + P(X = count) / 2, which is not conservative for small counts (Lancaster 1961)."""
    count = np.asarray(count, dtype=np.float64)
    return (at_least(count, mean, k) + at_least(count + 1, mean, k)) / 2


def upper_quantile(probability: float, mean: Floats, k: Floats) -> Floats:
    """Return the smallest count whose cumulative probability reaches `probability`; NaN without a law."""
    mean, k = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (mean, k)))
    known = ~np.isnan(mean + k)
    low, high = np.full(mean.shape, -1.0), np.ones(mean.shape)
    # A hair of tolerance, so that a quantile that is met exactly is not passed over by rounding.
    beyond = (1 - probability) * (1 + 1e-12)
    while np.any(short := known & (at_least(high + 1, mean, k) > beyond)):
        high = np.where(short, high * 2, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = at_least(middle + 1, mean, k) <= beyond
        high, low = np.where(enough & (high - low > 1), middle, high), np.where(enough, low, middle)
        low = np.where(known, np.minimum(low, high - 1), high - 1)
    return np.where(known, high, np.nan)


def log_mass(count: Floats, mean: Floats, k: Floats) -> Floats:
    """Return ln P(X = count) of NB(mean, k) for finite k; of Poisson where k is infinite."""
    count, mean, k = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (count, mean, k)))
    with np.errstate(divide="ignore", invalid="ignore"):
        rare = np.where(count > 0, count * np.log(mean), 0.0) - mean
        spread = log_gamma(count + k) - log_gamma(k) + k * np.log(k / (k + mean))
        spread = spread + np.where(count > 0, count * np.log(mean / (k + mean)), 0.0)
    result: Floats = np.where(np.isinf(k), rare, spread) - log_gamma(count + 1)
    return result


def normal_quantile(probability: float) -> float:
    """Return the quantile of the standard normal law."""
    return NormalDist().inv_cdf(probability)


def normal_tail(score: Floats) -> Floats:
    """Return the probability that a standard normal lies above each score."""
    half = lower_gamma(np.full(np.shape(score), 0.5), np.asarray(score, dtype=np.float64) ** 2 / 2) / 2
    result: Floats = np.where(score > 0, 0.5 - half, 0.5 + half)
    return result


def student_p(t: Floats, degrees: Floats) -> Floats:
    """Return the two-sided p-value of Student's t with that many degrees of freedom."""
    t, degrees = np.asarray(t, dtype=np.float64), np.asarray(degrees, dtype=np.float64)
    return lower_beta(degrees / 2, np.full_like(degrees, 0.5), degrees / (degrees + t * t))
