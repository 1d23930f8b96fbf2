"""One station's fire weather day by day: what is missing is unknown with its reason; gaps are carried along.

A day without all four readings has no index. The day after goes on from the last known codes while no more
than `longest_gap_d` days are missing, and says how many; after that it begins anew from the start-up values.
Start-up values: Van Wagner 1987 (85, 6, 15); a drought code needs about two months to forget them.
"""

from datetime import date, timedelta
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from detectors.fire_weather.behaviour import buildup, daily_severity, fire_weather, initial_spread
from detectors.fire_weather.moisture import DayLengths, drought, duff, factor, fine_fuel
from schemas.reason import Reason

NEEDED = ("temperature_c", "humidity_percent", "wind_kmh", "rain_mm")


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How codes begin, and how long a gap they survive."""

    ffmc: Annotated[float, Meta(ge=0, le=101)] = 85.0
    dmc: Annotated[float, Meta(ge=0)] = 6.0
    dc: Annotated[float, Meta(ge=0)] = 15.0
    longest_gap_d: Annotated[int, Meta(ge=0)] = 3


class Noon(Struct, frozen=True, kw_only=True):
    """The weather of one station at noon, local standard time; None is unknown, never zero."""

    day: date
    temperature_c: float | None = None
    humidity_percent: float | None = None
    wind_kmh: float | None = None
    rain_mm: float | None = None


class Codes(Struct, frozen=True, kw_only=True):
    """State: the moisture codes of the last known day, since when they run, and how many days are missing."""

    day: date
    since: date
    missing_d: int
    ffmc: float
    dmc: float
    dc: float


class Danger(Struct, frozen=True, kw_only=True):
    """All six figures of one day, with what they rest on."""

    codes: Codes
    isi: float
    bui: float
    fwi: float
    dsr: float


def step(
    options: Options, lengths: DayLengths, before: Codes | None, noon: Noon, latitude: float
) -> tuple[Codes | None, Danger | Reason]:
    """Return the state after this day, and the day's figures or why they are unknown.

    A day at or before the last known one is `duplicate_of` and changes nothing.
    """
    if before is not None and noon.day <= before.day:
        return before, Reason(code="duplicate_of", ref=noon.day.isoformat())
    absent = [name for name in NEEDED if not _is_known(getattr(noon, name))]
    if absent:
        return before, Reason(code="not_computed", rule="missing: " + ", ".join(absent))
    start = _start(options, before, noon.day)
    codes = _advance(start, lengths, noon, latitude)
    isi = float(initial_spread(codes.ffmc, noon.wind_kmh or 0.0))
    bui = float(buildup(codes.dmc, codes.dc))
    fwi = float(fire_weather(isi, bui))
    return codes, Danger(codes=codes, isi=isi, bui=bui, fwi=fwi, dsr=float(daily_severity(fwi)))


def _is_known(value: float | None) -> bool:
    return value is not None and bool(np.isfinite(value))


def _start(options: Options, before: Codes | None, day: date) -> Codes:
    gap = 0 if before is None else (day - before.day).days - 1
    if before is None or gap > options.longest_gap_d:
        eve = day - timedelta(days=1)
        return Codes(day=eve, since=day, missing_d=0, ffmc=options.ffmc, dmc=options.dmc, dc=options.dc)
    return Codes(
        day=before.day,
        since=before.since,
        missing_d=before.missing_d + gap,
        ffmc=before.ffmc,
        dmc=before.dmc,
        dc=before.dc,
    )


def _advance(start: Codes, lengths: DayLengths, noon: Noon, latitude: float) -> Codes:
    t, h = noon.temperature_c or 0.0, min(max(noon.humidity_percent or 0.0, 0.0), 100.0)
    w, r = noon.wind_kmh or 0.0, noon.rain_mm or 0.0
    length = factor(lengths.duff, latitude, noon.day.month)
    drying = factor(lengths.drought, latitude, noon.day.month)
    return Codes(
        day=noon.day,
        since=start.since,
        missing_d=start.missing_d,
        ffmc=float(fine_fuel(start.ffmc, t, h, w, r)),
        dmc=float(duff(start.dmc, t, h, r, length)),
        dc=float(drought(start.dc, t, r, drying)),
    )
