"""From how sure and how grave to a grade, with the rule that decided and the margin to the next.

Rules are data (`alerts/data/grades.toml`). Below every rule an incident is a `task`: 10 to 20 % of
lone hotspots are forest fires, so somebody is to look, and nobody is paged.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.incident import Place
from schemas.reason import Reason
from schemas.units import Grade

ORDER: dict[str, int] = {"task": 0, "IV": 1, "III": 2, "II": 3, "I": 4}
"""Grades from the lowest to the highest."""


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold together."""

    spread_ha: float | None = None
    pixels: int | None = None
    near_km: float | None = None
    protected: bool | None = None


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One grade, how sure one must be, and the conditions of which one must hold (none listed: nothing)."""

    grade: Grade
    probability: Annotated[float, Meta(gt=0, le=1)]
    any: tuple[Condition, ...] = ()


class Grades(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table, the highest grade first."""

    version: str
    status: str
    rule: tuple[Rule, ...]


class Facts(Struct, frozen=True, kw_only=True):
    """What a grade depends on."""

    probability: float
    spread_ha: float
    pixels: int
    places: tuple[Place, ...]


def grade(table: Grades, facts: Facts) -> tuple[Grade, Reason]:
    """Return the grade and the reason: the rule, and how much probability is missing to the next rule up."""
    held: Grade = "task"
    for rule in table.rule:
        if facts.probability >= rule.probability and _any(rule, facts):
            held = rule.grade
            break
    return held, _reason(table, facts, held)


def _any(rule: Rule, facts: Facts) -> bool:
    return not rule.any or any(_holds(condition, facts) for condition in rule.any)


def _holds(condition: Condition, facts: Facts) -> bool:
    if condition.spread_ha is not None and facts.spread_ha < condition.spread_ha:
        return False
    if condition.pixels is not None and facts.pixels < condition.pixels:
        return False
    if condition.protected is not None and condition.protected != protected(facts.places):
        return False
    return condition.near_km is None or nearest_km(facts.places) <= condition.near_km


def protected(places: tuple[Place, ...]) -> bool:
    """Return whether a protected area is touched, or may be."""
    return any(place.layer == "protected_areas" for place in places)


def nearest_km(places: tuple[Place, ...]) -> float:
    """Return the distance, km, to the nearest settlement or facility; infinity when none is near."""
    known = [
        p.distance_km
        for p in places
        if p.distance_km is not None and p.layer in {"settlements", "facilities"}
    ]
    return min(known, default=float("inf"))


def _reason(table: Grades, facts: Facts, held: Grade) -> Reason:
    above: Rule | None = None
    for rule in table.rule:
        if ORDER[rule.grade] > ORDER[held]:
            above = rule
    fields: dict[str, Any] = {
        "code": "grade_rule",
        "rule": held,
        "value": facts.probability,
        "ref": table.version,
    }
    if above is None:
        return Reason(**fields)
    missing = round(above.probability - facts.probability, 4)
    detail = "" if _any(above, facts) else "its other conditions do not hold"
    return Reason(
        **fields, threshold=above.probability, margin=missing, unit=f"to {above.grade}", detail=detail
    )
