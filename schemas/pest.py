"""What an outbreak says of its pest: which it is, what is new about its place, where it may go from there."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.units import Count, Metres, Probability, UtcTime

AnyPest = TrapCount | PestSurvey | LabResult
"""What is observed of pests."""

Audience = Annotated[
    Literal["", "quarantine"],
    Meta(description="Who may see it; empty: whoever may read. Else only who carries this mark."),
]
Novelty = Literal["", "county", "township", "sub-compartment"]
Basis = Literal["trap", "survey", "pines", "lab"]
"""What an outbreak rests on: catches, surveys by the standard, dead pines, a laboratory."""
Todo = Literal[
    "hang_traps", "empty_traps", "search_wilting", "read_traps", "survey_pines", "survey_dead_pines",
    "count_larvae", "count_eggs", "peel_logs", "plug_burrows", "count_mounds", "frame_larvae", "frame_nymphs",
]  # fmt: skip
"""What the season asks for next."""
SeasonBasis = Literal["degree_days", "calendar"]
"""On what a date of the season rests: warmth accumulated at the place, or the months of the calendar."""


FootprintOf = Literal["stands", "signs", "stands and signs"]
"""What the footprint is: stands that hold its signs, the hull of signs that no stand holds, or both."""


class Ring(Struct, frozen=True, kw_only=True):
    """One ring of risk about the finds, with the stands in it that can host the pest."""

    name: Literal["core", "watch", "flight", "human"]
    radius_m: Metres
    stands: Count


class Threatened(Struct, frozen=True, kw_only=True):
    """One stand that the pest may reach; the probability is relative until it is calibrated on finds."""

    stand_id: str
    name: str
    probability: Probability
    distance_m: Metres


class Pest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The pest of an outbreak."""

    species: Annotated[str, Meta(description="Accepted scientific name.")]
    chinese: str = ""
    is_quarantine: bool = False
    novelty: Annotated[Novelty, Meta(description="The widest place in which it is not on record.")] = ""
    unit_id: Annotated[
        str, Meta(description="Sub-compartment 小班 of a quarantine find; empty: unknown.")
    ] = ""
    township: str = ""
    county: str = ""
    basis: tuple[Basis, ...] = ()
    signs: Annotated[Count, Meta(description="Graded finds.")] = 0
    season: Annotated[
        Probability | None, Meta(description="Share of flight that the season allows; null: not known.")
    ] = None
    gate_basis: Annotated[
        SeasonBasis | Literal[""], Meta(description="What `season` rests on; empty: nothing is known.")
    ] = ""
    next_action: Annotated[
        Todo | Literal[""], Meta(description="What the season asks for next; empty: not known.")
    ] = ""
    next_action_at: Annotated[
        UtcTime | None, Meta(description="When; now or past: its time has come. Null: not foreseeable yet.")
    ] = None
    season_basis: Annotated[
        SeasonBasis | Literal[""],
        Meta(description="What the next action rests on; empty: nothing is known."),
    ] = ""
    footprint_of: Annotated[
        FootprintOf | Literal[""], Meta(description="What footprint and area are of; empty: not said.")
    ] = ""
    closes_at: Annotated[
        UtcTime | None, Meta(description="When it counts as over unless a new sign comes.")
    ] = None
    rings: tuple[Ring, ...] = ()
    threatened: Annotated[tuple[Threatened, ...], Meta(description="Stands most at risk, the first.")] = ()
