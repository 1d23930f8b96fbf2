"""Which thresholds hold at a place: those of everywhere, then of its province, city, county and areas.

A narrower layer wins over a wider one, option by option; a rule of a grade takes the place of the one for its
grade. What decided is named by its scopes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Struct

from alerts import floor, grade, lifecycle, report_duty
from alerts.carbon import at_risk
from alerts.county import county_of
from alerts.holding import Step, held
from alerts.lifecycle import Issued, Turn
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.settings import Layer
from schemas.units import Grade

RANKS = ("province", "city", "county", "area", "station", "species")
"""Scopes from the widest to the narrowest."""

DECIDED = frozenset({"update_min_h", "growth", "page_limit_h", "county_pages"})
"""Of `[lifecycle]` what decides a turn or a page alone; the rest says also when time ends something."""


class Rules(Struct, frozen=True, kw_only=True):
    """The options of judging at one place, and the scopes whose layers had a say, the widest first."""

    grades: grade.Grades
    grading: grade.Options
    lifecycle: lifecycle.Options
    carbon: at_risk.Options = msgspec.field(default_factory=at_risk.Options)
    duty: report_duty.Options = msgspec.field(default_factory=report_duty.Options)
    scopes: tuple[str, ...] = ()

    def judged(self, facts: grade.Facts) -> tuple[Grade, tuple[Reason, ...]]:
        """Return the grade of what is known once, and why."""
        return grade.judged(self.grades, self.grading, facts)

    def held(self, steps: Sequence[Step]) -> tuple[Grade, tuple[Reason, ...]]:
        """Return the grade that stands after everything known so far, and why."""
        found = held(self.grades, self.grading, steps)
        reasons = grade.reasons(self.grades, steps[-1].facts, found.found, found.shift)
        if found.kept_by:
            reasons += (grade.kept(found.found.grade, found.raw.grade, found.kept_by),)
        return found.found.grade, reasons

    def lacking(self, stands: Grade, probability: float, places: tuple[Place, ...]) -> Reason | None:
        """Return what an incident lacks to make a task; None: it makes one."""
        return floor.lacking(self.grading, stands, probability, places)

    def turn(
        self, issued: Issued | None, incident: Incident, classes: tuple[str, ...], now: datetime
    ) -> Turn | None:
        """Return the action that this revision calls for; None: nothing is worth saying."""
        return lifecycle.turn(self.lifecycle, issued, incident, classes, now)


def keys_of(places: Sequence[Place]) -> tuple[str, ...]:
    """Return the scopes an incident at these places lies in; of counties the one that holds its centre."""
    county = county_of(places)
    keys = [f"county:{county}"] if county else []
    for layer in ("province", "city"):
        held = [one for one in places if one.layer == layer and one.relation != "near"]
        likeliest = sorted(held, key=lambda one: (one.relation != "inside", -(one.probability or 0.0)))
        keys += [f"{layer}:{one.place_id}" for one in likeliest[:1]]
    keys += [f"area:{one.place_id}" for one in places if one.layer == "protected_areas"]
    return tuple(sorted(set(keys), key=ranked))


def ranked(scope: str) -> tuple[int, str]:
    """Return the order in which layers are laid over each other."""
    return RANKS.index(scope.partition(":")[0]), scope


def chosen(layers: Iterable[Layer], keys: Iterable[str]) -> tuple[Layer, ...]:
    """Return the layers that hold for these scopes, the widest first."""
    wanted = set(keys)
    return tuple(sorted((one for one in layers if one.scope in wanted), key=lambda one: ranked(one.scope)))


def laid(base: Rules, layers: Sequence[Layer]) -> Rules:
    """Return the options of everywhere with these layers over them, in their order.

    Raises msgspec.ValidationError when what comes out is out of range.
    """
    found = base
    for one in layers:
        own = {name: value for name, value in one.grade.items() if name != "rule"}
        rules = msgspec.convert(one.grade.get("rule", ()), tuple[grade.Rule, ...])
        found = Rules(
            grades=grade.overridden(found.grades, grade.Options(rule=rules)),
            grading=_over(found.grading, own),
            lifecycle=_over(found.lifecycle, one.lifecycle),
            carbon=_over(found.carbon, one.carbon),
            duty=_over(found.duty, one.report_duty),
            scopes=(*found.scopes, one.scope),
        )
    return found


def _over(options: Any, over: Mapping[str, Any]) -> Any:
    return msgspec.convert({**msgspec.to_builtins(options), **over}, type(options)) if over else options


@dataclass(frozen=True)
class Local:
    """The layers of one settings document over what holds everywhere, each mixture made once."""

    base: Rules
    layers: tuple[Layer, ...]
    _known: dict[tuple[str, ...], Rules] = field(default_factory=dict)

    def at(self, places: Sequence[Place]) -> Rules:
        """Return what holds at these places."""
        if not self.layers:
            return self.base
        mine = chosen(self.layers, keys_of(places))
        scopes = tuple(one.scope for one in mine)
        if scopes not in self._known:
            self._known[scopes] = laid(self.base, mine)
        return self._known[scopes]

    @cached_property
    def least_quiet_h(self) -> float:
        """The shortest quiet after which a fire is closed anywhere, h."""
        own = [one.lifecycle["quiet_h"] for one in self.layers if "quiet_h" in one.lifecycle]
        return float(min([self.base.lifecycle.quiet_h, *own]))

    @property
    def has_floor(self) -> bool:
        """Whether anything may be too unsure to make a task anywhere."""
        floors = [self.base.grading.task, self.base.grading.task_protected]
        floors += [one.grade.get(name, 0.0) for one in self.layers for name in ("task", "task_protected")]
        return any(floors)
