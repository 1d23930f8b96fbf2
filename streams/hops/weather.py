"""Live weather in the judge: what is known of it at a place, from near stations, else from a forecast."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from detectors.fire_weather import record
from detectors.fire_weather.diary import DAY, Page, local
from detectors.fire_weather.nearby import LAPSE_K_PER_M, Options, Stations, interpolate
from detectors.geodesy import distance_km
from detectors.pests.warmth import Warm
from detectors.region import WORLD, AnyRegion
from schemas.reason import Reason
from schemas.weather import Conditions, Measured, StationUsed
from streams.hops.diary import CURRENT, Diary
from streams.hops.forecast import Given, foretold

Floats = NDArray[np.float64]

CANDIDATES = 12
"""So many of the nearest stations are asked, and so many gauges that tell rain alone: some may be silent."""

LEAST_AGREEMENT = 0.2
"""Length of the mean of unit vectors below which directions have no mean."""


REMEMBERED = 1000
"""Answers kept until the next reading."""


@dataclass(frozen=True)
class _Where:
    """Where stations stand; `is_gauge`: nothing that one said is of the air."""

    names: list[str]
    lon: Floats
    lat: Floats
    is_gauge: NDArray[np.bool_]


@dataclass
class Weather(Diary):
    """The diary of every station, and the region whose ground they stand on."""

    region: AnyRegion = WORLD
    _where: _Where | None = None
    _said: dict[tuple[float, float, datetime], Conditions | None] = field(default_factory=dict)
    """What was said since the last reading: a revision asks for the same place and time again and again."""

    def follow(self, given: Given) -> None:
        """Let another document say from how far stations are asked, and what is foretold."""
        if given.options != self.given.options:
            self.given = given
            self._said.clear()

    def put_page(self, page: Page) -> None:
        """Place one row of a day, which may say that a station is new or stands elsewhere."""
        super().put_page(page)
        self._where = None
        self._said.clear()

    def retire(self, now: datetime) -> dict[str, Any]:
        """Fold old days, and forget stations that have fallen silent."""
        rows = super().retire(now)
        self._where = None
        self._said.clear()
        return rows

    def is_news_of_place(self, one: Measured) -> bool:
        """Return whether a reading is of a station that is new, has moved, or told rain alone so far."""
        pages = self.pages.get(one.station)
        if not pages or (one.quantity in CURRENT and _is_gauge(pages.values())):
            return True
        at = one.longitude, one.latitude, one.elevation_m
        return any((page.longitude, page.latitude, page.elevation_m) != at for page in pages.values())

    def at(self, longitude: float, latitude: float, now: datetime) -> Conditions | None:
        """Return what is known of the weather at a place; None where neither station nor forecast says."""
        if not self.pages and not self.given.options.forecast:
            return None
        asked = (longitude, latitude, now)
        if asked not in self._said:
            if len(self._said) > REMEMBERED:
                self._said.clear()
            self._said[asked] = self._at(longitude, latitude, now)
        return self._said[asked]

    def _at(self, longitude: float, latitude: float, now: datetime) -> Conditions | None:
        heard = [
            (name, far, age)
            for name, far in self.near(longitude, latitude)
            if (age := self.last_said_h(name, now)) is not None
        ]
        found = Conditions()
        if heard:
            found = self._of_stations([name for name, *_ in heard], longitude, latitude, now)
            stations = tuple(
                StationUsed(station=name, distance_km=round(far, 2), age_h=round(age, 2))
                for name, far, age in heard[: self.given.options.stations]
            )
            found = structs.replace(found, stations=stations)
        found = foretold(self.given.options, found, longitude, latitude, now)
        return found if heard or found.forecast else None

    def winds(self, longitudes: Floats, latitudes: Floats, now: datetime) -> tuple[Floats, Floats]:
        """Return speed, m/s, and whence it blows, degrees, at many places at once, from stations alone.

        NaN where none near enough says it. It takes no part of a station's silence into account as `at` does.
        """
        where, options = self._stations(), self.given.options
        nearby = Options(most=options.stations, reach_km=options.reach_km)
        stands = Stations(lon=where.lon, lat=where.lat, elevation_m=np.full(len(where.names), np.nan))

        def said(quantity: str) -> Floats:
            found = [self.now(name, quantity, now) for name in where.names]
            return np.array([np.nan if one is None else one[0] for one in found], float)

        def between(values: Floats) -> Floats:
            return interpolate(nearby, stands, values, longitudes, latitudes).value

        whence = np.radians(said("wind_direction_deg"))
        east, north = between(np.sin(whence)), between(np.cos(whence))
        return between(said("wind_speed_ms")), np.degrees(np.arctan2(east, north)) % 360.0

    def near(self, longitude: float, latitude: float) -> list[tuple[str, float]]:
        """Return the stations within reach, the nearest first, and how far they are, km."""
        where = self._stations()
        if not where.names:
            return []
        km = distance_km(longitude, latitude, where.lon, where.lat)
        near = np.argsort(km, kind="stable")
        near = near[km[near] <= self.given.options.reach_km]
        # a dense net of rain gauges does not stand before those that say what the air is like
        gauge = where.is_gauge[near]
        near = near[np.where(gauge, np.cumsum(gauge), np.cumsum(~gauge)) <= CANDIDATES]
        return [(where.names[at], float(km[at])) for at in near]

    def _stations(self) -> _Where:
        if self._where is None:
            last = {name: pages[max(pages)] for name, pages in sorted(self.pages.items()) if pages}
            self._where = _Where(
                names=list(last),
                lon=np.array([page.longitude for page in last.values()], float),
                lat=np.array([page.latitude for page in last.values()], float),
                is_gauge=np.array([_is_gauge(self.pages[name].values()) for name in last], np.bool_),
            )
        return self._where

    def _of_stations(self, names: list[str], longitude: float, latitude: float, now: datetime) -> Conditions:
        pages = [self.last_pages(name, now)[-1] for name in names]
        high = [np.nan if page.elevation_m is None else page.elevation_m for page in pages]
        where = Stations(
            lon=np.array([page.longitude for page in pages], float),
            lat=np.array([page.latitude for page in pages], float),
            elevation_m=np.array(high, float),
        )
        nearby = Options(most=self.given.options.stations, reach_km=self.given.options.reach_km)
        ground = self.ground_m(longitude, latitude, now)

        def between(values: list[float], lapse: float = 0.0) -> float | None:
            at = interpolate(nearby, where, values, longitude, latitude, ground, lapse).value[0]
            return round(float(at), 3) if np.isfinite(at) else None

        def current(quantity: str) -> list[float]:
            found = [self.now(name, quantity, now) for name in names]
            return [np.nan if one is None else one[0] for one in found]

        warm = current("temperature_c")
        temperature = between(warm, LAPSE_K_PER_M)
        humidity = between([min(max(one, 0.0), 100.0) for one in current("relative_humidity_percent")])
        speaking = [name for name in names if self.age_h(name, now) is not None]
        level, fwi, why = self._danger(speaking or names, now)
        return Conditions(
            # without the height of the place or of any station, neighbours are all there is
            temperature_c=between(warm) if temperature is None else temperature,
            humidity_pct=humidity,
            wind_ms=between(current("wind_speed_ms")),
            wind_from_deg=_bearing(between, current("wind_direction_deg")),
            rain_24h_mm=between([self.rain(name, now) for name in names]),
            danger_level=level,
            fwi=fwi,
            why=why,
        )

    def ground_m(self, longitude: float, latitude: float, now: datetime) -> float | None:
        """Return the height of a place, m; None where the region does not know it."""
        terrain = self.region.at(now).terrain
        if terrain is None:
            return None
        height, known = terrain.sample([longitude], [latitude])
        return float(height[0]) if known[0] else None

    def _danger(self, names: list[str], now: datetime) -> tuple[int | None, float | None, tuple[Reason, ...]]:
        """Return level and index of the nearest station that has each, or why none has."""
        level, fwi, why = None, None, []
        for name in names[: self.given.options.stations]:
            known = self.record(name, now)
            if fwi is None and known is not None and known.fwi_day is not None:
                is_fresh = local(now, self.last_pages(name, now)[-1].longitude).date() - known.fwi_day <= DAY
                fwi = round(known.fwi, 2) if is_fresh and known.fwi is not None else None
            if level is None:
                pages = {page.day: page for page in self.last_pages(name, now)}
                made = record.rated(self.given.record, self.given.tables, known, pages, now)
                if isinstance(made, Reason):
                    why.append(structs.replace(made, ref=name))
                else:
                    level = made.level
        return level, fwi, () if level is not None else tuple(why[:1])


def _is_gauge(pages: Iterable[Page]) -> bool:
    return not any(name in page.slots for page in pages for name in CURRENT)


def _bearing(between: Any, degrees: list[float]) -> float | None:
    """Return the bearing between stations; None where they blow against each other."""
    east, north = (
        between(part.tolist()) for part in (np.sin(np.radians(degrees)), np.cos(np.radians(degrees)))
    )
    if east is None or north is None or np.hypot(east, north) < LEAST_AGREEMENT:
        return None
    return round(float(np.degrees(np.arctan2(east, north)) % 360.0), 1) % 360.0


WEATHER_ROWS: dict[str, tuple[Any, Callable[[Weather, str, Any], None]]] = {
    "m/": (Page, lambda weather, _key, page: weather.put_page(page)),
    "q/": (record.Record, lambda weather, key, one: weather.records.__setitem__(key[2:], one)),
    "g/": (Warm, lambda weather, key, one: weather.warm.__setitem__(key[2:], one)),
}
"""What each kind of row of the diary holds, by the beginning of its key, and where it goes."""
