"""Annotated types with unit, range and meaning; written once, shown in every exported schema."""

from datetime import datetime
from itertools import repeat
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

Measure = Annotated[
    Literal[
        "eggs_per_tree",
        "larvae_per_tree",
        "larvae_per_branch",
        "pupae_per_tree",
        "nymphs_per_10_cm2",
        "infestation_index",
        "damage_degree",
        "infested_stems_percent",
        "infested_shoots_percent",
        "attacked_trees_percent",
        "defoliation_percent",
        "incidence_percent",
        "dead_trees_percent",
        "dead_pines",
        "discoloured_trees",
        "burrows_per_ha",
        "mounds_per_ha",
        "bare_percent",
        "insects_per_m2",
        "cover_percent",
    ],
    Meta(
        description="What was measured, unit in the name; a branch is 50 cm long, a burrow is in use, "
        "a degree of damage is 0 none, 1 light, 2 moderate, 3 severe."
    ),
]

Frame = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
"""Datum of an inbound position; everything is stored as WGS 84."""

IncidentKind = Literal["fire", "outbreak", "blind"]
Grade = Literal["I", "II", "III", "IV", "task"]
Action = Literal["new", "update", "upgrade", "downgrade", "confirm", "cancel", "expire", "close"]
SourceClass = Literal["satellite", "aerial", "video", "tower", "ground", "sensor", "public"]
"""The watching classes of 六位一体 (fire.md section 1.1), with fixed sensors apart."""


def written(value: Any = 1) -> Any:
    """Return a default, of `v` unless told otherwise, that is written also where others are left out."""
    # msgspec leaves out a default that it can compare; what a function makes it always writes. Every message
    # asks for one, so the function is one of C's: a lambda cost a hundredth of a replay.
    return field(default_factory=repeat(value).__next__)
