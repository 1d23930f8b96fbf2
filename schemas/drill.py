"""A mock incident through the whole live path: when it is held, where, and what goes into the log."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.receiver import Clock
from schemas.units import Identifier, Latitude, Longitude, UtcTime, Version, written

DrillGrade = Literal["III", "IV"]


class Drill(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mock fire begins, or with `ends` is over; it touches no observation and no incident."""

    v: Version = written()
    drill_id: Identifier
    at: UtcTime
    longitude: Longitude
    latitude: Latitude
    grade: DrillGrade = "III"
    ends: Annotated[bool, Meta(description="It is over: whoever was told is told so.")] = False


class Rehearsal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[drills]]`: a mock fire once a day, told as a test to receivers with `drill = true` alone."""

    name: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,40}$")]
    at: Annotated[Clock, Meta(description="Local time of day, HH:MM.")]
    longitude: Longitude
    latitude: Latitude
    grade: DrillGrade = "III"
    within_s: Annotated[
        float, Meta(ge=10, le=3600, description="By then every receiver's gateway has taken it.")
    ] = 120.0
