"""The verification queue: what waits for an answer, overdue first, then the gravest, then the soonest due.

An incident waits until the highest office has answered, or until none has to: once one confirms a fire, those
above only countersign. The clocks `task_answer` and `alert_answer` are of the profile.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from schemas.alert import Alert
from schemas.incident import Place
from schemas.jurisdiction import Jurisdiction
from schemas.units import Grade, Identifier, UtcTime
from schemas.verdict import Signed

TASK_CLOCK, ALERT_CLOCK = "task_answer", "alert_answer"
ENDED = frozenset({"cancel", "expire", "close"})
ORDER: dict[Grade, int] = {"I": 0, "II": 1, "III": 2, "IV": 3, "task": 4}
REVIEWED = timedelta(days=1)
"""So long after a denial that ended an alert the office above may look at it, however old its evidence is."""

OFFICES: tuple[Signed, ...] = ("county", "city", "province")


class Told(Struct, frozen=True, kw_only=True):
    """One alert as it stands, when it was first told, and what the desk did about it."""

    alert: Alert
    first_at: datetime
    words: tuple[str, ...] = ()


class Waiting(Struct, frozen=True, kw_only=True):
    """One line of the queue."""

    alert_id: Identifier
    incident_id: Identifier
    short_code: str
    grade: Grade
    county: str
    state: Annotated[str, Meta(description="Highest office that has answered: none, county, city, province.")]
    code: Annotated[int | None, Meta(description="Feedback code in force; null: no office has found one.")]
    waits_for: Annotated[str, Meta(description="The office whose turn it is; empty: none.")]
    contradicted: bool
    first_at: UtcTime
    due_at: Annotated[UtcTime | None, Meta(description="Null: the profile has no clock for it.")]
    overdue_min: Annotated[int | None, Meta(description="Whole minutes past its time; null: not yet.")]
    words: Annotated[tuple[str, ...], Meta(description="What officers did about it.")] = ()


def queue(told: Iterable[Told], profile: Jurisdiction, now: datetime) -> tuple[Waiting, ...]:
    """Return what waits, in the order in which it should be worked."""
    found = [one for each in told if (one := _waiting(each, profile, now)) is not None]
    return tuple(sorted(found, key=_place))


def _place(one: Waiting) -> tuple[int, int, datetime, str]:
    """Return what orders the queue: who is overdue for longer first, then grade, due time and id."""
    late = -(one.overdue_min or 0) if one.overdue_min is not None else 1
    return late, ORDER[one.grade], one.due_at or one.first_at, one.alert_id


def next_office(alert: Alert) -> str:
    """Return the office whose answer is awaited, empty when none is.

    A denial goes up to the province, a confirmed fire to nobody; what contradicts the province is its own.
    """
    said = alert.feedback
    if said is None or said.state == "none":
        return "" if alert.action in ENDED else OFFICES[0]
    if said.ruling == "fire" and not said.contradicted:
        return ""
    at = OFFICES.index(said.state)
    above = OFFICES[at + 1 :] or (OFFICES[-1:] if said.contradicted else ())
    return above[0] if above else ""


def _waiting(each: Told, profile: Jurisdiction, now: datetime) -> Waiting | None:
    alert = each.alert
    office = next_office(alert)
    if not office or (alert.action in ENDED and _waits_until(alert) <= now):
        return None
    due_at = _due(each, profile)
    overdue = None if due_at is None or now < due_at else int((now - due_at).total_seconds() // 60)
    said = alert.feedback
    return Waiting(
        alert_id=alert.alert_id,
        incident_id=alert.incident_id,
        short_code=alert.short_code,
        grade=alert.grade,
        county=county_of(alert.places),
        state="none" if said is None else said.state,
        code=None if said is None else said.code,
        waits_for=office,
        contradicted=said is not None and said.contradicted,
        first_at=each.first_at,
        due_at=due_at,
        overdue_min=overdue,
        words=each.words,
    )


def _waits_until(alert: Alert) -> datetime:
    """Return until when an ended alert waits: a denial in the last minute hides nothing from those above."""
    said = alert.feedback
    denied_at = None if said is None or said.ruling != "no_fire" else said.ruled_at
    return alert.expires_at if denied_at is None else max(alert.expires_at, denied_at + REVIEWED)


def _due(each: Told, profile: Jurisdiction) -> datetime | None:
    within_min = minutes_of(profile, TASK_CLOCK if each.alert.grade == "task" else ALERT_CLOCK)
    return None if within_min is None else each.first_at + timedelta(minutes=within_min)


def minutes_of(profile: Jurisdiction, clock: str) -> float | None:
    """Return how long a clock of the profile runs, min; None when it has none of this name."""
    return next((one.within_min for one in profile.clock if one.code == clock), None)


def county_of(places: Iterable[Place]) -> str:
    """Return the county that an incident is in, or most likely in; empty where none is known."""
    here = [one for one in places if one.layer == "county" and one.relation != "near"]
    likely = sorted(here, key=lambda one: (one.relation != "inside", -(one.probability or 0.0), one.place_id))
    return likely[0].name if likely else ""
