"""Random numbers from a seed: normal quantiles, lognormal and triangular factors, beta shares."""

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

A = (-39.69683028665376, 220.9460984245205, -275.9285104469687,
     138.3577518672690, -30.66479806614716, 2.506628277459239)  # fmt: skip
B = (-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1.0)
C = (-0.007784894002430293, -0.3223964580411365, -2.400758277161838,
     -2.549732539343734, 4.374664141464968, 2.938163982698783)  # fmt: skip
D = (0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1.0)
"""Coefficients of Acklam's rational approximation of the normal quantile (relative error 1.2e-9)."""

TAIL = 0.02425


def normal_of(uniform: npt.ArrayLike) -> Floats:
    """Return the standard normal quantile of each probability strictly between 0 and 1 (Acklam)."""
    share = np.clip(np.asarray(uniform, float), 1e-12, 1 - 1e-12)
    middle = share - 0.5
    square = middle**2
    centre = np.polyval(A, square) * middle / np.polyval(B, square)
    tail = np.sqrt(-2.0 * np.log(np.minimum(share, 1.0 - share)))
    outer = np.polyval(C, tail) / np.polyval(D, tail)
    found: Floats = np.where(
        np.minimum(share, 1.0 - share) < TAIL, np.where(share < 0.5, outer, -outer), centre
    )
    return found


def lognormal(dice: np.random.Generator, cv: float, count: int) -> Floats:
    """Return factors of mean 1 and this coefficient of variation: sigma2 = ln(1 + cv2), mu = -sigma2 / 2."""
    sigma2 = math.log1p(cv**2)
    found: Floats = np.exp(dice.standard_normal(count) * math.sqrt(sigma2) - sigma2 / 2)
    return found


def beta_shape(mean: float, sd: float) -> tuple[float, float]:
    """Return the two shapes of a beta distribution of this mean and standard deviation.

    Raises ValueError when no beta distribution has them.
    """
    room = mean * (1.0 - mean) / sd**2 - 1.0
    if not room > 0:
        raise ValueError(f"no beta distribution has mean {mean} and standard deviation {sd}")
    return mean * room, (1.0 - mean) * room
