"""When an outbreak counts as over unless a new sign comes: weeks below threshold, or the end of the season.

Catches say something for weeks, a survey for a season's generation, a laboratory's positive for a year. An
outbreak stays open for as long as any of its signs speaks; what is over has not been declared to be gone.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from detectors.pests.season import SeasonTable, Window
from detectors.pests.sign import Sign

LOCAL = dt.timedelta(hours=8)
"""Days of the calendar of seasons begin at midnight in China."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days after its newest sign of a kind an outbreak stays open; proposals."""

    trap_d: Annotated[float, Meta(gt=0, description="Catches: weeks below threshold.")] = 28.0
    survey_d: Annotated[float, Meta(gt=0, description="Surveys and dead pines.")] = 90.0
    lab_d: Annotated[float, Meta(gt=0, description="Positives of a laboratory.")] = 365.0


class Closing(NamedTuple):
    """When it is over, and by which rule."""

    at: dt.datetime
    rule: str


def closing(options: Options, seasons: SeasonTable, signs: Sequence[Sign]) -> Closing:
    """Return when the outbreak of these signs is over: the latest of what each of them allows."""
    return max((_of(options, seasons, one) for one in signs), key=lambda one: (one.at, one.rule))


def since_over(options: Options, seasons: SeasonTable, signs: Sequence[Sign]) -> tuple[Sign, ...]:
    """Return, of the signs of an outbreak by time, those found since it was last over: these are its news."""
    over, begin = None, 0
    for at, one in enumerate(signs):
        if over is not None and one.observed_at >= over:
            begin = at
        ends = _of(options, seasons, one).at
        over = ends if over is None else max(over, ends)
    return tuple(signs[begin:])


def _of(options: Options, seasons: SeasonTable, sign: Sign) -> Closing:
    # a quarantine pest found in a trap or by a survey speaks as long as a laboratory's
    is_find = any(why.code == "caught" for why in sign.reasons)
    basis = "lab" if is_find else sign.basis
    days = {"trap": options.trap_d, "lab": options.lab_d}.get(basis, options.survey_d)
    quiet = Closing(sign.observed_at + dt.timedelta(days=days), "no new sign")
    if basis != "trap":
        return quiet
    ends = [
        _end(one, sign.observed_at) for one in seasons.window if one.traps and one.species == sign.species
    ]
    over = [Closing(one, "season over") for one in ends if one is not None]
    return min([quiet, *over], key=lambda one: one.at)


def _end(window: Window, at: dt.datetime) -> dt.datetime | None:
    """Return when the window that holds an instant ends; None outside it."""
    day = (at + LOCAL).date()
    for year in (day.year - 1, day.year):
        begins, ends = window.span(year)
        if begins <= day <= ends:
            after = dt.datetime.combine(ends + dt.timedelta(days=1), dt.time(), dt.UTC)
            return after - LOCAL
    return None
