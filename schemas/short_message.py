"""The words of one text message, one call, one approved template or a few lines."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.gaps import Word, gaps
from schemas.units import Grade, IncidentKind

Ending = Literal["cancel", "expire", "close", "downgrade"]
"""What the last words on an alert are, or the lowering of its grade."""

Purpose = Literal["tell", "leave", "lower", "end", "digest"]
"""What an approved template is for: an alert, a call back, a lower grade, an end, several at once."""

LETTER = ("signature", "word", "joint", "code", "place", "time", "instruction", "why", "reply", "call")
"""Gaps of a text message: `joint` stands between word and code where two may not touch."""

FILLED = ("word", "code", "place", "time", "why", "count", "call")
"""Gaps of an approved template; `call` is fixed text, the office's own telephone."""


class ShortMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said where there is room for one text message, one call or a few lines.

    Where `message` is in letters of the GSM 7-bit alphabet only names in it are put in.
    """

    kind: dict[IncidentKind, Word]
    grade: dict[Grade, Word]
    ending: dict[Ending, Word]
    judged: Annotated[str, gaps("mark", "kind", "grade")]
    task: Annotated[str, gaps("mark")]
    fields: Annotated[str, gaps("fields")]
    """Stands after what it is when a new field is the news."""
    threatened: Annotated[str, gaps("name")]
    """The same for a settlement or facility that lies newly in reach of the next hour."""
    reached: Annotated[str, gaps("name")]
    """The same for an area that it reached."""
    corrected: Annotated[str, gaps()]
    """The same for a place that an operator corrected."""
    unanswered: Annotated[str, gaps("who", "since")]
    """Stands before what it is when it is told in the place of somebody who has not answered."""
    unanswered_brief: Annotated[str, gaps()]
    """The same where there is no room for a name."""
    somewhere: Word
    """Stands for a name that is not in the letters of the message."""
    ended: Annotated[str, gaps("mark", "ending", "kind")]
    reconstruction: Annotated[str, gaps()]
    drill: Annotated[str, gaps()]
    instruction: Word
    """To whoever goes there, unless the office has set its own."""
    pull_back: Word
    """What it is, to those who must leave at once."""
    pull_back_instruction: Word
    pull_back_reply: Annotated[str, gaps("code")]
    """How they say that they have read it."""
    """What they are told to do, whatever the office has set."""
    declared_out: Annotated[str, Meta(min_length=1, max_length=40)]
    """At the end of a fire that an officer declared out, in place of the instruction."""
    instead: dict[Ending, Annotated[str, Meta(max_length=40)]]
    """In place of the instruction at an end; empty: the instruction stands."""
    message: Annotated[str, gaps(*LETTER)]
    template: dict[Purpose, Annotated[str, gaps(*FILLED)]]
    """Proposed texts for those who review templates; what is put in is cut to fit them."""
    reason: Annotated[str, gaps("who", "why")]
    """Why it is taken back and who says so."""
    because: Annotated[str, gaps("reason")]
    """Stands for {why} in a message."""
    unwritten: Word
    """Stands for a reason that is not in the letters of the message."""
    signature: Annotated[str, gaps("signature")]
    reply: Annotated[str, gaps("code")]
    call: Annotated[str, gaps("phone")]
    position: Annotated[str, gaps("where", "radius_km")]
    digest: Annotated[str, gaps("signature", "count", "grade", "call")]
    digest_budget: Annotated[str, gaps("signature", "count", "grade", "call")]
    reply_line: Annotated[str, gaps("code")]
    call_line: Annotated[str, gaps("phone")]
    position_line: Annotated[str, gaps("where", "radius_km")]
    uncertain_line: Annotated[str, gaps("where")]
    """Says that the place is not certain, and every area that it may be in."""
    spoken: Annotated[str, gaps("word", "code", "place", "instruction", "why")]
    spoken_why: Annotated[str, gaps("who", "why")]
    """Stands for {why} in a call."""
    again: Annotated[str, gaps()]
    """Between a message read out and the same once more."""
    several: Annotated[str, gaps("first", "count", "more")]
    """Of several candidates one by name, and how many there are."""
    spot_separator: str
    """Between the area and the spot in it."""
    near_separator: str
    """Before the distance from a named place."""
    from_afar: Annotated[str, gaps("name", "distance_km")]
    """So far from a named place, the direction not known."""
    joint: Word
    """Between word and code in a template whose reviewers let no two gaps touch."""
    sender: Word
    """Who says so while no office is set."""
