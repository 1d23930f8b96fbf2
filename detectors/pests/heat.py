"""Degree-days: how much of a day's warmth lies between the thresholds of a pest's growth.

A day is a mean, a triangle or a sine between its lowest and highest temperature; the double forms take each
half of the day to its own lowest. Above the upper threshold growth goes on at its full rate (horizontal),
stops (vertical) or slows down as it had risen (intermediate). Zalom, Goodell, Wilson, Barnett and Bentley,
"Degree-days: the calculation and use of heat units in pest management", University of California 1983;
McMaster and Wilhelm, Agric. For. Meteorol. 87 (1997) 291 for the two averages. Every temperature in one
unit, degrees of that unit out.
"""

from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.arrays import Floats

Shape = Literal["average", "clipped_average", "triangle", "sine"]
Cutoff = Literal["horizontal", "vertical", "intermediate"]


FLAT = 1e-9
"""Degrees between lowest and highest below which a day has no shape that could be divided by."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Thresholds and how a day is drawn."""

    lower: Annotated[float, Meta(description="No growth below, degrees.")]
    upper: Annotated[float, Meta(description="No faster growth above; 1e9 is none.")] = 1e9
    shape: Shape = "sine"
    double: Annotated[bool, Meta(description="Each half of the day goes to its own lowest.")] = False
    cutoff: Cutoff = "horizontal"


def degree_days(options: Options, low: Floats, high: Floats, next_low: Floats | None = None) -> Floats:
    """Return the degree-days of each day; NaN where a temperature is unknown.

    `next_low` is the lowest of the next day, for the double forms; where it is unknown the day's own is
    taken.

    Raises ValueError where a day's highest lies below its lowest, or `upper` not above `lower`.
    """
    low, high = (np.asarray(part, dtype=np.float64) for part in (low, high))
    if options.upper <= options.lower:
        raise ValueError("the upper threshold must lie above the lower")
    if np.any(high < low):
        raise ValueError("a day's highest temperature lies below its lowest")
    own = _one(options, low, high)
    if not options.double:
        return own
    next_low = low if next_low is None else np.asarray(next_low, dtype=np.float64)
    # A night warmer than the day before it was: there is no way down, so the day is flat at its highest.
    after = np.minimum(np.where(np.isnan(next_low), low, next_low), high)
    return (own + _one(options, after, high)) / 2


def _one(options: Options, low: Floats, high: Floats) -> Floats:
    if options.shape in ("average", "clipped_average"):
        return _average(options, low, high)
    area = _triangle if options.shape == "triangle" else _sine
    above_lower, above_upper = area(options.lower, low, high), area(options.upper, low, high)
    if options.cutoff == "horizontal":
        return above_lower - above_upper
    if options.cutoff == "intermediate":
        return above_lower - 2 * above_upper
    share = _share_above(options, low, high)
    return above_lower - above_upper - (options.upper - options.lower) * share


def _average(options: Options, low: Floats, high: Floats) -> Floats:
    if options.shape == "clipped_average":
        low, high = (np.clip(part, options.lower, options.upper) for part in (low, high))
    mean = (low + high) / 2
    result: Floats = np.clip(mean, options.lower, options.upper) - options.lower
    return result


def _triangle(threshold: float, low: Floats, high: Floats) -> Floats:
    """Return the mean height of a triangular day above a threshold."""
    span = np.where(high - low > FLAT, high - low, 1.0)
    partly = np.maximum(high - threshold, 0.0) ** 2 / (2 * span)
    return np.where(low >= threshold, (low + high) / 2 - threshold, partly) + (low + high) * 0


def _sine(threshold: float, low: Floats, high: Floats) -> Floats:
    """Return the mean height of a sine-shaped day above a threshold."""
    mean, half = (low + high) / 2, (high - low) / 2
    angle = _angle(threshold, low, high)
    partly = ((mean - threshold) * (np.pi / 2 - angle) + half * np.cos(angle)) / np.pi
    inside = np.where(high <= threshold, 0.0, partly)
    return np.where(low >= threshold, mean - threshold, inside) + mean * 0


def _angle(threshold: float, low: Floats, high: Floats) -> Floats:
    half = (high - low) / 2
    ratio = (threshold - (low + high) / 2) / np.where(half > FLAT, half, 1.0)
    result: Floats = np.arcsin(np.clip(ratio, -1.0, 1.0))
    return result


def _share_above(options: Options, low: Floats, high: Floats) -> Floats:
    """Return which part of the day is warmer than the upper threshold."""
    upper = options.upper
    if options.shape == "triangle":
        part = (high - upper) / np.where(high - low > FLAT, high - low, 1.0)
    else:
        part = (np.pi / 2 - _angle(upper, low, high)) / np.pi
    return np.where(low >= upper, 1.0, np.where(high <= upper, 0.0, part)) + low * 0


def lapsed(temperature_c: Floats, station_m: float, stand_m: float, lapse_c_per_m: float = 0.0065) -> Floats:
    """Return a station's temperature brought to a stand's height, °C; 6.5 °C a kilometre (ICAO 1993)."""
    return np.asarray(temperature_c, dtype=np.float64) - lapse_c_per_m * (stand_m - station_m)
