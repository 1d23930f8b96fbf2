"""Which cases of the profile oblige to report at once: each holds, does not, or is unknown.

Config::

    [report_duty]
    threatens_km = 2.0    # a settlement or facility so near is threatened; no rule says how near

A case that hangs on what nobody has told (the dead, the injured, whether it is dangerous) is unknown, never
false. The duty is a field of its own: it raises no grade. Its clocks start as the profile says.
"""

import math
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from schemas import report_duty as said
from schemas.incident import Place
from schemas.jurisdiction import Clock, Condition, Jurisdiction, SensitivePeriod, Trigger

Truth = bool | None


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [report_duty]."""

    threatens_km: Annotated[float, Meta(ge=0, le=5, description="Nearer than this is threatened.")] = 2.0


class Told(Struct, frozen=True, kw_only=True):
    """What people have entered; None is not told, and not no."""

    confirmed_at: datetime | None = None
    reported_at: datetime | None = None
    out_at: datetime | None = None
    damaged_forest_ha: float | None = None
    deaths: int | None = None
    serious_injuries: int | None = None
    rank: int | None = None
    """Of the official class, `alerts.fire_class`."""
    land: str | None = None
    """Of which land that class is one."""
    is_dangerous: bool | None = None
    is_told_elsewhere: bool | None = None
    needs_support: tuple[str, ...] | None = None
    """From whom; empty: from nobody."""


NOTHING_TOLD = Told()


class Facts(Struct, frozen=True, kw_only=True):
    """What the cases are asked of: one fire as it is known now."""

    opened_at: datetime
    last_observed_at: datetime
    now: datetime
    pixels: int
    places: tuple[Place, ...]
    layers: frozenset[str]
    """Layers that the region has: what is in none of a layer that it has is outside, else unknown."""
    in_reach: Truth = None
    """Whether a settlement or facility lies in the reach of the next hour."""
    told: Told = NOTHING_TOLD


def least_pixels(profile: Jurisdiction) -> float:
    """Return how many pixels of one look a case of the profile asks for; infinity where none does."""
    kinds = [one for trigger in profile.trigger for one in trigger.any if one.kind == "satellite_pixels"]
    return min((one.at_least for one in kinds if one.at_least is not None), default=math.inf)


def report_duty(
    profile: Jurisdiction, options: Options, facts: Facts, before: said.ReportDuty | None = None
) -> said.ReportDuty:
    """Return what holds, what a person must say and what is unknown; `before` remembers since when."""
    since = {one.code: one.since_at for one in before.holds} if before is not None else {}
    clocks = {clock.code: clock for clock in profile.clock}
    holds: list[said.Trigger] = []
    asks: list[str] = []
    unknown: list[str] = []
    for trigger in profile.trigger:
        truth, asked = _trigger(profile, options, facts, trigger)
        if truth:
            first = since.get(trigger.code, facts.now)
            due_at = _due(clocks[trigger.clock], facts.told, first)
            holds.append(_holding(trigger, first, due_at))
        elif truth is None:
            (asks if asked else unknown).append(trigger.code)
    return said.ReportDuty(
        holds=tuple(holds),
        asks=tuple(asks),
        unknown=tuple(unknown),
        deadlines=_deadlines(profile, facts.told) if holds else (),
    )


def _holding(trigger: Trigger, since_at: datetime, due_at: datetime | None) -> said.Trigger:
    return said.Trigger(
        code=trigger.code, to=trigger.to, since_at=since_at, clock=trigger.clock, due_at=due_at
    )


def _due(clock: Clock, told: Told, since_at: datetime) -> datetime | None:
    """Return when a report must be out; None while the clock of this case does not run."""
    if clock.starts in {"received", "opened"}:
        return since_at + timedelta(minutes=clock.within_min)
    started = told.confirmed_at
    return None if started is None else max(started, since_at) + timedelta(minutes=clock.within_min)


def _deadlines(profile: Jurisdiction, told: Told) -> tuple[said.Deadline, ...]:
    """Return the clocks that are of no case and run: the written, the further and the final report."""
    of_cases = {trigger.clock for trigger in profile.trigger}
    started = {
        "confirmed": told.confirmed_at,
        "reported": told.reported_at if told.out_at is None else None,
        "out": told.out_at,
    }
    found = []
    for clock in profile.clock:
        since = None if clock.code in of_cases else started.get(clock.starts)
        if since is not None:
            due_at = since + timedelta(minutes=clock.within_min)
            found.append(said.Deadline(clock=clock.code, due_at=due_at))
    return tuple(found)


def _trigger(profile: Jurisdiction, options: Options, facts: Facts, one: Trigger) -> tuple[Truth, bool]:
    """Return whether a case holds, and whether only a person's word is missing."""
    truths = [_condition(profile, options, facts, condition) for condition in one.any]
    held = any_of(truth for truth, _ in truths)
    return held, held is None and any(asked for truth, asked in truths if truth is None)


