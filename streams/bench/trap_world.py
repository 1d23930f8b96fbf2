"""A made-up province of traps with a seed: five years of weekly catches, outbreaks planted in the last two.

Catches are negative binomial about level x season x year. The season is the flight of the pine sawyer, week
14 to 41; in winter nothing is read, and one visit in twenty is missing. An outbreak multiplies the mean of
the traps about its centre, rising over six weeks.
"""

from typing import NamedTuple

import numpy as np

from detectors.pests.arrays import Flags, Floats, Integers
from detectors.pests.zones import distances_km

WEEKS = 52
YEARS = 5
FIRST_WEEK, LAST_WEEK = 14, 41
K = 1.5
RISE = 6
LASTS = 12
MISSING = 0.05


class Size(NamedTuple):
    """How many traps an outbreak covers and how many times the mean it reaches."""

    name: str
    traps: int
    times: float


SIZES = (Size("small", 3, 3.0), Size("medium", 8, 4.0), Size("large", 20, 6.0))


class Outbreak(NamedTuple):
    """One planted outbreak: size, its traps and the week it begins."""

    size: Size
    traps: Integers
    week: int


class World(NamedTuple):
    """Positions, counts (traps, weeks) with NaN where unread, outbreaks, and which trap-weeks are in one."""

    longitude: Floats
    latitude: Floats
    counts: Floats
    outbreaks: tuple[Outbreak, ...]
    within: Flags


def make(seed: int, traps: int = 800, of_each: int = 10) -> World:
    """Return the world of a seed with `of_each` outbreaks of every size, none sharing a trap with another."""
    rng = np.random.default_rng(seed)
    longitude, latitude = _places(rng, traps)
    mean = _mean(rng, traps)
    outbreaks = _plant(rng, longitude, latitude, of_each)
    within = np.zeros(mean.shape, dtype=np.bool_)
    for one in outbreaks:
        for age in range(LASTS):
            week = one.week + age
            mean[one.traps, week] *= 1 + (one.size.times - 1) * min((age + 1) / RISE, 1.0)
            within[one.traps, week] = True
    counts = rng.poisson(mean * rng.gamma(K, 1 / K, mean.shape)).astype(np.float64)
    unread = (rng.uniform(size=counts.shape) < MISSING) | ~in_season(counts.shape[1])
    return World(longitude, latitude, np.where(unread, np.nan, counts), outbreaks, within)


def in_season(weeks: int) -> Flags:
    """Return which weeks traps hang."""
    week = np.arange(weeks) % WEEKS
    flags: Flags = (week >= FIRST_WEEK) & (week <= LAST_WEEK)
    return flags


def _places(rng: np.random.Generator, traps: int) -> tuple[Floats, Floats]:
    """Return traps in forty forests within a degree of each direction, a kilometre or two about each."""
    longitude, latitude = rng.uniform(107, 108, 40), rng.uniform(31, 32, 40)
    forest = rng.integers(0, 40, traps)
    return (
        longitude[forest] + rng.normal(0, 0.015, traps),
        latitude[forest] + rng.normal(0, 0.015, traps),
    )


def _mean(rng: np.random.Generator, traps: int) -> Floats:
    level = np.exp(rng.normal(np.log(4), 0.6, traps))
    year = np.exp(rng.normal(0, 0.2, YEARS))
    week = np.arange(YEARS * WEEKS)
    season = np.exp(-0.5 * ((week % WEEKS - 27) / 6.0) ** 2)
    result: Floats = np.outer(level, season * year[week // WEEKS]) + 0.02
    return result


def _plant(
    rng: np.random.Generator, longitude: Floats, latitude: Floats, of_each: int
) -> tuple[Outbreak, ...]:
    apart = distances_km(longitude, latitude)
    taken = np.zeros(len(longitude), dtype=np.bool_)
    planted: list[Outbreak] = []
    for size in sorted(SIZES, key=lambda one: -one.traps):
        for _ in range(of_each):
            # A free neighbourhood: the nearest of those not yet in another outbreak.
            centre = int(rng.choice(np.flatnonzero(~taken)))
            order = np.argsort(apart[centre])
            traps = order[~taken[order]][: size.traps]
            taken[traps] = True
            year = int(rng.integers(YEARS - 2, YEARS))
            week = year * WEEKS + int(rng.integers(FIRST_WEEK + 4, LAST_WEEK - LASTS - 2))
            planted.append(Outbreak(size, traps, week))
    return tuple(planted)
