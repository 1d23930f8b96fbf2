"""From how sure and how grave to a grade, with the rule that decided and the margins up and down.

Config::

    [grade]
    rule = []               # in the place of the one for its grade in `alerts/data/grades.toml`
    wet_level_1 = 0.8       # on danger level 1 so much more is asked, in log-odds
    wet_level_2 = 0.4       # the same on danger level 2
    wet_rain_mm = 5.0       # rain of 24 h from which on as much is asked as on level 1
    slack = 0.05            # a grade is kept while so much probability more would hold it
    slack_share = 0.1       # and while distance and size are within a tenth
    freeze_h = 1.0          # no grade falls so soon after it rose
    fall_h = 3.0            # nor before it has not been reached for so long
    task = 0.0              # less sure than this makes no task: silent, with the margin in its reason
    task_protected = 0.0    # the same where a protected area is touched

Below every rule an incident is a `task`: 10 to 20 % of lone hotspots are forest fires, so somebody is to
look, and nobody is paged. Missing weather asks for nothing more; whoever stands there is believed on wet
days too.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from alerts.grade_condition import (
    Condition,
    Facts,
    Part,
    Ranks,
    RiskZone,
    Sensitivity,
    nearest_km,
    parts,
    protected,
)
from schemas.reason import Reason
from schemas.units import Grade

__all__ = [
    "ORDER", "Condition", "Facts", "Grades", "Options", "Rule", "Sensitivity", "Verdict", "grade", "judged",
    "nearest_km", "overridden", "protected", "wet_shift",
]  # fmt: skip

ORDER: dict[str, int] = {"task": 0, "IV": 1, "III": 2, "II": 3, "I": 4}
"""Grades from the lowest to the highest."""

LogOdds = Annotated[float, Meta(ge=0, le=5)]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One grade, how sure one must be, and the conditions of which one must hold (none listed: nothing)."""

    grade: Grade
    probability: Annotated[float, Meta(gt=0, lt=1)]
    any: tuple[Condition, ...] = ()


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, cache_hash=True):
    """Settings under [grade]."""

    rule: tuple[Rule, ...] = ()
    wet_level_1: LogOdds = 0.8
    wet_level_2: LogOdds = 0.4
    wet_rain_mm: Annotated[float, Meta(gt=0, le=500)] = 5.0
    slack: Annotated[float, Meta(ge=0, le=0.5, description="Probability.")] = 0.05
    slack_share: Annotated[float, Meta(ge=0, le=1)] = 0.1
    freeze_h: Annotated[float, Meta(ge=0, le=48)] = 1.0
    fall_h: Annotated[float, Meta(ge=0, le=48)] = 3.0
    task: Annotated[
        float, Meta(ge=0, lt=1, description="Probability; what is less sure makes no task, 0: all do.")
    ] = 0.0
    task_protected: Annotated[
        float, Meta(ge=0, lt=1, description="The same where a protected area is touched.")
    ] = 0.0


class Grades(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, cache_hash=True):
    """The whole table, the highest grade first."""

    version: str
    status: str
    rule: tuple[Rule, ...]
    sensitivity: tuple[Sensitivity, ...] = ()
    risk_zone: tuple[RiskZone, ...] = ()

    @property
    def ranks(self) -> Ranks:
        """What the words of the region's layers count for."""
        return Ranks(sensitivity=self.sensitivity, risk_zone=self.risk_zone)


class Verdict(Struct, frozen=True, kw_only=True):
    """The grade, the rule that held (None: a task) and the parts of its condition that did."""

    grade: Grade
    rule: Rule | None
    held: tuple[Part, ...] = ()


def overridden(table: Grades, options: Options) -> Grades:
    """Return the table with the rules of the settings in place of those of the same grade."""
    own = {rule.grade: rule for rule in options.rule}
    if not own:
        return table
    rules = tuple(own.pop(rule.grade, rule) for rule in table.rule)
    ranked = sorted((*rules, *own.values()), key=lambda rule: -ORDER[rule.grade])
    return Grades(
        version=f"{table.version.removesuffix('+settings')}+settings",
        status=table.status,
        rule=tuple(ranked),
        sensitivity=table.sensitivity,
        risk_zone=table.risk_zone,
    )


