"""Gamma and beta functions that tails of counts need, vectorised: SciPy would be 40 MB for these few."""

import numpy as np

from detectors.pests.arrays import Flags, Floats

_LANCZOS = (
    0.99999999999980993,
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7,
)
"""Coefficients of Lanczos' approximation for g = 7, good to 1e-15 (P. Godfrey, 2001)."""

_TINY = 1e-300
_STEPS = 10_000


def log_gamma(x: Floats) -> Floats:
    """Return ln Γ(x) for x > 0, relative error about 1e-14."""
    z = np.asarray(x, dtype=np.float64) - 1.0
    total = np.full_like(z, _LANCZOS[0])
    for at, coefficient in enumerate(_LANCZOS[1:], 1):
        total = total + coefficient / (z + at)
    t = z + 7.5
    result: Floats = 0.5 * np.log(2 * np.pi) + (z + 0.5) * np.log(t) - t + np.log(total)
    return result


def digamma(x: Floats) -> Floats:
    """Return the derivative of ln Γ for x > 0, by its asymptotic series six steps up (DLMF 5.11.2)."""
    up = x + 6.0
    square = 1 / (up * up)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    result: Floats = np.log(up) - 0.5 / up - series
    for step in range(6):
        result = result - 1 / (x + step)
    return result


def lower_gamma(a: Floats, x: Floats) -> Floats:
    """Return the regularised lower incomplete gamma P(a, x) for a > 0, x >= 0, by its series."""
    a, x = (np.array(part, dtype=np.float64) for part in np.broadcast_arrays(a, x))
    with np.errstate(divide="ignore"):
        first = np.exp(a * np.log(x) - x - log_gamma(a + 1))
    total, term = np.ones_like(x), np.ones_like(x)
    for step in range(1, _STEPS):
        term = term * x / (a + step)
        total = total + term
        if np.all((term < total * 1e-17) | ~np.isfinite(term)):
            break
    return np.minimum(first * total, 1.0)


def lower_beta(a: Floats, b: Floats, x: Floats) -> Floats:
    """Return the regularised incomplete beta I_x(a, b) for a, b > 0 and x in 0 to 1.

    Lentz's continued fraction, on the side where it converges quickly (DLMF 8.17.22).
    """
    a, b, x = (np.array(part, dtype=np.float64) for part in np.broadcast_arrays(a, b, x))
    turned = x > (a + 1) / (a + b + 2)
    p, q, z = np.where(turned, b, a), np.where(turned, a, b), np.where(turned, 1 - x, x)
    with np.errstate(divide="ignore"):
        front = p * np.log(z) + q * np.log1p(-z) + log_gamma(p + q) - log_gamma(p) - log_gamma(q)
    value = np.exp(front) / p * _fraction(p, q, z)
    result: Floats = np.clip(np.where(turned, 1 - value, value), 0.0, 1.0)
    return result


def _fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    c = np.ones_like(x)
    d = 1 / _away(1 - (a + b) * x / (a + 1))
    h = d.copy()
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d = 1 / _away(1 + part * d)
            c = _away(1 + part / c)
            h = h * d * c
        settled: Flags = np.abs(d * c - 1) < 1e-15
        if np.all(settled | ~np.isfinite(h)):
            break
    return h


def _away(x: Floats) -> Floats:
    return np.where(np.abs(x) < _TINY, _TINY, x)
