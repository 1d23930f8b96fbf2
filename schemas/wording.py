"""The words of one language of a jurisdiction: grades, actions, sources, times, numbers and sentences.

A sentence is text with named gaps, `{where}`; which gaps it may have stands beside it. A profile whose
sentence has another gap, or which lacks a word, is refused when it is opened.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.gaps import Word, gaps
from schemas.notice import NoteCode, Says
from schemas.pest import SeasonBasis, Todo
from schemas.short_message import ShortMessage
from schemas.units import Action, Grade, IncidentKind, SourceClass

POSITION = ("longitude", "latitude", "easting", "northing", "radius_km")
"""Signed degrees; the same with the words for the hemisphere; the radius of uncertainty."""

Moment = Annotated[str, Meta(min_length=1, extra={"moment": True})]
"""How a time is written: text with %Y %m %d %H %M %z, in the zone of the jurisdiction."""


class Sentences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is put together from words and figures."""

    headline: Annotated[str, gaps("mark", "grade", "action", "where", "at")]
    description: Annotated[
        str,
        gaps(
            *POSITION,
            "where",
            "named",
            "sources",
            "observations",
            "looks",
            "probability_percent",
            "area",
            "fields",
            "at",
        ),
    ]
    fields: Annotated[str, gaps("fields")]
    """Stands for {fields} in the description when it burns in several fields; nothing otherwise."""
    named: Annotated[str, gaps("where")]
    """Stands for {named} in the description when places are known by name; nothing otherwise."""
    unnamed: Annotated[str, gaps(*POSITION)]
    """Stands for {where} when no place is known by a name of this language."""
    around: Annotated[str, gaps(*POSITION)]
    """The area that may be affected, when it has no name."""
    area: Annotated[str, gaps("area_ha")]
    area_unknown: Annotated[str, gaps()]
    taken_back: Annotated[str, gaps("who", "why")]
    """Why a cancel or a lower grade, and who says so."""
    judged_anew: Annotated[str, gaps()]
    """Stands for {why} where no person has written one."""
    drill_over: Annotated[str, gaps()]
    """Stands for {why} at the end of a drill."""
    not_out: Annotated[str, gaps()]
    """Said at the end of an alert on quiet: nobody has declared the fire out."""
    declared_out: Annotated[str, gaps()]
    """Said in its place when an officer has."""
    reconstruction: Annotated[str, gaps()]
    """Stands before the headline of what is no live fire."""
    drill: Annotated[str, gaps()]
    """Stands before the headline of a mock fire."""
    digest: Annotated[str, gaps("count", "grades")]
    digest_budget: Annotated[str, gaps("count", "grades")]
    """The same where messages were used up, and not all of it is old news."""
    digest_grade: Annotated[str, gaps("grade", "count")]
    from_place: Annotated[str, gaps("name", "direction", "distance_km")]
    """So far in this direction from a named place."""
    aloud: Annotated[str, gaps("at", "headline", "probability_percent")]
    """One line on a terminal."""


LOSS = ("what", "since", "hours", "why", "danger", "areas")
"""Gaps of what is said of a lost observation."""

Loss = Literal["overdue", "frozen", "stuck", "dark", "waiting_for", "not_read", "at_least"]
"""Why a source counts as lost: its silence, or what kept it from looking."""


