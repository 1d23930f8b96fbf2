"""Log-linear models of many series at once, by iteratively reweighted least squares (McCullagh, Nelder 1989).

Every series has its own response and weights over one shared or own design; weight 0 leaves an interval out,
which is what an unread trap is. Quasi-Poisson for Farrington's limits, NB2 with given k for the expectation.
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


def fit(
    design: Floats, counts: Floats, weights: Floats, *, offset: Floats | None = None, k: Floats | None = None
) -> Fit:
    """Return the fits of counts (series, n) on a design (series, n, terms) or (n, terms).

    `weights` 0 leaves an interval out; `offset` is added to the log mean; with `k` (series,) the variance is
    mean + mean^2 / k instead of dispersion times mean.
    """
    design = np.broadcast_to(design, (counts.shape[0], *design.shape[-2:]))
    shift = np.zeros(counts.shape) if offset is None else np.where(weights > 0, offset, 0.0)
    counts = np.where(weights > 0, counts, 0.0)
    scale = np.full(counts.shape[0], np.inf) if k is None else k
    beta, normal, work = _iterate(design, counts, weights, shift, scale)
    covariance: Floats = np.linalg.inv(normal).astype(np.float64)
    mean = np.exp(np.clip(np.einsum("snp,sp->sn", design, beta) + shift, -_MOST_LOG, _MOST_LOG))
    hat = work * np.einsum("snp,spq,snq->sn", design, covariance, design)
    degrees = np.maximum((weights > 0).sum(axis=1) - _terms(design, weights), 1.0)
    variance = mean + mean**2 / scale[:, None]
    dispersion = (weights * (counts - mean) ** 2 / variance).sum(axis=1) / degrees
    return Fit(mean, hat, beta, covariance, dispersion, degrees)


def _iterate(
    design: Floats, counts: Floats, weights: Floats, shift: Floats, k: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, normal matrices and working weights; a series that has settled no longer moves."""
    series, _, terms = design.shape
    ridge = _RIDGE * np.eye(terms)
    beta, normal = np.zeros((series, terms)), np.broadcast_to(ridge, (series, terms, terms)).copy()
    work = np.zeros(counts.shape)
    mean = counts + 0.1
    before = np.full(series, np.inf)
    moving: Flags = np.ones(series, dtype=np.bool_)
    for _ in range(_STEPS):
        x, m = design[moving], mean[moving]
        w = weights[moving] * m / (1 + m / k[moving, None])
        z = np.log(m) - shift[moving] + (counts[moving] - m) / m
        xw = x * w[..., None]
        normal[moving] = np.einsum("snp,snq->spq", xw, x) + ridge
        right = np.einsum("snp,sn->sp", xw, z)
        beta[moving] = np.linalg.solve(normal[moving], right[..., None])[..., 0]
        work[moving] = w
        log_mean = np.einsum("snp,sp->sn", x, beta[moving]) + shift[moving]
        mean[moving] = np.exp(np.clip(log_mean, -_MOST_LOG, _MOST_LOG))
        deviance = _deviance(counts[moving], mean[moving], weights[moving], k[moving])
        still = np.abs(deviance - before[moving]) / (np.abs(deviance) + 0.1) >= _EPSILON
        before[moving] = deviance
        moving[moving] = still
        if not moving.any():
            break
    return beta, normal, work


def _deviance(counts: Floats, mean: Floats, weights: Floats, k: Floats) -> Floats:
    """Return the deviance of each series, Poisson where k is infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(counts > 0, counts * np.log(counts / mean), 0.0)
        size = np.where(np.isinf(k), 1.0, k)[:, None]
        spread = (counts + size) * np.log((counts + size) / (mean + size))
    rest = np.where(np.isinf(k)[:, None], counts - mean, spread)
    total: Floats = 2 * (weights * (own - rest)).sum(axis=1)
    return total


def _terms(design: Floats, weights: Floats) -> Floats:
    """Return how many terms each series has data for."""
    used: Floats = np.any((design != 0) & (weights > 0)[..., None], axis=1).sum(axis=1).astype(np.float64)
    return used


def predict(fitted: Fit, row: Floats, offset: Floats | float = 0.0) -> tuple[Floats, Floats]:
    """Return the log mean at one design row and its standard error without dispersion, (series,) each."""
    row = np.broadcast_to(row, fitted.coefficients.shape)
    log_mean = np.einsum("sp,sp->s", row, fitted.coefficients) + offset
    error = np.sqrt(np.maximum(np.einsum("sp,spq,sq->s", row, fitted.covariance, row), 0.0))
    return log_mean, error
