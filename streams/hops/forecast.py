"""What weather is made of beside stations: settings, and what a weather service foretells.

Config::

    [weather]
    reach_km = 80.0        # stations further off say nothing of a place
    stations = 4           # so many of the nearest count, by the inverse square of the distance
    current_h = 3.0        # older readings are not the weather of now
    keep_d = 13.0          # days of readings kept; older ones live on in codes and dry days
    green_percent = []     # twelve figures, January first: how green the ground is where no station says
    tables = "standard"    # of LY/T 1172-95; "lv2020" is the other set

    [[weather.forecast]]   # fills what no station near enough says
    name = "county bureau, 30 March"
    from_at = 2026-03-30T00:00:00Z
    to_at = 2026-03-31T00:00:00Z
    wind_ms = 9.0
    wind_from_deg = 225.0
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, structs

from detectors.fire_weather import record
from detectors.geodesy import distance_km
from schemas.units import Azimuth, Latitude, Longitude, UtcTime
from schemas.weather import Conditions


class Forecast(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a weather service says of a span of time, round a place or, without one, everywhere."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    from_at: UtcTime
    to_at: UtcTime
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    radius_km: Annotated[float, Meta(gt=0)] = 50.0
    temperature_c: Annotated[float, Meta(ge=-90, le=60)] | None = None
    humidity_pct: Annotated[float, Meta(ge=0, le=100)] | None = None
    wind_ms: Annotated[float, Meta(ge=0, le=115)] | None = None
    wind_from_deg: Azimuth | None = None
    rain_24h_mm: Annotated[float, Meta(ge=0, le=2000)] | None = None
    danger_level: Annotated[int, Meta(ge=1, le=5)] | None = None
    fwi: Annotated[float, Meta(ge=0)] | None = None


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [weather]."""

    reach_km: Annotated[float, Meta(gt=0, le=500)] = 80.0
    stations: Annotated[int, Meta(ge=1, le=12)] = 4
    current_h: Annotated[float, Meta(gt=0, le=24)] = 3.0
    keep_d: Annotated[float, Meta(ge=8, le=60)] = 13.0
    green_percent: Annotated[
        tuple[Annotated[float, Meta(ge=0, le=100)], ...], Meta(description="None, or twelve.", max_length=12)
    ] = ()
    tables: Annotated[str, Meta(pattern="^(standard|lv2020)$")] = "standard"
    forecast: Annotated[
        tuple[Forecast, ...], Meta(description="What is foretold, used where no station reads it.")
    ] = ()


@dataclass(frozen=True)
class Given:
    """Options and tables of fire weather."""

    options: Options
    tables: record.Tables

    @property
    def record(self) -> record.Options:
        """How the record of a station is folded."""
        return record.Options(tables=self.options.tables, green_percent=self.options.green_percent)


def foretold(
    options: Options, found: Conditions, longitude: float, latitude: float, now: datetime
) -> Conditions:
    """Return the conditions with what is unknown filled by the first forecast that says it."""
    for one in options.forecast:
        if not one.from_at <= now < one.to_at or not _covers(one, longitude, latitude):
            continue
        told = {name: getattr(one, name) for name in FORETOLD}
        new = {n: value for n, value in told.items() if value is not None and getattr(found, n) is None}
        if new:
            found = structs.replace(found, **new, forecast=found.forecast or one.name)
    return found


FORETOLD = (
    "temperature_c", "humidity_pct", "wind_ms", "wind_from_deg", "rain_24h_mm", "danger_level", "fwi",
)  # fmt: skip


def _covers(one: Forecast, longitude: float, latitude: float) -> bool:
    if one.longitude is None or one.latitude is None:
        return True
    return float(distance_km(one.longitude, one.latitude, longitude, latitude)) <= one.radius_km
