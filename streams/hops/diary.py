"""The diary of the judge: what weather stations said, by station and day, in rows that keep it.

Order and repetition change nothing: a page is a function of the readings of its day alone, and a day is
folded into the record of its station once no reading of it can come any more.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from detectors.fire_weather import record
from detectors.fire_weather.diary import DAY, HOUR, QUANTITIES, RAIN, Page, local, rain_mm, said, written
from detectors.fire_weather.record import Record
from detectors.pests import warmth
from detectors.pests.warmth import Warm
from schemas.observation import AnyObservation, Reading
from schemas.weather import Measured
from streams.hops.forecast import Given

AHEAD = timedelta(minutes=15)
"""What is observed so far after it was received is still believed."""

CURRENT = ("temperature_c", "relative_humidity_percent", "wind_speed_ms", "wind_direction_deg")


def measured(one: AnyObservation, rank: int) -> Measured | None:
    """Return what a reading says of the weather; None for any other observation."""
    if not isinstance(one, Reading) or one.quantity not in QUANTITIES:
        return None
    return Measured(
        station=one.source,
        observed_at=one.observed_at,
        longitude=one.longitude,
        latitude=one.latitude,
        elevation_m=one.station_elevation_m,
        quantity=one.quantity,
        value=one.value,
        over_h=one.over_h,
        rank=rank,
    )


@dataclass
class Diary:
    """The pages and records of every station; a cache of rows `m/{day}/{station}` and `q/{station}`."""

    given: Given
    pages: dict[str, dict[date, Page]] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    warm: dict[str, Warm] = field(default_factory=dict)
    """Rows `g/{station}`: how warm its folded days were."""
    _through: dict[str, tuple[date, Record | None]] = field(default_factory=dict)

    def put_page(self, page: Page) -> None:
        """Place one row of a day."""
        self.pages.setdefault(page.station, {})[page.day] = page
        self._through.pop(page.station, None)

    def take(self, given: Sequence[Measured]) -> dict[str, Any]:
        """Write readings down; return the rows that changed."""
        by_page: dict[tuple[str, date], list[Measured]] = defaultdict(list)
        for one in given:
            by_page[one.station, local(one.observed_at, one.longitude).date()].append(one)
        rows: dict[str, Any] = {}
        for (station, day), some in sorted(by_page.items()):
            folded = self.records.get(station)
            if folded is not None and day <= folded.through:
                continue
            page = written(self.pages.get(station, {}).get(day), some)
            self.put_page(page)
            rows[_key(page)] = page
        return rows

    def retire(self, now: datetime) -> dict[str, Any]:
        """Fold days too old to change into the record of their station; return the rows that changed."""
        rows: dict[str, Any] = {}
        oldest = (now - DAY * self.given.options.keep_d).date()
        for station, pages in sorted(self.pages.items()):
            old = sorted(day for day in pages if day < oldest)
            for day in old:
                self._fold(station, pages, day)
            # the day before the first that is not folded still has its afternoon's rain
            for day in [day for day in old if day < max(old)]:
                rows[_key(pages.pop(day))] = None
            if old:
                rows[f"q/{station}"] = self.records.get(station)
                rows |= {f"g/{station}": self.warm[station]} if station in self.warm else {}
        for station in [one for one, pages in self.pages.items() if max(pages) < oldest - DAY * 30]:
            rows |= dict.fromkeys([_key(page) for page in self.pages.pop(station).values()])
            self.records.pop(station, None)
            rows[f"q/{station}"] = None
            rows |= {} if self.warm.pop(station, None) is None else {f"g/{station}": None}
        return rows

    def _fold(self, station: str, pages: dict[date, Page], day: date) -> None:
        before = self.records.get(station)
        if before is None or before.through < day:
            self.records[station] = self._folded(before, pages, day)
            warm = warmth.folded(self.warm.get(station), pages[day])
            self.warm |= {} if warm is None else {station: warm}

    def _folded(self, before: Record | None, pages: dict[date, Page], day: date) -> Record:
        return record.folded(self.given.record, self.given.tables, before, pages, day)

    def last_pages(self, station: str, now: datetime) -> list[Page]:
        """Return the pages that may hold readings of the last day, the oldest first."""
        pages = self.pages[station]
        today = local(now, next(iter(pages.values())).longitude).date()
        return [pages[day] for day in (today - DAY * 2, today - DAY, today, today + DAY) if day in pages]

    def now(self, station: str, quantity: str, now: datetime) -> tuple[float, datetime] | None:
        """Return the newest value of a quantity and when it was read, if that is still the weather of now."""
        oldest = now - HOUR * self.given.options.current_h
        slots = said(self.last_pages(station, now), quantity, oldest, now + AHEAD)
        return (slots[-1].value, slots[-1].at) if slots else None

    def age_h(self, station: str, now: datetime) -> float | None:
        """Return the age of what a station last said, h; None where that is not the weather of now."""
        found = [one for name in CURRENT if (one := self.now(station, name, now)) is not None]
        return max(0.0, (now - max(at for _, at in found)) / HOUR) if found else None

    def last_said_h(self, station: str, now: datetime) -> float | None:
        """Return the age of what a station last said, h; of rain alone where it covers the last 24 hours."""
        age = self.age_h(station, now)
        if age is not None or np.isnan(self.rain(station, now)):
            return age
        sums = [
            slot.at
            for page in self.last_pages(station, now)
            for name, hours in page.slots.items()
            if name.startswith(RAIN)
            for slot in hours.values()
            if slot.at <= now
        ]
        return (now - max(sums)) / HOUR

    def rain(self, station: str, now: datetime) -> float:
        """Return the rain of the last 24 hours, mm; NaN where sums do not cover them."""
        fell, covered = rain_mm(self.last_pages(station, now), now - DAY, now)
        return fell if covered >= record.COVERED * 24 else np.nan

    def record(self, station: str, now: datetime) -> Record | None:
        """Return the record of a station through the last day whose noon is over."""
        pages = self.pages[station]
        noon_over = local(now - record.NOON_REACH, pages[max(pages)].longitude)
        last = noon_over.date() if noon_over.hour >= record.NOON.hour else noon_over.date() - DAY
        held = self._through.get(station)
        if held is not None and held[0] == last:
            return held[1]
        known = self.records.get(station)
        for day in sorted(pages):
            if day <= last and (known is None or day > known.through):
                known = self._folded(known, pages, day)
        self._through[station] = last, known
        return known


def _key(page: Page) -> str:
    return f"m/{page.day.isoformat()}/{page.station}"
