"""So many pages an hour in one county; what is beyond them goes into a digest. Grades I and II always page.

Many fires at once are a storm of pages in which the gravest one is missed. A fire lost in a digest is still
listed there, and pages as soon as it is of grade II.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.lifecycle import Turn
from alerts.quiet import NEVER_HELD
from schemas.incident import Incident, Place
from schemas.reason import Reason

SPAN = timedelta(hours=1)


def county_of(places: Iterable[Place]) -> str:
    """Return the county that holds the centre of a fire, else the likeliest; empty: none is known."""
    counties = [place for place in places if place.layer == "county" and place.relation != "near"]
    if not counties:
        return ""
    return min(counties, key=lambda place: (place.relation != "inside", -(place.probability or 0.0))).place_id


def within_hour(times: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Return those of the times that still count against the budget."""
    return tuple(one for one in times if abs(now - one) < SPAN)


def budgeted(turn: Turn, incident: Incident, county: str, spent: Sequence[datetime], limit: int) -> Turn:
    """Return the turn, or one that pages nobody because the pages of this hour are used up.

    `spent` is when pages of grades III and IV went out in the county within the hour.
    """
    if not turn.pages or not county or incident.grade in NEVER_HELD or len(spent) < limit:
        return turn
    reason = Reason(
        code="budget_county",
        ref=county,
        value=float(len(spent)),
        threshold=float(limit),
        unit="pages an hour",
        detail=turn.reason.code,
    )
    return replace(turn, pages=False, reason=reason)
