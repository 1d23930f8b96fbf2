"""A silence that somebody set: whose word it is, why, from when until when, and of what it holds back."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.units import IncidentKind, UtcTime


class Silencing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[silences]]`: what is not told for a while. It never holds back grade I, II or an end."""

    author: Annotated[str, Meta(min_length=1, description="Who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    until: Annotated[UtcTime, Meta(description="When it ends by itself, with offset.")]
    start: UtcTime = datetime(2000, 1, 1, tzinfo=UTC)
    up_to: Annotated[Literal["task", "IV", "III"], Meta(description="Graver ones pass.")] = "III"
    receivers: Annotated[tuple[str, ...], Meta(description="Names; empty: all.")] = ()
    areas: Annotated[tuple[str, ...], Meta(description="Codes and ids; empty: everywhere.")] = ()
    kinds: Annotated[tuple[IncidentKind, ...], Meta(description="Empty: all.")] = ()
    incidents: Annotated[tuple[str, ...], Meta(description="Ids or codes of incidents; empty: all.")] = ()
