"""The three indices of the Canadian Fire Weather Index System: spread, fuel, intensity.

Arrays in, arrays out; NaN in, NaN out. Reference: Van Wagner 1987, equations 24 to 31.
"""

import numpy as np
from numpy.typing import ArrayLike

from detectors.fire_weather.moisture import SCALE, Floats


def initial_spread(ffmc: ArrayLike, wind_kmh: ArrayLike, scale: float = SCALE) -> Floats:
    """Return the initial spread index (ISI) of fine fuel moisture and wind at 10 m, km/h."""
    f, w = np.asarray(ffmc, dtype=np.float64), np.asarray(wind_kmh, dtype=np.float64)
    m = scale * (101 - f) / (59.5 + f)
    return np.asarray(0.208 * np.exp(0.05039 * w) * 91.9 * np.exp(-0.1386 * m) * (1 + m**5.31 / 4.93e7))


def buildup(dmc: ArrayLike, dc: ArrayLike) -> Floats:
    """Return the buildup index (BUI): fuel there is to burn; 0 where both codes are."""
    p, d = np.broadcast_arrays(np.asarray(dmc, dtype=np.float64), np.asarray(dc, dtype=np.float64))
    total = np.where(p + 0.4 * d == 0, 1.0, p + 0.4 * d)
    moist = 0.8 * p * d / total
    deep = p - (1 - 0.8 * d / total) * (0.92 + (0.0114 * np.maximum(p, 0)) ** 1.7)
    return np.where(np.isnan(p + d), np.nan, np.where(p <= 0.4 * d, moist, np.maximum(deep, 0)))


def fire_weather(isi: ArrayLike, bui: ArrayLike) -> Floats:
    """Return the Fire Weather Index (FWI): how intense a fire would be."""
    i, u = np.asarray(isi, dtype=np.float64), np.asarray(bui, dtype=np.float64)
    low = 0.626 * np.maximum(u, 0) ** 0.809 + 2
    b = 0.1 * i * np.where(u <= 80, low, 1000 / (25 + 108.64 * np.exp(-0.023 * u)))
    high = np.exp(2.72 * (0.434 * np.log(np.maximum(b, 1))) ** 0.647)
    return np.where(np.isnan(b), np.nan, np.where(b > 1, high, b))


def daily_severity(fwi: ArrayLike) -> Floats:
    """Return the daily severity rating (DSR), which may be averaged over days and places."""
    return np.asarray(0.0272 * np.asarray(fwi, dtype=np.float64) ** 1.77)
