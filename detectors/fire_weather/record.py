"""The fire weather record of a station: moisture codes and the last rain, folded day by day from its pages.

The rain of a day is that of the 24 hours to its noon, as the Canadian system has it (Van Wagner 1987); for
LY/T 1172-95 the same days count as dry or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from msgspec import Meta, Struct, structs

from detectors.fire_weather import ly_t_1172, station
from detectors.fire_weather.diary import DAY, HOUR, Page, instant, is_covered, local, rain_mm, said
from detectors.fire_weather.moisture import DayLengths
from detectors.fire_weather.station import Codes, Danger, Noon
from schemas.reason import Reason

NOON = time(12)
NOON_REACH = timedelta(minutes=90)
"""A reading so near to noon counts as that of noon."""

LONGEST_GAP = timedelta(hours=4)
"""Extremes of a day are known when readings stand no further apart."""

COVERED = 0.75
"""Share of a day that sums of rain must cover."""

DRY_AFTER_D = 12
"""After so many days without rain the drought part of LY/T 1172-95 is at its most, whatever fell before."""

KMH_PER_MS = 3.6


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the record begins, and what is green where no station says."""

    start: station.Options = station.Options()
    tables: Annotated[str, Meta(description="Set of tables of LY/T 1172-95.")] = "standard"
    green_percent: Annotated[tuple[float, ...], Meta(max_length=12)] = ()


@dataclass(frozen=True)
class Tables:
    """The tables of fire weather, each with the status of its rows."""

    day_lengths: DayLengths
    ly_t_1172: ly_t_1172.Tables


class Record(Struct, frozen=True, kw_only=True):
    """What is known of a station through a day: codes, index, last rain, since when rain is on record."""

    through: date
    codes: Codes | None = None
    fwi: float | None = None
    fwi_day: date | None = None
    rain_from: date | None = None
    rain_day: date | None = None
    rain_mm: float = 0.0


def folded(
    options: Options, tables: Tables, before: Record | None, pages: Mapping[date, Page], day: date
) -> Record:
    """Return the record through this day, of which `pages` has the page and that of the day before."""
    page = pages[day]
    noon = instant(day, NOON, page.longitude)
    near = [pages[one] for one in (day - DAY, day) if one in pages]
    fell, covered = rain_mm(near, noon - DAY, noon)
    rain = fell if covered >= COVERED * 24 else None
    at_noon = Noon(
        day=day,
        temperature_c=_at_noon(near, "temperature_c", noon),
        humidity_percent=_at_noon(near, "relative_humidity_percent", noon),
        wind_kmh=_kmh(_at_noon(near, "wind_speed_ms", noon)),
        rain_mm=rain,
    )
    known = Record(through=day) if before is None else before
    codes, danger = station.step(options.start, tables.day_lengths, known.codes, at_noon, page.latitude)
    if before is not None and day - before.through > DAY:
        known = structs.replace(known, rain_from=None, rain_day=None)
    known = structs.replace(known, through=day, codes=codes)
    if isinstance(danger, Danger):
        known = structs.replace(known, fwi=danger.fwi, fwi_day=day)
    if rain is None:
        return structs.replace(known, rain_from=None, rain_day=None)
    known = structs.replace(known, rain_from=known.rain_from or day)
    if rain < tables.ly_t_1172.drought.least_mm:
        return known
    return structs.replace(known, rain_day=day, rain_mm=rain)


def _at_noon(pages: list[Page], quantity: str, noon: datetime) -> float | None:
    near = said(pages, quantity, noon - NOON_REACH, noon + NOON_REACH)
    return min(near, key=lambda slot: (abs(slot.at - noon), slot.at)).value if near else None


def _kmh(wind_ms: float | None) -> float | None:
    return None if wind_ms is None else wind_ms * KMH_PER_MS


def rated(
    options: Options,
    tables: Tables,
    record: Record | None,
    pages: Mapping[date, Page],
    now: datetime,
) -> ly_t_1172.Rated | Reason:
    """Return the level of LY/T 1172-95 by the extremes of the last 24 hours, or why it is unknown.

    Raises
    ------
    KeyError
        when there is no such set of tables.
    """
    recent = [pages[day] for day in sorted(pages) if _is_recent(pages[day], now)]
    if not recent:
        return Reason(code="not_computed", rule="missing: readings")
    last_mm, dry_d = _dry(tables.ly_t_1172.drought.least_mm, record, recent, now)
    day = ly_t_1172.Day(
        highest_c=_extreme(recent, "temperature_c", now, 1.0),
        lowest_humidity_percent=_extreme(recent, "relative_humidity_percent", now, -1.0),
        strongest_wind_ms=_extreme(recent, "wind_speed_ms", now, 1.0),
        last_rain_mm=last_mm,
        dry_days=dry_d,
        green_percent=_cover(options, pages, "green_percent", now),
        snow_percent=_cover(options, pages, "snow_percent", now),
    )
    return ly_t_1172.rate(tables.ly_t_1172, day, options.tables)


def _is_recent(page: Page, now: datetime) -> bool:
    today = local(now, page.longitude).date()
    return today - DAY <= page.day <= today


def _extreme(pages: list[Page], quantity: str, now: datetime, sign: float) -> float | None:
    slots = said(pages, quantity, now - DAY, now)
    if not slots or not is_covered(slots, now - DAY, now, LONGEST_GAP):
        return None
    return sign * max(sign * slot.value for slot in slots)


def _dry(
    least_mm: float, record: Record | None, recent: list[Page], now: datetime
) -> tuple[float | None, int | None]:
    """Return the last rain, mm, and the days since; None where the record does not reach back so far."""
    today = local(now, recent[-1].longitude).date()
    since_noon = instant(today, NOON, recent[-1].longitude)
    since_noon -= DAY if since_noon > now else timedelta()
    fell, _ = rain_mm(recent, since_noon, now)
    if fell >= least_mm:
        return fell, 0
    if record is None or today - record.through > DAY or record.rain_from is None:
        return None, None
    if record.rain_day is not None:
        return record.rain_mm, (today - record.rain_day).days
    dry_d = (today - record.rain_from).days
    return (0.0, dry_d) if dry_d >= DRY_AFTER_D else (None, None)


def _cover(options: Options, pages: Mapping[date, Page], quantity: str, now: datetime) -> float | None:
    found = said(pages.values(), quantity, now - 15 * DAY, now + HOUR)
    if found:
        return min(max(found[-1].value, 0.0), 100.0)
    if quantity == "green_percent" and len(options.green_percent) == 12:
        return options.green_percent[now.month - 1]
    return None
