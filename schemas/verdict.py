"""What a person found: a feedback code on an incident."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.units import Identifier, Text, UtcTime, Version

FEEDBACK: dict[int, tuple[str, str]] = {
    0: ("林火", "forest fire"),
    1: ("草原火", "grassland fire"),
    2: ("计划烧除", "prescribed burn"),
    3: ("农用火", "farm burning"),
    4: ("炼山", "site-preparation burn"),
    5: ("灌木火", "shrub fire"),
    6: ("工矿用火", "industrial heat"),
    7: ("其他", "other"),
    8: ("境外火", "fire abroad"),
    9: ("未找到", "not found"),
    10: ("核查中", "being checked"),
}
"""National feedback codes (facts: fire.md section 1.4), Chinese and English."""


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
