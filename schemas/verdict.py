"""What a person found: a feedback code on an incident, and how far the answers to it have come."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.reason import Reason
from schemas.units import Identifier, Text, UtcTime, Version

Signed = Literal["field", "county", "city", "province"]
"""Whose word it is: people on the spot, or the office that signs it."""

LEVELS: tuple[Signed, ...] = ("field", "county", "city", "province")
"""From the spot upward; 未反馈 → 县级 → 市级 → 省级 are the three above the field."""

Written = Annotated[str, Meta(max_length=400, description="In the words of who said it.")]
Author = Annotated[str, Meta(max_length=100, description="Who says it, by name or number.")]
Knew = Annotated[
    tuple[str, ...] | None,
    Meta(description="Words on the incident that its author knew, by id; null: nobody asks who was first."),
]
Outcome = Literal["given", "applied", "waiting", "refused", "undone"]


class Verdict(Struct, frozen=True, kw_only=True):
    """One person's finding; kept for ever. An answer is evidence until an officer signs it.

    On `verdict.v1` it says in `outcome` what became of it; the last message of a `verdict_id` counts.
    """

    v: Version = 1
    verdict_id: Identifier
    incident_id: Identifier
    code: Annotated[int, Meta(ge=0, le=10, description="Feedback code 0 to 10.")]
    level: Annotated[Signed, Meta(description="Who has signed it.")]
    author: str
    at: UtcTime
    text: Text = ""
    received_at: Annotated[UtcTime | None, Meta(description="When it was taken in.")] = None
    outcome: Annotated[Outcome, Meta(description="`waiting`: no such incident yet.")] = "given"
    applied_to: Annotated[str, Meta(description="The incident that answers to the id now.")] = ""
    reason: Reason | None = None
    knew: Knew = None


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer to an incident, with its author and time."""

    verdict_id: Identifier
    level: Signed
    code: Annotated[int, Meta(ge=0, le=10)]
    author: str
    at: UtcTime
    text: Written = ""


class Verification(Struct, frozen=True, kw_only=True):
    """How far the answers to an incident have come, what they say together, and each of them."""

    state: Annotated[
        Literal["none", "county", "city", "province"],
        Meta(description="The highest office that has answered; `none` also when only the field has."),
    ] = "none"
    code: Annotated[int | None, Meta(description="The code in force; null: no office has found one.")] = None
    ruling: Annotated[
        Literal["", "fire", "no_fire"], Meta(description="What the office in force says; empty: nothing yet.")
    ] = ""
    ruled_by: Annotated[str, Meta(description="The verdict in force.")] = ""
    ruled_at: UtcTime | None = None
    contradicted: Annotated[bool, Meta(description="Answers contradict each other: for an officer.")] = False
    overcome: Annotated[
        bool, Meta(description="Later evidence is stronger than the denial: it counts as a fire again.")
    ] = False
    steps: Annotated[tuple[Step, ...], Meta(description="The newest answers of each level, by time.")] = ()
