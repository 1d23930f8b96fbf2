"""Weather: what one station measured, and what is known of the weather at a place."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.reason import Reason
from schemas.units import Azimuth, Identifier, Kilometres, Latitude, Longitude, UtcTime


class Measured(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One reading of a weather station, as the judge keeps it."""

    station: Identifier
    observed_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    elevation_m: Annotated[float | None, Meta(description="Of the station, m.")] = None
    quantity: Annotated[str, Meta(description="What was measured, unit in the name.")]
    value: float
    over_h: Annotated[float | None, Meta(description="Hours that a sum is over.")] = None
    rank: Annotated[int, Meta(ge=0, description="How good its version is; a better one corrects.")] = 0


class StationUsed(Struct, frozen=True, kw_only=True):
    """One station that a figure comes from: how far it is, and how old its newest reading."""

    station: str
    distance_km: Kilometres
    age_h: Annotated[float, Meta(ge=0, description="Age of its newest reading, h.")]


class Conditions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The weather at a place; null is unknown, never 0. Wind is at 10 m; rain is of the last 24 hours."""

    temperature_c: float | None = None
    humidity_pct: Annotated[float, Meta(ge=0, le=100)] | None = None
    wind_ms: Annotated[float, Meta(ge=0)] | None = None
    wind_from_deg: Azimuth | None = None
    rain_24h_mm: Annotated[float, Meta(ge=0)] | None = None
    danger_level: Annotated[int, Meta(ge=1, le=5, description="Level of LY/T 1172-95.")] | None = None
    fwi: Annotated[float, Meta(ge=0, description="Canadian Fire Weather Index.")] | None = None
    stations: Annotated[tuple[StationUsed, ...], Meta(description="Nearest first.")] = ()
    forecast: Annotated[str, Meta(description="Name of the forecast that filled what no station says.")] = ""
    why: Annotated[tuple[Reason, ...], Meta(description="Why the level or the index is unknown.")] = ()
