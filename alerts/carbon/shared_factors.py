"""Factors that all stands of an alert share, drawn once for all, so that their error does not average out."""

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.carbon.draws import beta_shape

Floats = npt.NDArray[np.float64]

MOST_FACTORS = 32
NAMED = (
    "scenario", "method", "area", "own", "litter", "root", "combustion",
    "co2", "ch4", "n2o", "co", "nox", "depth", "mortality",
)  # fmt: skip
"""Factors beside the one of each group: uniform for scenario, method, combustion, depth and mortality."""

UNIFORM = {"scenario", "method", "combustion", "depth", "mortality"}
MOST_GROUPS = MOST_FACTORS - len(NAMED) - 2
"""Groups of stands with parameters of their own; the smallest beyond share one."""

SOIL = "soil"
"""The factor of soil carbon has dice of its own, so that it moves no other."""

QUARTER_STEPS = 4096


@dataclass(frozen=True)
class Factors:
    """One row a factor, one column a draw."""

    named: dict[str, Floats]
    groups: Floats
    """Standard normal, one row a group."""

    @property
    def count(self) -> int:
        """How many factors were drawn."""
        return len(self.named) + len(self.groups)

    def lognormal(self, name: str, cv: npt.ArrayLike) -> Floats:
        """Return factors of mean 1 and this coefficient of variation from a named standard normal."""
        return mean_one(self.named[name], cv)

    def group(self, cv: Floats) -> Floats:
        """Return factors of mean 1, one row a group, with each group's coefficient of variation."""
        return mean_one(self.groups[: len(cv)], cv[:, None])


def mean_one(normal: Floats, cv: npt.ArrayLike) -> Floats:
    """Return lognormal factors of mean 1: sigma2 = ln(1 + cv2), mu = -sigma2 / 2."""
    sigma2 = np.log1p(np.square(np.asarray(cv, float)))
    found: Floats = np.exp(normal * np.sqrt(sigma2) - sigma2 / 2)
    return found


def draw(seed: int, groups: int, draws: int) -> Factors:
    """Return the factors of so many draws; the same seed gives the same.

    Raises ValueError when there are more groups than factors may be drawn for.
    """
    if not 0 <= groups <= MOST_GROUPS:
        raise ValueError(f"{groups} groups: at most {MOST_GROUPS} have a factor of their own")
    dice = np.random.default_rng(seed)
    # named ones first: another number of groups leaves them as they were
    named = {name: _named(dice, name, draws) for name in NAMED}
    named[SOIL] = np.random.default_rng([seed, 2]).standard_normal(draws)
    return Factors(named, dice.standard_normal((groups, draws)))


def _named(dice: np.random.Generator, name: str, draws: int) -> Floats:
    """Return one factor; a uniform one falls once in each of its equal shares, which steadies the tails."""
    if name in UNIFORM:
        return (dice.permutation(draws) + dice.random(draws)) / draws
    return dice.standard_normal(draws)


def triangular(uniform: Floats, low: float, mid: float, high: float) -> Floats:
    """Return the triangular quantile of each probability; a spread of nothing gives `mid`."""
    if high <= low:
        return np.full_like(uniform, mid)
    peak = (mid - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mid - low))
    falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mid))
    return np.where(uniform < peak, rising, falling)


def beta(uniform: Floats, mean: float, sd: float) -> Floats:
    """Return the quantile of each probability of the beta distribution of this mean and deviation."""
    quantiles = _beta_table(mean, sd)
    place = uniform * (len(quantiles) - 1)
    below = place.astype(np.int64)
    found: Floats = quantiles[below] + (place - below) * (quantiles[below + 1] - quantiles[below])
    return found


@functools.lru_cache(maxsize=64)
def _beta_table(mean: float, sd: float) -> Floats:
    """Return quantiles at equal steps of probability, summed over equal steps of t, where share = sin2(t).

    In t the density stays finite or nearly so at both ends, also for shapes below 1.
    """
    a, b = beta_shape(mean, sd)
    edges = np.linspace(0.0, math.pi / 2, QUARTER_STEPS + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    density = np.exp((2 * a - 1) * np.log(np.sin(middle)) + (2 * b - 1) * np.log(np.cos(middle)))
    step = edges[1]
    mass = density * step
    # where a shape is below 1/2 the density runs to infinity: the outermost cells are integrated by hand
    mass[0], mass[-1] = step ** (2 * a) / (2 * a), step ** (2 * b) / (2 * b)
    cumulated = np.concatenate([[0.0], np.cumsum(mass)])
    steps = np.linspace(0.0, 1.0, 2 * QUARTER_STEPS + 1)
    # the outermost quantiles are those of a tenth of a step: the ends of the range would be outliers
    steps[[0, -1]] = 0.1 * steps[1], 1.0 - 0.1 * steps[1]
    found: Floats = np.interp(steps, cumulated / cumulated[-1], np.sin(edges) ** 2)
    return found
