"""The three moisture codes of the Canadian Fire Weather Index System, from the day before and noon.

Arrays in, arrays out; NaN in, NaN out. Noon is local standard time; rain is the sum of the 24 hours before.
Reference: Van Wagner 1987, Forestry Technical Report 35; Van Wagner and Pickett 1985, Report 33.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Months = Annotated[tuple[float, ...], Meta(min_length=12, max_length=12)]

SCALE = 250 * 59.5 / 101
"""Constant of the FF scale, 147.277: moisture 250 % is code 0. The tables printed in 1985 have 147.2."""
PRINTED_SCALE = 147.2


class Band(Struct, frozen=True, forbid_unknown_fields=True):
    """One table of monthly factors, January first, for latitudes above `above` degrees."""

    above: float
    months: Months
    status: str


class DayLengths(Struct, frozen=True, forbid_unknown_fields=True):
    """Effective day length for the duff moisture code, and the drying factor of the drought code."""

    source: str
    duff: tuple[Band, ...]
    drought: tuple[Band, ...]


def factor(bands: tuple[Band, ...], latitude: ArrayLike, month: ArrayLike) -> Floats:
    """Return the monthly factor of the band that holds each latitude; its edge is not in it."""
    lat, at = np.broadcast_arrays(np.asarray(latitude, dtype=np.float64), np.asarray(month, dtype=np.int64))
    found = np.full(lat.shape, np.nan)
    for band in sorted(bands, key=lambda band: band.above):
        found = np.where(lat > band.above, np.asarray(band.months)[at - 1], found)
    return found


def fine_fuel(  # noqa: PLR0913, PLR0917 - what the equation takes
    before: ArrayLike,
    temperature_c: ArrayLike,
    humidity_percent: ArrayLike,
    wind_kmh: ArrayLike,
    rain_mm: ArrayLike,
    scale: float = SCALE,
) -> Floats:
    """Return the fine fuel moisture code (FFMC), 0 to 101: litter, 16 hours. Equations 1 to 10.

    The rain phase is for more than 0.5 mm alone.
    """
    f0, t, h, w, r = _arrays(before, temperature_c, humidity_percent, wind_kmh, rain_mm)
    m = scale * (101 - f0) / (59.5 + f0)
    fell = np.maximum(r - 0.5, 1e-12)
    wet = m + 42.5 * fell * np.exp(-100 / (251 - m)) * (1 - np.exp(-6.93 / fell))
    wet += np.where(m > 150, 0.0015 * np.maximum(m - 150, 0) ** 2 * np.sqrt(fell), 0)
    m = np.where(r > 0.5, np.minimum(wet, 250), m)
    rest = 0.18 * (21.1 - t) * (1 - np.exp(-0.115 * h))
    dry = 0.942 * h**0.679 + 11 * np.exp((h - 100) / 10) + rest
    damp = 0.618 * h**0.753 + 10 * np.exp((h - 100) / 10) + rest
    drying = dry + (m - dry) * 10 ** -_rate(h / 100, w, t)
    wetting = damp - (damp - m) * 10 ** -_rate((100 - h) / 100, w, t)
    m = np.where(m > dry, drying, np.where(m < damp, wetting, m))
    return _known(np.clip(59.5 * (250 - m) / (scale + m), 0, 101), f0, t, h, w, r)


def _rate(share: Floats, wind_kmh: Floats, temperature_c: Floats) -> Floats:
    share = np.clip(share, 0, 1)
    rate = 0.424 * (1 - share**1.7) + 0.0694 * np.sqrt(np.maximum(wind_kmh, 0)) * (1 - share**8)
    return np.asarray(rate * 0.581 * np.exp(0.0365 * temperature_c))


def duff(
    before: ArrayLike,
    temperature_c: ArrayLike,
    humidity_percent: ArrayLike,
    rain_mm: ArrayLike,
    day_length: ArrayLike,
) -> Floats:
    """Return the duff moisture code (DMC): loose organic matter, 15 days. Equations 11 to 16."""
    p0, t, h, r, length = _arrays(before, temperature_c, humidity_percent, rain_mm, day_length)
    safe = np.maximum(p0, 1e-9)
    slope = np.where(
        p0 <= 33,
        100 / (0.5 + 0.3 * p0),
        np.where(p0 <= 65, 14 - 1.3 * np.log(safe), 6.2 * np.log(safe) - 17.2),
    )
    got_in = 0.92 * r - 1.27
    m = 20 + 280 / np.exp(0.023 * p0)
    after = m + 1000 * got_in / (48.77 + slope * got_in)
    rained = np.maximum(43.43 * (5.6348 - np.log(np.maximum(after - 20, 1e-9))), 0)
    dried = 1.894 * (np.maximum(t, -1.1) + 1.1) * (100 - h) * length * 1e-4
    return _known(np.where(r > 1.5, rained, p0) + np.maximum(dried, 0), p0, t, h, r, length)


def drought(before: ArrayLike, temperature_c: ArrayLike, rain_mm: ArrayLike, drying: ArrayLike) -> Floats:
    """Return the drought code (DC): deep organic matter, 53 days. Equations 17 to 23."""
    d0, t, r, lf = _arrays(before, temperature_c, rain_mm, drying)
    got_in = 0.83 * r - 1.27
    held = 800 * np.exp(-d0 / 400)
    rained = np.maximum(d0 - 400 * np.log(1 + 3.937 * np.maximum(got_in, 0) / held), 0)
    lost = np.maximum(0.36 * (np.maximum(t, -2.8) + 2.8) + lf, 0)
    return _known(np.where(r > 2.8, rained, d0) + 0.5 * lost, d0, t, r, lf)


def _arrays(*values: ArrayLike) -> list[Floats]:
    return [np.asarray(one, dtype=np.float64) for one in np.broadcast_arrays(*values)]


def _known(made: Floats, *given: Floats) -> Floats:
    """Return NaN where any input is: comparisons would quietly take the other branch."""
    return np.where(np.isnan(np.sum(np.stack(given), axis=0)), np.nan, made)
