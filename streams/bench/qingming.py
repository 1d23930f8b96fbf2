"""A Qingming day four times over, live: farm fires after noon, a few pixels each, all of one country.

The heaviest such day on record has 914 fire points (China's meteorological satellites, 4 April 2012); four
times that is what a province is to be ready for.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from schemas.observation import Delivery, Hotspot
from streams.recorded import deliveries
from streams.tuning.viirs import viirs

POINTS = 914
TIMES = 4
DAY = datetime(2024, 4, 4, tzinfo=UTC)
BOX = (98.0, 22.0, 118.0, 34.0)
"""West, south, east, north of where most of them burn."""
PASSES = (("NPP", 5.5, 0.35), ("N20", 6.4, 0.45), ("NPP", 18.0, 0.08), ("N20", 18.9, 0.12))
"""Satellite, hours after midnight UTC, share of all pixels."""
LAG = timedelta(minutes=170)


def day(count: int = POINTS * TIMES, seed: int = 1) -> list[Delivery]:
    """Return the day as it arrives: `count` pixels in fires of one to three."""
    rng = np.random.default_rng((seed, 44))
    found: list[Hotspot] = []
    shares = np.array([share for _, _, share in PASSES])
    while len(found) < count:
        at = rng.uniform(BOX[:2], BOX[2:])
        satellite, hours, _ = PASSES[rng.choice(len(PASSES), p=shares)]
        seen_at = DAY + timedelta(hours=hours, minutes=int((at[1] - BOX[1]) // 3))
        pixels = min(1 + int(rng.binomial(2, 0.3)), count - len(found))
        found += [
            viirs(
                satellite,
                seen_at,
                (at[0] + 0.004 * k, at[1]),
                round(float(rng.lognormal(0.7, 0.8)), 1),
                LAG,
                confidence="nominal",
                version="2.0NRT",
                is_day=None,
            )
            for k in range(pixels)
        ]
    return deliveries(found)
