"""A jurisdiction is data: levels, grades, codes, law, thresholds, seasons, clocks, telephones and words.

Every figure and every text that an authority has to stand for says where it comes from and how far it can
be relied on: `verified` (read in the source), `derived` (reasoned from it), `memory` (to be checked) or
`placeholder` (ours, until somebody with the right to do so approves it).
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.gaps import Word
from schemas.report_form import ReportForm
from schemas.units import IncidentKind, Version
from schemas.wording import Words

Status = Literal["verified", "derived", "memory", "placeholder"]
Code = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$")]
Language = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47 tag.")]
Texts = Annotated[dict[Language, Word], Meta(extra={"by_language": True})]
"""One text in every language of the profile."""

MonthDay = Annotated[str, Meta(pattern="^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", description="MM-DD.")]


class Sourced(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it comes from and how far it can be relied on."""

    source: Annotated[str, Meta(min_length=1)]
    status: Status


class Level(Sourced, frozen=True, kw_only=True):
    """One administrative level, by the layer of the region that holds it; the widest comes first."""

    layer: Code
    text: Texts
    code_pattern: Annotated[str, Meta(description="Regular expression of a code of this level.")]
    code_digits: Annotated[int, Meta(ge=0)] = 0
    """How many leading digits name the area; 0: the code is not made of digits of its parents."""


Finding = Literal[
    "fire", "permitted_burning", "other_fire", "industrial_heat", "fire_abroad", "other", "not_found",
    "under_verification",
]  # fmt: skip
"""What an answer says of the incident. `not_found` is evidence and never an end by itself."""


class Feedback(Sourced, frozen=True, kw_only=True):
    """One code that an answer from the field may carry."""

    code: Annotated[int, Meta(ge=0, le=99)]
    text: Texts
    says: Finding


class FeedbackState(Sourced, frozen=True, kw_only=True):
    """How far an answer has come on its way up; `level` is the layer whose office has signed it."""

    code: Annotated[int, Meta(ge=0)]
    level: str = ""
    text: Texts


class LegalField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field that a published warning states."""

    name: Literal[
        "category", "level", "starts_at", "affected_area", "caution", "measures", "issuer", "issued_at"
    ]
    text: Texts


class WarningFields(Sourced, frozen=True, kw_only=True):
    """What a published warning must state, and by which rule."""

    basis: Texts
    field: Annotated[tuple[LegalField, ...], Meta(min_length=1)]


class Advice(Sourced, frozen=True, kw_only=True):
    """What people are told to do and to leave; to be approved by the authority before use."""

    category: dict[IncidentKind, Texts]
    caution: Texts
    measures: Texts
    instruction: Texts


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a report due: a figure from `at_least` on; `of` names borders, areas, things, periods."""

    kind: Literal[
        "near_border", "damaged_forest_ha", "deaths", "serious_injuries", "threatens", "open_fire_h",
        "inside",
        "sensitive_period", "told_elsewhere", "needs_support", "satellite_pixels", "fire_class",
    ]  # fmt: skip
    at_least: Annotated[float, Meta(ge=0)] | None = None
    of: tuple[Code, ...] = ()
    asks_person: bool = False
    """Whether only a person can say so, as that it is dangerous."""


class Trigger(Sourced, frozen=True, kw_only=True):
    """One case in which a report is due, when any of its conditions holds."""

    code: Code
    basis: Code
    text: Texts
    any: Annotated[tuple[Condition, ...], Meta(min_length=1)]
    clock: Code
    to: Code


class AreaKind(Sourced, frozen=True, kw_only=True):
    """What tells that an area of the region is of the kind `code` that triggers name."""

    code: Code
    layer: Code
    words: Annotated[tuple[str, ...], Meta(min_length=1, description="One stands in its level or name.")]


class Bound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From this much on, this much included, and below that much, that much not included (以上含本数)."""

    measure: Literal[
        "damaged_forest_ha", "grassland_ha", "deaths", "casualties", "serious_injuries", "loss_cny"
    ]
    at_least: Annotated[float, Meta(ge=0)]
    below: Annotated[float, Meta(gt=0)] | None = None


class FireClass(Sourced, frozen=True, kw_only=True):
    """One official class of a fire by damage: any one bound is enough, the highest class counts.

    It is entered by an authorised person, and never what a grade of the system is called.
    """

    land: Literal["forest", "grassland"]
    rank: Annotated[int, Meta(ge=1, le=4)]
    text: Texts
    any: Annotated[tuple[Bound, ...], Meta(min_length=1)]


class Season(Sourced, frozen=True, kw_only=True):
    """A part of every year, both days included; `last` before `first` goes over the new year."""

    code: Code
    text: Texts
    first: MonthDay
    last: MonthDay


class Span(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days of one year, both included."""

    first: date
    last: date


class SensitivePeriod(Sourced, frozen=True, kw_only=True):
    """Days on which every fire is reported at once: the same every year, or named year by year."""

    code: Code
    text: Texts
    first: MonthDay | None = None
    last: MonthDay | None = None
    span: tuple[Span, ...] = ()


class Clock(Sourced, frozen=True, kw_only=True):
    """How long something may take, from when; `every_min` when it falls due again and again."""

    code: Code
    text: Texts
    starts: Literal["received", "opened", "confirmed", "reported", "out"]
    within_min: Annotated[float, Meta(gt=0)]
    every_min: Annotated[float, Meta(gt=0)] | None = None


class Telephone(Sourced, frozen=True, kw_only=True):
    """A number that anybody may call."""

    code: Code
    number: Annotated[str, Meta(pattern=r"^\+?[0-9]{2,15}$")]
    text: Texts


class Jurisdiction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One profile: a TOML file."""

    v: Version = 1
    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]*$")]
    title: Texts
    zone: Annotated[str, Meta(description="IANA time zone in which times are shown.")]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    """The first is the one in which names of places, legal fields and one-line texts are written."""
    words: dict[Language, Words]
    code_list: str = ""
    """The list that codes of areas are from, as other systems know it; empty: no codes are sent to them."""
    level: tuple[Level, ...]
    feedback: tuple[Feedback, ...]
    feedback_state: tuple[FeedbackState, ...]
    warning: WarningFields
    advice: Advice
    trigger: tuple[Trigger, ...]
    fire_class: tuple[FireClass, ...]
    season: tuple[Season, ...]
    sensitive_period: tuple[SensitivePeriod, ...]
    clock: tuple[Clock, ...]
    telephone: tuple[Telephone, ...]
    area_kind: tuple[AreaKind, ...] = ()
    report: ReportForm | None = None
    """The form of reports upward; without one none can be written."""

    @property
    def first(self) -> Words:
        """The words of the first language."""
        return self.words[self.languages[0]]
