"""A report that the law asks for at once: which triggers hold, since when, and which clocks run."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.units import UtcTime

Code = Annotated[str, Meta(description="Code of the profile of the jurisdiction.")]


class Trigger(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One case of the profile that holds."""

    code: Code
    to: Annotated[str, Meta(description="Who is to be told.")]
    since_at: Annotated[UtcTime, Meta(description="When it was first judged to hold.")]
    clock: Code
    due_at: Annotated[UtcTime | None, Meta(description="Null: its clock does not run yet.")] = None


class Deadline(Struct, frozen=True, kw_only=True):
    """One clock that runs: first written report, further reports, final report."""

    clock: Code
    due_at: UtcTime


class ReportDuty(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the law asks for if it is a fire; it raises no grade.

    Clocks that start with confirmation do not run before somebody has confirmed the fire.
    """

    holds: tuple[Trigger, ...] = ()
    asks: Annotated[
        tuple[str, ...], Meta(description="Triggers that hold as soon as a person says it is dangerous.")
    ] = ()
    unknown: Annotated[
        tuple[str, ...], Meta(description="Triggers on facts that nobody has told: not false.")
    ] = ()
    deadlines: tuple[Deadline, ...] = ()
