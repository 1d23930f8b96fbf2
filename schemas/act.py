"""What an operator does to an incident: split or merge, correct, end or silence it, or take a word back."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.reason import Reason
from schemas.units import Count, Frame, Hectares, Identifier, Latitude, Longitude, UtcTime, Version, written
from schemas.verdict import Author, Knew, Outcome, Written

Land = Literal["forest", "grassland", "other"]


class Act(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="act"):
    """What every act says; on `act.v1` `outcome` says what became of it."""

    v: Version = written()
    act_id: Identifier
    incident_id: Identifier
    author: Annotated[Author, Meta(min_length=1)]
    at: UtcTime
    text: Written = ""
    received_at: Annotated[UtcTime | None, Meta(description="When it was taken in.")] = None
    outcome: Annotated[
        Outcome, Meta(description="`waiting`: no such incident, or not all it names, yet.")
    ] = "given"
    applied_to: Annotated[str, Meta(description="The incident that answers to the id now.")] = ""
    reason: Reason | None = None
    knew: Knew = None


class Merge(Act, frozen=True, kw_only=True, tag="merge"):
    """Two incidents are one fire."""

    other_id: Identifier


class Middles(Struct, frozen=True, kw_only=True):
    """Where two fires lie, as their officer saw them: half way between is the line that parts them."""

    longitude: Annotated[Longitude, Meta(description="Middle of what stays.")]
    latitude: Latitude
    other_longitude: Annotated[Longitude, Meta(description="Middle of what is another fire.")]
    other_latitude: Latitude
    radius_km: Annotated[
        float,
        Meta(gt=0, le=300, description="So far from half way it holds, for what comes later too."),
    ]


class Split(Act, frozen=True, kw_only=True, tag="split"):
    """Some of what was seen is of another fire: the two are parted half way between their middles.

    With `middles` the line is drawn between them, and what comes late is dealt as if it had been there.
    Without, it depends on what is there, and named observations that are not are waited for.
    """

    observation_ids: Annotated[tuple[str, ...], Meta(min_length=1, max_length=1000)]
    middles: Middles | None = None


class Relabel(Act, frozen=True, kw_only=True, tag="relabel"):
    """What kind of land burns."""

    land: Land


class Relocate(Act, frozen=True, kw_only=True, tag="relocate"):
    """Where it is: a position with its frame, better than what sources say."""

    frame: Frame
    longitude: Longitude
    latitude: Latitude
    radius_m: Annotated[float, Meta(ge=1, le=50_000)] = 200.0


Dangerous = Annotated[
    bool | None, Meta(description="Whether it is dangerous where it burns; null: not said.")
]
ToldElsewhere = Annotated[
    bool | None, Meta(description="Whether another channel or the media told of it; null: not said.")
]
Support = (
    Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...],
        Meta(
            max_length=8, description="Levels that are to support (`province`); empty: none, null: not said."
        ),
    ]
    | None
)
ReportedAt = Annotated[UtcTime | None, Meta(description="When the last report upward went out.")]


class EnterFigures(Act, frozen=True, kw_only=True, tag="figures"):
    """What it cost and what only people can say of it, as far as known; what is left out stays as it was."""

    area_ha: Annotated[Hectares | None, Meta(description="受害森林面积, or grassland burned, ha.")] = None
    deaths: Count | None = None
    serious_injuries: Count | None = None
    loss_cny: Annotated[float, Meta(ge=0, description="Direct loss, yuan.")] | None = None
    is_dangerous: Dangerous = None
    is_told_elsewhere: ToldElsewhere = None
    needs_support: Support = None
    reported_at: ReportedAt = None


class DeclareOut(Act, frozen=True, kw_only=True, tag="out"):
    """It is out, as far as anything was seen of it by `at`; what is seen later opens it again (复燃)."""


class Reopen(Act, frozen=True, kw_only=True, tag="reopen"):
    """It is not out after all, or no false alarm: what was declared or denied before counts no more."""


class SetSilence(Act, frozen=True, kw_only=True, tag="silence"):
    """Nobody is told of it for a while; never holds back grade I, II or an end."""

    until: Annotated[UtcTime, Meta(description="When it ends by itself.")]
    up_to: Annotated[Literal["task", "IV", "III"], Meta(description="Graver ones pass.")] = "III"


class Undo(Act, frozen=True, kw_only=True, tag="undo"):
    """An act or a verdict counts no more, as if it had not been given; what was told of it stays told."""

    of: Annotated[Identifier, Meta(description="The `act_id` or `verdict_id` that is taken back.")]


AnyAct = Merge | Split | Relabel | Relocate | EnterFigures | DeclareOut | Reopen | SetSilence | Undo


class Entered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What people entered of an incident; null is not entered, and not 0."""

    land: Land | None = None
    area_ha: Hectares | None = None
    deaths: Count | None = None
    serious_injuries: Count | None = None
    loss_cny: Annotated[float, Meta(ge=0)] | None = None
    fire_class: Annotated[str, Meta(description="Official class that these figures reach, in words.")] = ""
    fire_class_rank: Annotated[int, Meta(ge=1, le=4)] | None = None
    is_dangerous: Dangerous = None
    is_told_elsewhere: ToldElsewhere = None
    needs_support: Support = None
    reported_at: ReportedAt = None
