"""One great fire of sixty days, made from a seed: the same pixels on every machine.

What is made follows California's large fires of 2020: a ragged front that two satellites see by day and by
night, about 170 pixels a pass, 40,000 in all (NASA's tracker FEDS counts 39,839 pixels of one such fire).
"""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from streams.bench.world import HEADER, KM_PER_DEG, SATELLITES

PIXELS = 40_000
DAYS = 60
PASSES_A_DAY = 4
IGNITED_AT = datetime(2024, 3, 1, tzinfo=UTC)
PLACE = (102.0, 28.0)
"""Longitude and latitude of the ignition."""
FRONT_KM = 25.0
"""How far the front has come after sixty days."""
RAGGED = 0.35
"""Share by which the front is ahead or behind in one direction."""

Floats = NDArray[np.float64]


def fire_csv(count: int = PIXELS, seed: int = 1) -> bytes:
    """Return the first `count` pixels of the fire (40,000 at most) as FIRMS writes them, in order of time.

    A smaller count is the same fire cut off earlier, so what a pixel costs can be told as the fire grows.
    """
    rng = np.random.default_rng((seed, 3))
    waves = rng.normal(0.0, 1.0, (2, 6)) / np.arange(1, 7)
    passes = DAYS * PASSES_A_DAY
    size = rng.poisson(PIXELS / passes, passes)
    size[-1] += max(0, PIXELS - int(size.sum()))
    lines = [HEADER]
    for number in range(passes):
        if len(lines) > count:
            break
        lines += _seen(number, int(size[number]), waves, rng)
    return ("\n".join(lines[: count + 1]) + "\n").encode()


def _seen(number: int, pixels: int, waves: Floats, rng: np.random.Generator) -> list[str]:
    """Return what one pass sees: pixels along the front, some of them behind it, still burning."""
    day, part = divmod(number, PASSES_A_DAY)
    is_night = part < len(SATELLITES)
    name, behind_h = SATELLITES[part % len(SATELLITES)]
    at = IGNITED_AT + timedelta(days=day, hours=(19.0 if is_night else 7.0) + behind_h)
    bearing = rng.uniform(0.0, 2.0 * np.pi, pixels)
    reach = FRONT_KM * np.sqrt((number + 1) / (DAYS * PASSES_A_DAY)) * _ragged(bearing, waves)
    away = np.maximum(0.0, reach - rng.exponential(0.8, pixels))
    slant = float(rng.uniform(0.0, 1.0)) ** 2
    scan, track = 0.38 + 0.42 * slant, 0.37 + 0.40 * slant
    lat = PLACE[1] + away * np.cos(bearing) / KM_PER_DEG
    lon = PLACE[0] + away * np.sin(bearing) / KM_PER_DEG / np.cos(np.radians(PLACE[1]))
    frp = np.exp(1.6 + 1.1 * rng.standard_normal(pixels))
    return [
        f"{lat[i]:.5f},{lon[i]:.5f},{300 + 12 * np.log1p(frp[i]):.2f},{scan:.2f},{track:.2f},"
        f"{at:%Y-%m-%d},{at:%H%M},{name},VIIRS,nominal,2.0NRT,290.10,{frp[i]:.2f},{'N' if is_night else 'D'}"
        for i in range(pixels)
    ]


def _ragged(bearing: Floats, waves: Floats) -> Floats:
    """Return how far the front is in these directions, as a share of its mean distance."""
    turns = np.arange(1, waves.shape[1] + 1)[:, None] * bearing
    shift = waves[0] @ np.cos(turns) + waves[1] @ np.sin(turns)
    return np.asarray(1.0 + RAGGED * np.tanh(shift))
