"""Who is on duty: groups of receivers, their members at any time, and shifts by day and hour."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from schemas.receiver import Clock

Weekday = Annotated[int, Meta(ge=1, le=7, description="1 is Monday.")]


class Shift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[groups.shifts]]`: who is on duty from one hour to the other, local time; equal hours: all day."""

    who: Annotated[tuple[str, ...], Meta(min_length=1, description="Names of receivers.")]
    start: Clock = "00:00"
    end: Clock = "00:00"
    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, description="Of the day it starts.")] = (
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    )
    first: Annotated[date | None, Meta(description="First day; null: since ever.")] = None
    last: Annotated[date | None, Meta(description="Last day; null: for ever.")] = None


class Group(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[groups]]`: may stand wherever the name of a receiver to be told may."""

    name: Annotated[str, Meta(min_length=1)]
    members: Annotated[tuple[str, ...], Meta(description="Always on duty.")] = ()
    shifts: tuple[Shift, ...] = ()
    fallback: Annotated[tuple[str, ...], Meta(description="On duty while nobody else is.")] = ()