def wet_shift(options: Options, facts: Facts) -> float:
    """Return how much more is asked on a wet day, in log-odds; 0 where the weather is unknown."""
    if facts.witnessed:
        return 0.0
    by_level = {1: options.wet_level_1, 2: options.wet_level_2}.get(facts.danger or 0, 0.0)
    rained = facts.rain_24h_mm is not None and facts.rain_24h_mm >= options.wet_rain_mm
    return max(by_level, options.wet_level_1 if rained else 0.0)


def asked(rule: Rule, shift: float) -> float:
    """Return the probability that a rule asks for, so many log-odds up."""
    if shift == 0.0:
        return rule.probability
    logit = math.log(rule.probability / (1.0 - rule.probability)) + shift
    return round(1.0 / (1.0 + math.exp(-logit)), 4)


def grade(
    table: Grades, facts: Facts, shift: float = 0.0, slack: tuple[float, float] = (0.0, 0.0)
) -> Verdict:
    """Return the first rule from the top that holds, with some slack in probability and in all else."""
    for rule in table.rule:
        if facts.probability + slack[0] < asked(rule, shift):
            continue
        if not rule.any:
            return Verdict(grade=rule.grade, rule=rule)
        for condition in rule.any:
            found = parts(table.ranks, condition, facts, slack[1])
            if all(part.holds for part in found):
                return Verdict(grade=rule.grade, rule=rule, held=tuple(found))
    return Verdict(grade="task", rule=None)


@lru_cache(maxsize=4096)
def judged(table: Grades, options: Options, facts: Facts) -> tuple[Grade, tuple[Reason, ...]]:
    """Return the grade of these facts alone, and why; most lone pixels of a day have the same facts."""
    shift = wet_shift(options, facts)
    found = grade(table, facts, shift)
    return found.grade, reasons(table, facts, found, shift)


def reasons(table: Grades, facts: Facts, found: Verdict, shift: float) -> tuple[Reason, ...]:
    """Return why it is this grade, what is missing to the next and how far the fall is."""
    above = next((rule for rule in reversed(table.rule) if ORDER[rule.grade] > ORDER[found.grade]), None)
    said = [_up(table, facts, found.grade, above, shift)]
    said += (_of_part("grade_condition", part) for part in found.held)
    if found.rule is not None:
        floor = asked(found.rule, shift)
        margin = round(facts.probability - floor, 4)
        said.append(
            Reason(
                code="grade_floor", rule=found.grade, value=facts.probability, threshold=floor, margin=margin
            )
        )
    if above is not None and found.rule is not None:
        said += (_of_part("grade_lacks", part) for part in _lacking(table, facts, above))
    if shift > 0.0:
        said.append(Reason(code="wet_day", value=round(shift, 3), unit="log-odds", rule=_wet_by(facts)))
    return tuple(said)


def _up(table: Grades, facts: Facts, held: Grade, above: Rule | None, shift: float) -> Reason:
    if above is None:
        return Reason(code="grade_rule", rule=held, value=facts.probability, ref=table.version)
    threshold = asked(above, shift)
    return Reason(
        code="grade_rule",
        rule=held,
        value=facts.probability,
        ref=table.version,
        threshold=threshold,
        margin=round(threshold - facts.probability, 4),
        unit=f"to {above.grade}",
        detail="its other conditions do not hold" if _lacking(table, facts, above) else "",
    )


def _lacking(table: Grades, facts: Facts, above: Rule) -> list[Part]:
    """Return what is missing of the condition of which least is missing; nothing when one holds."""
    tried = [
        [part for part in parts(table.ranks, condition, facts) if not part.holds] for condition in above.any
    ]
    return min(tried, key=len, default=[])


def _of_part(code: str, part: Part) -> Reason:
    margin = None
    if part.value is not None and part.threshold is not None:
        margin = round(abs(part.threshold - part.value), 4)
    return Reason(
        code=code,
        rule=part.name,
        value=part.value,
        threshold=part.threshold,
        margin=margin,
        unit=part.unit,
        ref=part.ref,
    )


def _wet_by(facts: Facts) -> str:
    return "rain" if facts.danger not in {1, 2} else f"danger level {facts.danger}"


def kept(held: Grade, raw: Grade, fall: Iterable[str]) -> Reason:
    """Return why a grade stands though the facts of now would give a lower one."""
    return Reason(code="grade_kept", rule=held, detail=f"{raw}: {', '.join(fall)}")
