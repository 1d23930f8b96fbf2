"""The form on which a fire is reported upward: its stages, its fields in their order, and their words."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.gaps import Word

Stage = Literal["first", "further", "final"]
"""即报, 续报, 终报."""

FieldName = Literal[
    "reporter", "reported_at", "code", "found_at", "place", "position", "grade", "sources", "cause", "burned",
    "damaged", "casualties", "loss", "weather", "situation", "trend", "threat", "protected", "carbon",
    "forces", "measures", "told", "answers", "duty", "signed",
]  # fmt: skip

SENTENCES: dict[str, tuple[str, ...]] = {
    "position": ("longitude", "latitude", "radius_m"),
    "likely": ("name", "percent"),
    "near": ("name", "km"),
    "at_most": ("ha",),
    "hectares": ("ha",),
    "casualties": ("deaths", "injured"),
    "yuan": ("amount",),
    "wind": ("speed",),
    "temperature": ("degrees",),
    "humidity": ("percent",),
    "growth": ("rate",),
    "head": ("direction", "km"),
    "carbon": ("tonnes", "low", "high", "hours"),
    "notice": ("who", "channel", "at"),
    "answer": ("who", "what", "at"),
    "due": ("what", "at"),
}
"""What the sentences of a form are called, and the gaps that each may have."""

Texts = Annotated[dict[str, Word], Meta(extra={"by_language": True})]
"""One text in every language of the profile."""


class FormField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: what it is called. What only a person knows is left to be filled in."""

    name: FieldName
    text: Texts
    by_hand: bool = False


class ReportForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[report]` of a profile."""

    source: Annotated[str, Meta(min_length=1)]
    status: Literal["verified", "derived", "memory", "placeholder"]
    title: dict[Stage, Texts]
    unknown: Texts
    """Stands where nobody has told it: unknown is not none."""
    by_hand: Texts
    reconstruction: Texts
    sentence: dict[str, Texts]
    field: Annotated[tuple[FormField, ...], Meta(min_length=1)]
