"""Signs of an outbreak: each trap, survey unit or sample that has a grade, with its place, time and reasons.

A pure function of the set of observations in force: order and repetition change nothing, a correction takes
the place of what it corrects, and what was not read is no sign and no zero. Nothing received after `now`
counts.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct, field

from detectors.pests import count, trap_sign
from detectors.pests.count import Catch, catch_of
from detectors.pests.grading import (
    Graded,
    PestGrade,
    Register,
    Where,
    highest,
    of_class,
    of_dead_pines,
    of_disaster,
    of_grassland,
    of_positive,
)
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.law import DisasterTable, GrassTable, OccurrenceTable, disaster, harm, occurrence
from detectors.pests.species import Species, SpeciesTable
from detectors.pests.trap_sign import MONDAY
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.reason import Reason

PestObservation = TrapCount | PestSurvey | LabResult


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far back signs are looked for, and what each part is given."""

    survey_d: Annotated[float, Meta(gt=0, description="Days for which a survey or result is a sign.")] = 365.0
    counting: count.Options = field(default_factory=count.Options)
    trap: trap_sign.Options = field(default_factory=trap_sign.Options)
    grade: GradeOptions = field(default_factory=GradeOptions)


class Rules(Struct, frozen=True, kw_only=True):
    """The tables that judge, and where quarantine pests are on record."""

    species: SpeciesTable
    occurrence: OccurrenceTable
    disaster: DisasterTable
    grassland: GrassTable
    register: Register = Register()


class Sign(Struct, frozen=True, kw_only=True):
    """One graded find at one place."""

    sign_id: str
    species: str
    observed_at: datetime
    longitude: float
    latitude: float
    grade: PestGrade
    may_page: bool
    reasons: tuple[Reason, ...]
    observation_ids: tuple[str, ...]


class Unjudged(Struct, frozen=True, kw_only=True):
    """Why an observation is no sign: unread, no history, below every grade, of no known pest."""

    observation_id: str
    reason: Reason


class Signs(Struct, frozen=True, kw_only=True):
    """Signs by time, and a reason for every observation that is none."""

    signs: tuple[Sign, ...]
    unjudged: tuple[Unjudged, ...]


def signs(
    options: Options,
    rules: Rules,
    observations: Iterable[PestObservation],
    now: datetime,
    where: Mapping[str, Where] | None = None,
) -> Signs:
    """Return the signs at `now` of a set of observations; `where` gives the areas of a sample by its id."""
    known = [one for one in _in_force(observations) if one.observed_at <= now]
    found: list[Sign] = []
    silent: dict[str, Reason] = {}
    since = now - timedelta(days=options.survey_d)
    for one in known:
        species = rules.species.find(one.species)
        if isinstance(species, Reason):
            silent[one.observation_id] = species
        elif isinstance(one, PestSurvey | LabResult) and one.observed_at >= since:
            graded = _graded(options, rules, species, one, (where or {}).get(one.observation_id))
            _put(found, silent, graded, one, species)
    _traps(options, rules, [one for one in known if isinstance(one, TrapCount)], now, (found, silent))
    told = {name for sign in found for name in sign.observation_ids}
    rest = sorted((name, why) for name, why in silent.items() if name not in told)
    return Signs(
        signs=tuple(sorted(found, key=lambda one: (one.observed_at, one.sign_id))),
        unjudged=tuple(Unjudged(observation_id=name, reason=why) for name, why in rest),
    )


def _in_force(observations: Iterable[PestObservation]) -> list[PestObservation]:
    """Return one observation for each id, the highest revision; of equal ones the same in whatever order."""
    best: dict[str, PestObservation] = {}
    for one in sorted(observations, key=lambda one: (one.revision, repr(one))):
        best[one.observation_id] = one
    return sorted(best.values(), key=lambda one: (one.observed_at, one.observation_id))


def _graded(
    options: Options, rules: Rules, species: Species, one: PestSurvey | LabResult, where: Where | None
) -> Graded:
    """Return the grade of a survey or a laboratory's result."""
    if isinstance(one, LabResult):
        if one.result != "positive" or not species.is_quarantine:
            return Graded(None, False, (Reason(code="below_threshold", rule=one.result),))
        return of_positive(
            rules.register, where or Where(unit=one.unit_id), one.sample_id or one.observation_id
        )
    if one.measure in ("dead_pines", "discoloured_trees"):
        return of_dead_pines(options.grade, one.value)
    graded = [of_disaster(disaster(rules.disaster, species, {one.measure: one.value}, infected=False))]
    grass = harm(rules.grassland, species.name, one.measure, one.stage, one.value)
    if grass is not None:
        graded.append(of_grassland(options.grade, *grass, one.area_ha))
    forest = occurrence(rules.occurrence, species.name, one.measure, one.stage, one.value)
    if forest is not None:
        graded.append(of_class(*forest))
    best = highest(tuple(graded))
    if best.reasons:
        return best
    # No standard gives this measure a class: that is not "none".
    return Graded(None, False, (Reason(code="not_computed", rule=f"no class for {one.measure}"),))


def _put(
    found: list[Sign],
    silent: dict[str, Reason],
    graded: Graded,
    one: PestObservation,
    species: Species,
) -> None:
    if graded.grade is None:
        silent[one.observation_id] = graded.reasons[0] if graded.reasons else Reason(code="below_threshold")
        return
    found.append(
        Sign(
            sign_id=one.observation_id,
            species=species.name,
            observed_at=one.observed_at,
            longitude=one.longitude,
            latitude=one.latitude,
            grade=graded.grade,
            may_page=graded.may_page,
            reasons=graded.reasons,
            observation_ids=(one.observation_id,),
        )
    )


def _traps(
    options: Options,
    rules: Rules,
    counts: list[TrapCount],
    now: datetime,
    into: tuple[list[Sign], dict[str, Reason]],
) -> None:
    """Judge the traps of each species in the newest weeks, into signs and silences."""
    found, silent = into
    by_species: dict[str, list[Catch]] = {}
    visits = {one.observation_id: one for one in counts}
    for one in counts:
        species = rules.species.find(one.species)
        if isinstance(species, Reason):
            continue
        got = catch_of(options.counting, one)
        if isinstance(got, Reason):
            silent[one.observation_id] = got
        else:
            by_species.setdefault(species.name, []).append(got)
            silent[one.observation_id] = Reason(code="waiting_for", rule="not in the newest whole weeks")
    week = (now - MONDAY) // timedelta(days=7)
    for name, catches in sorted(by_species.items()):
        species = rules.species.find(name)
        if isinstance(species, Species):
            for graded, catch in trap_sign.judge(options.trap, options.grade, catches, week):
                _put(found, silent, graded, visits[catch.observation_id], species)