class Unread(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of traps that nobody reads any more, in place of what is said of a lost look-out."""

    description: Annotated[str, gaps(*LOSS)]
    found: Annotated[str, gaps(*LOSS)]
    caution: Word
    measures: Word


class Lost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a source that is no longer heard or no longer sees."""

    headline: Annotated[str, gaps("mark", "grade", "action", *LOSS)]
    description: Annotated[str, gaps(*LOSS)]
    found: Annotated[str, gaps(*LOSS)]
    """Said in place of the description when it is observed again."""
    back: Word
    """The action in the headline when it is observed again."""
    left: Annotated[str, gaps(*LOSS)] = ""
    """Said in place of the description when the settings expect it no longer; empty: the description."""
    unexpected: str = ""
    """The action in the headline then; empty: that of any end."""
    why: dict[Loss, Word]
    danger: Annotated[str, gaps("level")]
    danger_unknown: Annotated[str, gaps()]
    area: Annotated[str, gaps("name", "at")]
    area_never: Annotated[str, gaps("name")]
    more: Annotated[str, gaps("first", "count")]
    caution: Word
    measures: Word
    instruction: Annotated[str, Meta(min_length=1, max_length=40)]
    """In a text message, in place of how to behave at a fire."""
    traps: Unread


PEST = (
    "pest",
    "where",
    "novelty",
    "why",
    "signs",
    "since",
    "at",
    "threatened",
    *POSITION,
)
"""Gaps of what is said of an outbreak."""

PestReason = Literal[
    "lab_positive",
    "caught",
    "lab_negative",
    "new_unit",
    "known_unit",
    "dead_pines",
    "excess",
    "cluster",
    "occurrence",
    "disaster",
]
"""Why something counts as an outbreak."""


class Pests(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an outbreak: that it is suspected and to be verified, always."""

    name: Literal["chinese", "scientific"]
    """By which name a pest is called."""
    must: Annotated[tuple[Word, ...], Meta(min_length=1)]
    """One of these stands in every text about a pest."""
    never: Annotated[str, Meta(min_length=1, max_length=1000)]
    """Regular expression of words that announce or confirm an epidemic; only an office may say them."""
    headline: Annotated[str, gaps("mark", "grade", "action", *PEST)]
    description: Annotated[str, gaps(*PEST)]
    line: Annotated[str, gaps("pest", "where", "novelty")]
    """One line on a terminal."""
    not_gone: Annotated[str, gaps()]
    """Said at the end: nobody has declared it gone."""
    not_over: Annotated[str, Meta(max_length=40)] = ""
    """The same in a text message; empty: as of a fire."""
    next_due: Annotated[str, gaps("todo", "on", "basis")]
    """What the season asks for next, at the end of the description."""
    recurrence: Annotated[str, gaps("weeks")] = ""
    """How seldom chance alone brings a cluster as strong; empty: not said."""
    basis: dict[SeasonBasis, Word]
    """On what that date rests."""
    todo: dict[Todo, Word]
    novelty: dict[Literal["county", "township", "sub-compartment"], Word]
    why: dict[PestReason, Word]
    caution: Word
    measures: Word
    instruction: Annotated[str, Meta(min_length=1, max_length=40)]
    """In a text message, in place of how to behave at a fire."""


class AnswerPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page behind the one-tap link of a message: it asks once more, so that no preview can answer."""

    title: Word
    question: Annotated[str, gaps("code", "headline")]
    says: dict[Says, Word]
    """The buttons."""
    thanks: Word
    refused: Word
    """Of a link that is forged, over, or used: nothing was answered."""
    link: Word
    """The words of the link in a message."""


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[words.LANGUAGE]`: everything a language must be able to say."""

    grade: dict[IncidentKind, dict[Grade, Word]]
    """A grade in full; I to IV say that the system judged, since no authority did."""
    short: dict[Grade, Word]
    """A grade where there is little room; its kind is known."""
    mark: dict[Grade, Annotated[str, Meta(min_length=1, max_length=2)]]
    """One or two letters inside a symbol on the map."""
    action: dict[Action, Word]
    source: dict[SourceClass, Word]
    direction: Annotated[tuple[Word, ...], Meta(min_length=8, max_length=8)]
    """Clockwise from north, in steps of 45 degrees."""
    either: str
    """Between candidates of which one is right."""
    list_separator: str
    place_separator: str
    """Between the names of administrative levels."""
    widest_first: bool
    """Whether the city stands before the county, or after it."""
    decimal: Annotated[str, Meta(min_length=1, max_length=1)]
    thousands: Annotated[str, Meta(max_length=1)]
    east: Annotated[str, gaps("degrees")]
    west: Annotated[str, gaps("degrees")]
    north: Annotated[str, gaps("degrees")]
    south: Annotated[str, gaps("degrees")]
    note: dict[NoteCode, Annotated[str, gaps("text", "who", "code", "count", "headline")]]
    """Short words that are no alert: to who sent what cannot be read, and to the officer."""
    answer: dict[Says, tuple[Word, ...]]
    """What people write when they answer, capital and small letters alike."""
    page: AnswerPage
    moment: Moment
    moment_short: Moment
    sentence: Sentences
    short_message: ShortMessage
    lost: Lost
    pest: Pests
