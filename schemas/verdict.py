"""What a person found: a feedback code on an incident."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.units import Identifier, Text, UtcTime, Version


class Verdict(Struct, frozen=True, kw_only=True):
    """One person's finding; kept for ever. An answer is evidence until an officer signs it."""

    v: Version = 1
    verdict_id: Identifier
    incident_id: Identifier
    code: Annotated[int, Meta(ge=0, le=10, description="Feedback code 0 to 10.")]
    level: Annotated[Literal["field", "county", "city", "province"], Meta(description="Who has signed it.")]
    author: str
    at: UtcTime
    text: Text = ""
