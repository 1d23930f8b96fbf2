"""The year of a pest at one place, for people: warmth day by day, its stages, windows, and what is next.

Where the warmth of the place is known to this day a published model dates what comes next; else the calendar.
"""

import datetime as dt
from typing import NamedTuple

import numpy as np

from detectors.pests.arrays import Floats
from detectors.pests.heat import degree_days
from detectors.pests.season import (
    Action,
    HeatModel,
    SeasonTable,
    Warmth,
    accumulate,
    emerged,
    next_action,
    next_window,
    reached,
)
from schemas.pest import SeasonBasis

RECENT_D = 14
"""The warmth of the coming weeks is taken to be that of the last two, as no forecast is at hand."""


class Air(NamedTuple):
    """Lowest and highest temperature of each day from `first_day` on, °C; NaN is unknown."""

    first_day: dt.date
    low_c: Floats
    high_c: Floats


class Curve(NamedTuple):
    """Degree-days since the biofix at the end of each day from `first_day` on, and the share emerged."""

    model: HeatModel
    first_day: dt.date
    warmth: Warmth
    emerged: Floats | None
    reached: dict[str, dt.date | None]


class Season(NamedTuple):
    """What the season asks for next, on which basis, and the curve where warmth is known."""

    next: Action | None
    basis: SeasonBasis | None
    curve: Curve | None


def model_of(table: SeasonTable, species: str) -> HeatModel | None:
    """Return the published model of a pest; None: there is none, its calendar counts."""
    return next((one for one in table.model if one.species == species), None)


def begins(model: HeatModel, today: dt.date) -> dt.date:
    """Return the newest biofix that is not after today."""
    month, day = (int(part) for part in model.biofix.split("-"))
    this_year = dt.date(today.year, month, day)
    return this_year if this_year <= today else dt.date(today.year - 1, month, day)


def season_of(table: SeasonTable, species: str, today: dt.date, air: Air | None) -> Season:
    """Return the season of a pest on a day; `air` ends with that day or before."""
    curve = _curve(table, species, today, air)
    if curve is not None:
        per_day = _per_day(curve, air)
        following = next_action(curve.model, curve.warmth, curve.first_day, per_day)
        if following is not None and following.on is not None:
            return Season(following, "degree_days", curve)
    window = next_window(table, species, today)
    return Season(window, None if window is None else "calendar", curve)


def _curve(table: SeasonTable, species: str, today: dt.date, air: Air | None) -> Curve | None:
    model = model_of(table, species)
    if model is None or air is None:
        return None
    first = begins(model, today)
    days = (today - first).days + 1
    low, high = (_laid(part, (first - air.first_day).days, days) for part in (air.low_c, air.high_c))
    known = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    if not len(known):
        return None
    # today's extremes are often still to come: the curve ends with the last day that is known
    last = int(known[-1]) + 1
    warmth = accumulate(model, low[:last], high[:last])
    if not np.isfinite(warmth.total[-1]):
        return None
    share = None if model.half is None else emerged(model, warmth.total)
    return Curve(model, first, warmth, share, reached(model, warmth, first))


def _laid(values: Floats, offset: int, days: int) -> Floats:
    """Return the values of so many days from the biofix on, `offset` days after the first value."""
    at = np.arange(days) + offset
    inside = (at >= 0) & (at < len(values))
    return np.where(inside, values[np.clip(at, 0, max(len(values) - 1, 0))], np.nan)


def _per_day(curve: Curve, air: Air | None) -> float:
    if air is None:
        return 0.0
    warm = degree_days(curve.model.heat, air.low_c[-RECENT_D:], air.high_c[-RECENT_D:])
    return float(np.nanmean(warm)) if np.isfinite(warm).any() else 0.0
