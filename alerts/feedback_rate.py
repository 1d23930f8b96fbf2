"""反馈率: of what a county was told by the cut-off hour, how much it had answered by then.

An answer counts when the county or an office above it gave it; one that says it is still being checked counts
as none. Where nothing was told there is no rate, which is not 0 and not 100 %.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from alerts.feedback import says
from alerts.waiting import Told, county_of
from schemas.jurisdiction import Jurisdiction
from schemas.units import Probability


class Rate(Struct, frozen=True, kw_only=True):
    """One county, or all of them (`county` empty)."""

    county: str
    told: Annotated[int, Meta(ge=0)]
    answered: Annotated[int, Meta(ge=0)]
    in_time: Annotated[int, Meta(ge=0, description="Of the answered: before their own clock ran out.")]
    rate: Annotated[Probability | None, Meta(description="Null: nothing was told.")]


def rates(
    told: Iterable[Told], profile: Jurisdiction, start: datetime, cut_off: datetime, within_min: float | None
) -> tuple[Rate, ...]:
    """Return the rate of each county from `start` to `cut_off` (included), the worst first, then of all."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in told:
        if not start <= each.first_at <= cut_off:
            continue
        at = answered_at(each, profile)
        done = at is not None and at <= cut_off
        minutes = (at - each.first_at).total_seconds() / 60.0 if at is not None else 0.0
        in_time = done and within_min is not None and minutes <= within_min
        for name in {county_of(each.alert.places), ""}:
            for place, value in enumerate((1, done, in_time)):
                counts[name][place] += int(value)
    counts[""] = counts[""]
    found = [_rate(name, *numbers) for name, numbers in counts.items()]
    return tuple(sorted(found, key=lambda one: (one.county == "", one.rate or 0.0, -one.told, one.county)))


def _rate(county: str, told: int, answered: int, in_time: int) -> Rate:
    share = answered / told if told else None
    return Rate(county=county, told=told, answered=answered, in_time=in_time, rate=share)


def answered_at(each: Told, profile: Jurisdiction) -> datetime | None:
    """Return when an office first answered, None when none has."""
    said = each.alert.feedback
    steps = () if said is None else said.steps
    offices = [one.at for one in steps if one.level != "field" and says(profile, one.code)]
    return min(offices, default=None)
