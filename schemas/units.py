"""Annotated types with unit, range and meaning; written once, shown in every exported schema."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, field

Version = Annotated[
    int, Meta(ge=1, le=1, description="Format version, always written; a later one is refused.")
]
UtcTime = Annotated[datetime, Meta(tz=True, description="Aware instant, written in UTC.")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Longitude, degrees east, WGS 84.")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Latitude, degrees north, WGS 84.")]
Probability = Annotated[float, Meta(ge=0, le=1, description="Probability, 0 to 1.")]
Kilometres = Annotated[float, Meta(ge=0, description="Length, km.")]
Metres = Annotated[float, Meta(ge=0, description="Length, m.")]
Hectares = Annotated[float, Meta(ge=0, description="Area, ha.")]
PixelArea = Annotated[
    float, Meta(ge=0, description="Union of satellite pixels, ha; an upper bound of what burns.")
]
Megawatts = Annotated[float, Meta(gt=0, description="Fire radiative power, MW.")]
Kelvin = Annotated[float, Meta(gt=0, description="Brightness temperature, K.")]
Azimuth = Annotated[float, Meta(ge=0, lt=360, description="Bearing clockwise from north, deg.")]
Count = Annotated[int, Meta(ge=0, description="How many.")]
Identifier = Annotated[str, Meta(min_length=1, max_length=200, description="Stable identifier.")]
Text = Annotated[str, Meta(max_length=4000, description="Plain text.")]

Frame = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
"""Datum of an inbound position; everything is stored as WGS 84."""

IncidentKind = Literal["fire", "outbreak", "blind"]
Grade = Literal["I", "II", "III", "IV", "task"]
Action = Literal["new", "update", "upgrade", "downgrade", "confirm", "cancel", "expire", "close"]
SourceClass = Literal["satellite", "aerial", "video", "tower", "ground", "sensor", "public"]
"""The watching classes of 六位一体 (fire.md section 1.1), with fixed sensors apart."""


def written(value: Any = 1) -> Any:
    """Return a default, of `v` unless told otherwise, that is written also where others are left out."""
    # msgspec leaves out a default that it can compare; what a function makes it always writes.
    return field(default_factory=lambda: value)
