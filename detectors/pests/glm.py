"""Log-linear models of many series at once, by iteratively reweighted least squares (McCullagh, Nelder 1989).

Every series has its own response and weights over one design; weight 0 leaves an interval out, which is what
an unread trap is. Quasi-Poisson for Farrington's limits, NB2 with given k for the expectation. One design for
all makes every step one product of matrices.
"""

from typing import NamedTuple

import numpy as np

from detectors.pests.arrays import Flags, Floats

_STEPS = 40
_EPSILON = 1e-8
_RIDGE = 1e-10
"""Keeps a column without any data solvable; too small to be seen in a coefficient that has some."""
_MOST_LOG = 30.0


class Fit(NamedTuple):
    """Fitted models, one for each series.

    Means and hat values (series, intervals), coefficients (series, terms) and their covariance without
    dispersion (series, terms, terms), dispersion and degrees of freedom (series,).
    """

    mean: Floats
    hat: Floats
    coefficients: Floats
    covariance: Floats
    dispersion: Floats
    degrees: Floats


class _Series(NamedTuple):
    """What is fitted: counts, weights, offsets (series, intervals) and k (series,)."""

    counts: Floats
    weights: Floats
    shift: Floats
    k: Floats

    def of(self, which: Flags) -> "_Series":
        """Return the series that are flagged."""
        return _Series(*(part[which] for part in self))


def fit(
    design: Floats, counts: Floats, weights: Floats, *, offset: Floats | None = None, k: Floats | None = None
) -> Fit:
    """Return the fits of counts (series, intervals) on a design (intervals, terms).

    `weights` 0 leaves an interval out; `offset` is added to the log mean; with `k` (series,) the variance is
    mean + mean^2 / k instead of dispersion times mean.
    """
    read = weights > 0
    given = _Series(
        np.where(read, counts, 0.0),
        weights,
        np.zeros(counts.shape) if offset is None else np.where(read, offset, 0.0),
        np.full(counts.shape[0], np.inf) if k is None else k,
    )
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    beta, normal, work = _iterate(design, products, given)
    covariance: Floats = np.linalg.inv(normal).astype(np.float64)
    mean = _mean(design, beta, given.shift)
    hat = work * (covariance.reshape(len(counts), -1) @ products.T)
    terms = (read.astype(np.float64) @ (design != 0).astype(np.float64) > 0).sum(axis=1)
    degrees = np.maximum(read.sum(axis=1) - terms, 1.0)
    variance = mean + mean**2 / given.k[:, None]
    dispersion = (weights * (given.counts - mean) ** 2 / variance).sum(axis=1) / degrees
    return Fit(mean, hat, beta, covariance, dispersion, degrees)


def _mean(design: Floats, beta: Floats, shift: Floats) -> Floats:
    result: Floats = np.exp(np.clip(beta @ design.T + shift, -_MOST_LOG, _MOST_LOG))
    return result


def _iterate(design: Floats, products: Floats, given: _Series) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, normal matrices and working weights; a series that has settled no longer moves."""
    series, terms = len(given.counts), design.shape[1]
    ridge = _RIDGE * np.eye(terms)
    beta, normal = np.zeros((series, terms)), np.broadcast_to(ridge, (series, terms, terms)).copy()
    work = np.zeros(given.counts.shape)
    mean = given.counts + 0.1
    before = np.full(series, np.inf)
    moving: Flags = np.ones(series, dtype=np.bool_)
    for _ in range(_STEPS):
        part, m = given.of(moving), mean[moving]
        w = part.weights * m / (1 + m / part.k[:, None])
        z = np.log(m) - part.shift + (part.counts - m) / m
        normal[moving] = (w @ products).reshape(-1, terms, terms) + ridge
        right = (w * z) @ design
        beta[moving] = np.linalg.solve(normal[moving], right[..., None])[..., 0]
        work[moving] = w
        mean[moving] = m = _mean(design, beta[moving], part.shift)
        deviance = _deviance(part, m)
        still = np.abs(deviance - before[moving]) / (np.abs(deviance) + 0.1) >= _EPSILON
        before[moving] = deviance
        moving[moving] = still
        if not moving.any():
            break
    return beta, normal, work


def _deviance(given: _Series, mean: Floats) -> Floats:
    """Return the deviance of each series, Poisson where k is infinite."""
    counts, k = given.counts, given.k[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(counts > 0, counts * np.log(counts / mean), 0.0)
        size = np.where(np.isinf(k), 1.0, k)
        rest = np.where(np.isinf(k), counts - mean, (counts + size) * np.log((counts + size) / (mean + size)))
    total: Floats = 2 * (given.weights * (own - rest)).sum(axis=1)
    return total


def predict(fitted: Fit, row: Floats, offset: Floats | float = 0.0) -> tuple[Floats, Floats]:
    """Return the log mean at one design row and its standard error without dispersion, (series,) each."""
    row = np.broadcast_to(row, fitted.coefficients.shape)
    log_mean = np.einsum("sp,sp->s", row, fitted.coefficients) + offset
    error = np.sqrt(np.maximum(np.einsum("sp,spq,sq->s", row, fitted.covariance, row), 0.0))
    return log_mean, error