def _condition(
    profile: Jurisdiction, options: Options, facts: Facts, condition: Condition
) -> tuple[Truth, bool]:
    truth = KINDS[condition.kind](profile, options, facts, condition)
    if not condition.asks_person or condition.kind in {"told_elsewhere", "needs_support"}:
        return truth, False
    if truth is False or facts.told.is_dangerous is False:
        return False, False
    return (truth, False) if facts.told.is_dangerous else (None, truth is True)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return True when one is, else None when one is unknown, else False."""
    known = list(truths)
    if any(known):
        return True
    return None if None in known else False


def _from(condition: Condition, value: float | None) -> Truth:
    if value is None:
        return None
    return value > 0.0 if condition.at_least is None else value >= condition.at_least


def _near_border(_profile: Jurisdiction, _options: Options, facts: Facts, condition: Condition) -> Truth:
    """On a border lies what may lie in two areas, or beyond the only one: no rule says how far off."""
    return any_of(_touches_border(facts, layer) for layer in condition.of)


def _touches_border(facts: Facts, layer: str) -> Truth:
    held = [place for place in facts.places if place.layer == layer]
    if not held:
        return None
    likely = held[0].probability
    return len(held) > 1 or held[0].relation != "inside" or (likely is not None and likely < 1.0)


def _threatens(_profile: Jurisdiction, options: Options, facts: Facts, condition: Condition) -> Truth:
    if facts.in_reach:
        return True
    near = [place for place in facts.places if place.layer in condition.of]
    if any(one.away_km is not None and one.away_km <= options.threatens_km for one in near):
        return True
    return False if facts.layers.issuperset(condition.of) else None


def _open_fire_h(_profile: Jurisdiction, _options: Options, facts: Facts, condition: Condition) -> Truth:
    """Burning so long: seen so long, or confirmed and not told to be out."""
    told = facts.told
    end = told.out_at or (facts.now if told.confirmed_at is not None else facts.last_observed_at)
    return _from(condition, (end - facts.opened_at) / timedelta(hours=1))


def _inside(profile: Jurisdiction, _options: Options, facts: Facts, condition: Condition) -> Truth:
    return any_of(_in_kind(profile, facts, code) for code in condition.of)


def _in_kind(profile: Jurisdiction, facts: Facts, code: str) -> Truth:
    """Return whether it lies in an area of this kind; unknown without a rule that tells one."""
    rules = [one for one in profile.area_kind if one.code == code]
    if not rules:
        return None
    for rule in rules:
        for place in facts.places:
            if place.layer == rule.layer and any(word in place.level + place.name for word in rule.words):
                return True
    return False if all(rule.layer in facts.layers for rule in rules) else None


def _sensitive_period(profile: Jurisdiction, _options: Options, facts: Facts, condition: Condition) -> Truth:
    zone = ZoneInfo(profile.zone)
    first, last = facts.opened_at.astimezone(zone).date(), facts.last_observed_at.astimezone(zone).date()
    named = condition.of
    periods = [one for one in profile.sensitive_period if one.code in named]
    return any_of(holds_on(period, day) for period in periods for day in deciding(period, first, last))


def deciding(period: SensitivePeriod, first: date, last: date) -> list[date]:
    """Return the few days of a fire by which a period is on one of all its days, on none, or nobody knows.

    A period that is on one of them is on the first, or begins on one; of each year one is asked, for it may
    be unknown when the period is in it.
    """
    days = {first, last, *(span.first for span in period.span)}
    for year in range(first.year, last.year + 1):
        days.add(date(year, 1, 1))
        if period.first is not None:
            days.add(_on(year, period.first))
    return [day for day in sorted(days) if first <= day <= last]


def _on(year: int, month_day: str) -> date:
    """Return the first day of a year that is no sooner than a month and day, such as the 29th of February."""
    month, day = map(int, month_day.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month + 1, 1)


def holds_on(period: SensitivePeriod, day: date) -> Truth:
    """Return whether a day lies in the period; None when nobody has said when it is in that year."""
    if period.first is not None and period.last is not None:
        today = _month_day(day)
        if period.first <= period.last:
            return period.first <= today <= period.last
        return today >= period.first or today <= period.last
    if any(span.first <= day <= span.last for span in period.span):
        return True
    is_known = any(day.year in {span.first.year, span.last.year} for span in period.span)
    return False if is_known else None


@lru_cache(maxsize=1000)
def _month_day(day: date) -> str:
    return f"{day.month:02d}-{day.day:02d}"


def _needs_support(_profile: Jurisdiction, _options: Options, facts: Facts, condition: Condition) -> Truth:
    told = facts.told.needs_support
    return None if told is None else any(one in told for one in condition.of)


def _fire_class(_profile: Jurisdiction, _options: Options, facts: Facts, condition: Condition) -> Truth:
    """Return whether the class is so high; one of another land than the case names is none of it."""
    if condition.of and facts.told.land is not None and facts.told.land not in condition.of:
        return False
    return _from(condition, facts.told.rank)


KINDS: dict[str, Callable[[Jurisdiction, Options, Facts, Condition], Truth]] = {
    "near_border": _near_border,
    "threatens": _threatens,
    "open_fire_h": _open_fire_h,
    "inside": _inside,
    "sensitive_period": _sensitive_period,
    "needs_support": _needs_support,
    "damaged_forest_ha": lambda _p, _o, facts, one: _from(one, facts.told.damaged_forest_ha),
    "deaths": lambda _p, _o, facts, one: _from(one, facts.told.deaths),
    "serious_injuries": lambda _p, _o, facts, one: _from(one, facts.told.serious_injuries),
    "told_elsewhere": lambda _p, _o, facts, _one: facts.told.is_told_elsewhere,
    "satellite_pixels": lambda _p, _o, facts, one: _from(one, facts.pixels),
    "fire_class": _fire_class,
}
"""How each kind of condition is asked."""
