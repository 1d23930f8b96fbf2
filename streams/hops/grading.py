"""How sure and how grave one fire is, here and in this weather, with what was looked for in vain."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from alerts.grade_condition import Facts
from alerts.holding import HOUR_S, Step
from alerts.reached import in_reach
from detectors import against, belief, context
from detectors.assembly import Summary
from detectors.association import Fire
from detectors.evidence import MOST_SURE
from schemas.detection import Look
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.units import Grade
from streams.hops.nowhere import capped
from streams.hops.sitting import Sitting
from streams.hops.sparing import in_vain

ON_THE_SPOT = frozenset({"ground", "aerial"})
"""Classes of source that are believed on wet days too."""

LEAST_REMEMBERED_H = 4.0
"""What a grade rests on is asked for three times as far back as a grade is kept, but at least as for this."""


class Graded(Struct, frozen=True, kw_only=True):
    """What an incident says of how sure and how grave it is."""

    grade: Grade
    probability: float
    seen_clear_at: datetime | None
    reasons: tuple[Reason, ...]


class Weighed(Struct, frozen=True, kw_only=True):
    """How sure one is after some looks in vain, and the reason when they contradict what was seen."""

    seconds: float
    probability: float
    conflict: Reason | None = None


def graded(
    sitting: Sitting, burning: Fire, one: Summary, where: tuple[Place, ...], soon: dict[str, Any] | None
) -> Graded:
    """Return grade and probability of a fire `burning` whose claims say `one` and whose places are `where`.

    `soon` is where it may be within the hour. The weather is that of the newest evidence, whenever it came.
    What people are certain of, neither surroundings nor looks in vain make less so.
    """
    weather = sitting.desk.weather.at(one.longitude, one.latitude, one.last_observed_at)
    danger = None if weather is None else weather.danger_level
    is_open = 0.0 < one.probability <= MOST_SURE
    sure, reasons = _here(sitting, one, where, danger) if is_open else (one.probability, one.reasons)
    blank: list[tuple[Look, against.Eye]] = []
    after: list[Weighed] = []
    if sitting.desk.looks and is_open:
        later = in_vain(sitting, burning, sitting.desk.look_times.later(one.last_observed_at))
        if later:
            fire = fire_of(one)
            blank = against.speaking(sitting.given.evidence.against, fire, later)
            after = _weighed(sitting, sure, fire, blank)
            reasons += _of_blank(sitting, fire, blank, after)
    facts = Facts(
        probability=sure,
        spread_ha=one.spread_ha,
        pixels=pixels_of(one),
        places=where,
        danger=danger,
        rain_24h_mm=None if weather is None else weather.rain_24h_mm,
        in_reach=in_reach(soon, one.longitude, one.latitude, where),
        witnessed=not ON_THE_SPOT.isdisjoint(one.source_classes),
    )
    before = _before(sitting, one, facts) if weather is not None and is_open else []
    found = _held(sitting, [*before, Step(one.last_observed_at.timestamp(), facts)], after)
    clear = [look.observed_at for look, _ in blank if look.source_class == "satellite"]
    stands, why = capped(one, found[0], found[1][0])
    reasons += _local(sitting, stands, after[-1].probability if after else sure, where)
    return Graded(
        grade=stands,
        probability=after[-1].probability if after else sure,
        seen_clear_at=max(clear, default=None),
        reasons=(why, *found[1][1:], *reasons),
    )


def _here(
    sitting: Sitting, one: Summary, where: tuple[Place, ...], danger: int | None
) -> tuple[float, tuple[Reason, ...]]:
    """Return how sure one is in view of the surroundings, and why."""
    table = sitting.given.evidence.surroundings
    land = context.land_of(table, where)
    if land == "unknown" and danger is None:
        return one.probability, one.reasons
    person = sitting.given.evidence.person
    others = {look.source_class for look in one.looks} - {"satellite"}
    here = context.Context(land=land, longitude=one.longitude, danger=danger)
    gain = context.gained(table, here, one.looks, {name: getattr(person, name) for name in others})
    if gain == 0.0:
        return one.probability, one.reasons
    why = Reason(code="surroundings", value=round(math.exp(gain), 4), unit="odds", rule=land)
    return round(context.moved(one.probability, gain, MOST_SURE), 4), (*one.reasons, why)


def fire_of(one: Summary) -> against.Fire:
    """Return what looks in vain are asked of: of what not only satellites saw the power is unknown."""
    powers = [look.frp_mw if look.source_class == "satellite" else None for look in one.looks]
    known = [power for power in powers if power is not None]
    return against.Fire(
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=one.radius_m,
        last_seconds=one.last_observed_at.timestamp(),
        least_frp_mw=min(known) if known and len(known) == len(powers) else None,
    )


def _moved(probability: float, gain: float) -> float:
    if gain == 0.0:
        return probability
    logit = math.log(probability / (1.0 - probability)) + gain
    return round(min(1.0 / (1.0 + math.exp(-logit)), MOST_SURE), 4)


def _weighed(
    sitting: Sitting,
    sure: float,
    fire: against.Fire,
    blank: Sequence[tuple[Look, against.Eye]],
) -> list[Weighed]:
    """Return how sure one is after each look in vain; as before where they contradict what was seen."""
    table = sitting.given.evidence
    prior = table.prior.value
    lean = math.log(sure / (1.0 - sure)) - math.log(prior / (1.0 - prior))
    found = []
    for count, (look, _) in enumerate(blank, 1):
        weight = against.weight(table.against, fire, blank[:count], table.look.minutes * 60.0)
        k = belief.conflict(belief.support(max(lean, 0.0)), belief.support(weight)) if weight < 0.0 else 0.0
        clash = None
        if k > table.against.conflict:
            limit = table.against.conflict
            clash = Reason(
                code="conflict",
                value=round(k, 4),
                threshold=limit,
                margin=round(k - limit, 4),
                unit="K",
                rule=look.source_class,
                ref=look.source,
                detail=look.observed_at.isoformat(),
            )
        now = sure if clash is not None else _moved(sure, weight)
        found.append(Weighed(seconds=look.observed_at.timestamp(), probability=now, conflict=clash))
    return found


def _of_blank(
    sitting: Sitting,
    fire: against.Fire,
    blank: Sequence[tuple[Look, against.Eye]],
    after: Sequence[Weighed],
) -> tuple[Reason, ...]:
    if not after:
        return ()
    clash = after[-1].conflict
    if clash is not None:
        return (clash,)
    table = sitting.given.evidence
    weight = against.weight(table.against, fire, blank, table.look.minutes * 60.0)
    if weight == 0.0:
        return ()
    names = ", ".join(dict.fromkeys(look.source for look, _ in blank))
    return (
        Reason(
            code="looked_in_vain",
            value=round(math.exp(weight), 4),
            unit="odds",
            rule=names,
            detail=blank[-1][0].observed_at.isoformat(),
        ),
    )


def _held(sitting: Sitting, seen: list[Step], after: Sequence[Weighed]) -> tuple[Grade, tuple[Reason, ...]]:
    """Return the grade that stands after everything seen and looked for in vain, and why."""
    facts = seen[-1].facts
    rules = sitting.given.local.at(facts.places)
    if len(seen) == 1 and not after:
        return rules.judged(facts)
    steps = list(seen)
    steps += (Step(step.seconds, replace(facts, probability=step.probability)) for step in after)
    return rules.held(steps)


def _local(
    sitting: Sitting, stands: Grade, probability: float, where: tuple[Place, ...]
) -> tuple[Reason, ...]:
    """Return which layers of the settings had a say at a place, and what it lacks to make a task there."""
    rules = sitting.given.local.at(where)
    named = tuple(Reason(code="settings_layer", ref=scope) for scope in rules.scopes)
    lacks = rules.lacking(stands, probability, where)
    return named if lacks is None else (*named, lacks)


def _before(sitting: Sitting, one: Summary, facts: Facts) -> list[Step]:
    """Return what was known at the looks of the last hours, one an hour, in the weather of then.

    Evidence only adds up, so what all of it says stands for what was known at each: weather is what changes.
    """
    last, hours = one.last_observed_at.timestamp(), dict[int, float]()
    since_s = last - remembered_s(sitting, facts.places)
    for look in one.looks:
        if since_s <= look.seconds < last:
            hours[int(look.seconds // HOUR_S)] = look.seconds
    steps = []
    for seconds in hours.values():
        at = datetime.fromtimestamp(seconds, UTC)
        then = sitting.desk.weather.at(one.longitude, one.latitude, at)
        danger = None if then is None else then.danger_level
        sure, _ = _here(sitting, one, facts.places, danger)
        rain = None if then is None else then.rain_24h_mm
        known = replace(facts, probability=sure, danger=danger, rain_24h_mm=rain)
        steps.append(Step(seconds, known))
    return steps


def remembered_s(sitting: Sitting, places: Sequence[Place]) -> float:
    """Return how far before the newest evidence, s, the weather of earlier looks is asked for at a place."""
    grading = sitting.given.local.at(places).grading
    return 3.0 * HOUR_S * max(grading.freeze_h, grading.fall_h, LEAST_REMEMBERED_H)


def pixels_of(one: Summary) -> int:
    """Return the most pixels of one look."""
    return max([look.pixels for look in one.looks if look.source_class == "satellite"], default=0)


def meet(sitting: Sitting, looks: Sequence[Look]) -> None:
    """Have every open fire judged again against which one of these looks may speak."""
    table, desk = sitting.given.evidence.against, sitting.desk
    able = [look for look in looks if against.eye_of(table, look) is not None]
    if not able:
        return
    span = timedelta(hours=table.within_h)
    for name, fire in desk.by_id.items():
        row = desk.rows.get(name)
        if row is None or row.incident.status != "open":
            continue
        last = row.incident.last_observed_at
        limit = None if name in desk.held else last + span
        if any(_over(look, row.incident, last, limit) for look in able):
            desk.graph.touched[id(fire)] = fire


def _over(look: Look, one: Incident, last: datetime, limit: datetime | None) -> bool:
    if look.observed_at <= last or (limit is not None and look.observed_at > limit):
        return False
    return look.west <= one.longitude <= look.east and look.south <= one.latitude <= look.north
