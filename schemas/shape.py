"""The shape of a fire of more than one pixel: its fields, its head, how it grows, and how large it may be."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.detection import Ellipse
from schemas.units import Azimuth, Count, Hectares, Kilometres, Latitude, Longitude, UtcTime


class FireField(Struct, frozen=True, kw_only=True):
    """One part of a fire with cold ground between it and the others; where its pixels lie on the mean."""

    longitude: Longitude
    latitude: Latitude
    pixels: Count
    newest_at: Annotated[UtcTime, Meta(description="When its newest pixel was seen.")]


class Head(Struct, frozen=True, kw_only=True):
    """The newest pixel that lies furthest beyond what burned before."""

    longitude: Longitude
    latitude: Latitude
    azimuth_deg: Annotated[Azimuth, Meta(description="From the middle of what burned before.")]
    distance_km: Annotated[Kilometres, Meta(description="Beyond what burned before, km.")]


class Shape(Struct, frozen=True, kw_only=True):
    """What the pixels of the last 24 hours before the newest show; null: they do not tell it."""

    area_low_ha: Annotated[
        Hectares, Meta(description="Between neighbouring hot pixels of one look (0: two pixels span none).")
    ]
    area_high_ha: Annotated[Hectares, Meta(description="All that pixels cover or enclose.")]
    fields: Annotated[tuple[FireField, ...], Meta(description="Fire fields, the largest first.")]
    growth_ha_h: Annotated[
        Hectares | None, Meta(description="New ground between pixel centres since the look before, ha/h.")
    ] = None
    head: Head | None = None
    ellipse: Annotated[
        Ellipse | None, Meta(description="One standard error of where it burns, about the incident's place.")
    ] = None
    perimeter: Annotated[
        dict[str, Any] | None,
        Meta(description="Alpha shape of the pixels, grown by half a pixel, GeoJSON; 10 to 120 pixels."),
    ] = None
