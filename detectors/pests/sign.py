"""Signs of an outbreak: each trap, survey unit or sample that has a grade, with its place, time and reasons.

A pure function of the set of observations in force: order and repetition change nothing, a correction takes
the place of what it corrects, and what was not read is no sign and no zero. Nothing received after `now`
counts.
"""

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct, field

from detectors.pests import count, pines, summed, trap_sign
from detectors.pests.caught import is_catch, is_find, is_seen, of_catch
from detectors.pests.clearing import Options as Clearing
from detectors.pests.clearing import cleared
from detectors.pests.count import Catch, catch_of
from detectors.pests.grading import Graded, PestGrade, after
from detectors.pests.grading import Options as GradeOptions
from detectors.pests.ledger import MONDAY, Ledger
from detectors.pests.register import Where, grown, known_unit
from detectors.pests.rules import Rules
from detectors.pests.species import Species, folded
from detectors.pests.surveyed import PINES, Pines, any_infected, of_survey
from detectors.pests.told_once import told_again
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.pest import AnyPest, Basis
from schemas.reason import Reason

Find = PestSurvey | LabResult | TrapCount


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far back signs are looked for, and what each part is given."""

    survey_d: Annotated[float, Meta(gt=0, description="Days for which a survey or result is a sign.")] = 365.0
    counting: count.Options = field(default_factory=count.Options)
    trap: trap_sign.Options = field(default_factory=trap_sign.Options)
    grade: GradeOptions = field(default_factory=GradeOptions)
    clearing: Clearing = field(default_factory=Clearing)
    gathered: pines.Options = field(default_factory=pines.Options)
    summing: summed.Options = field(default_factory=summed.Options)


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
    basis: Basis = "survey"
    unit: str = ""
    """Of a quarantine find: its sub-compartment, which is one outbreak whatever lies between the finds."""
    area: str = ""
    """Of a quarantine find: its township, else its county; no outbreak reaches over their borders."""


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
    observations: Iterable[AnyPest],
    now: datetime,
    where: Mapping[str, Where] | None = None,
) -> Signs:
    """Return the signs at `now` of a set of observations; `where` gives the areas of a sample by its id."""
    known = [one for one in _in_force(observations) if one.observed_at <= now]
    found: list[Sign] = []
    silent: dict[str, Reason] = {}
    since = now - timedelta(days=options.survey_d)
    finds: dict[str, list[Find]] = {}
    for one in known:
        species = rules.species.find(one.species)
        if isinstance(species, Reason):
            silent[one.observation_id] = species
            continue
        is_old = one.observed_at < since
        if is_old and not isinstance(one, TrapCount):
            silent[one.observation_id] = _too_old(options, one, now)
        if (not isinstance(one, TrapCount) or is_catch(one, species, options.counting)) and (
            not is_old or is_find(one, species, options.counting)
        ):
            finds.setdefault(species.name, []).append(one)
    for name, of_one in sorted(finds.items()):
        known_as = rules.species.by_name[folded(name)]
        for one, graded in graded_finds(options, rules, known_as, of_one, where or {}):
            if one.observed_at < since:
                # its place is on record, and it is no sign any more
                continue
            _put(found, silent, graded, one, known_as, (where or {}).get(one.observation_id))
    visits = {
        one.observation_id: (one, (where or {}).get(one.observation_id))
        for one in known
        if isinstance(one, TrapCount)
    }
    _traps(options, rules, visits, now, (found, silent))
    told = {name for sign in found for name in sign.observation_ids}
    rest = sorted((name, why) for name, why in silent.items() if name not in told)
    return Signs(
        signs=tuple(sorted(found, key=lambda one: (one.observed_at, one.sign_id))),
        unjudged=tuple(Unjudged(observation_id=name, reason=why) for name, why in rest),
    )


def _too_old(options: Options, one: AnyPest, now: datetime) -> Reason:
    days = (now - one.observed_at) / timedelta(days=1)
    margin = round(days - options.survey_d, 3)
    return Reason(code="too_late", value=round(days, 3), threshold=options.survey_d, margin=margin, unit="d")


def _in_force(observations: Iterable[AnyPest]) -> list[AnyPest]:
    """Return one observation for each id, the highest revision; of equal ones the same in whatever order."""
    best: dict[str, AnyPest] = {}
    for one in sorted(observations, key=lambda one: (one.revision, repr(one))):
        best[one.observation_id] = one
    return sorted(best.values(), key=lambda one: (one.observed_at, one.observation_id))


def graded_finds(
    options: Options, rules: Rules, species: Species, finds: Iterable[Find], where: Mapping[str, Where]
) -> list[tuple[Find, Graded]]:
    """Return the grade of each survey, result and catch of a quarantine pest of one species, by time.

    A positive is new where neither the register nor an earlier positive has its sub-compartment; the first
    one of a county is the new one, whatever the order in which they were handed in. Negatives lower what
    dead pines alone raised.
    """
    graded: list[tuple[Find, Graded]] = []
    earlier: list[Where] = []
    finds = list(finds)
    dead = [one for one in finds if isinstance(one, PestSurvey) and one.measure in PINES]
    together = pines.clustered(options.gathered, dead, where)
    standing = summed.summed(options.summing, dead, where)
    infected: list[Where] = []
    for one in sorted(finds, key=lambda one: (one.observed_at, one.observation_id)):
        at = where.get(one.observation_id) or Where(unit=getattr(one, "unit_id", ""))
        register, by_law = rules.register_of(species.name), any_infected(rules, species)
        if isinstance(one, TrapCount):
            caught = of_catch(register, earlier, at, one)
            graded += [] if caught is None else [(one, caught)]
            earlier.append(at)
        elif isinstance(one, LabResult) and one.result == "positive" and species.is_quarantine:
            found = after(register, earlier, at, one.sample_id or one.observation_id)
            graded.append((one, found._replace(reasons=(*found.reasons, *by_law))))
            earlier.append(at)
            infected.append(at)
        elif isinstance(one, LabResult):
            graded.append((one, Graded(None, False, (Reason(code="below_threshold", rule=one.result),))))
        else:
            seen = Pines(standing.get(one.observation_id, 0.0), together.get(one.observation_id))
            found = of_survey(options.grade, rules, species, one, seen)
            if is_seen(one, species):
                graded.append((one, _seen(found, of_catch(register, earlier, at, one))))
                earlier.append(at)
                continue
            is_infected = bool(at.unit) and any(at.record == other.record for other in infected)
            is_asked = bool(register.units) and not is_infected
            on_record = known_unit(grown(register, earlier), at) if is_asked else ()
            # its tree is on record: more of it revises, and pages nobody
            is_worse = (is_infected or bool(on_record)) and bool(by_law) and found.grade is not None
            revised = Graded("I", False, (*found.reasons, *on_record, *by_law))
            graded.append((one, revised if is_worse else found))
    return cleared(options.clearing, graded, where)


def _seen(by_class: Graded, find: Graded | None) -> Graded:
    """Return the grade of a survey that saw a quarantine pest: that of the find, with the class beside it."""
    if find is None:
        return by_class
    return find._replace(reasons=(*find.reasons, *(by_class.reasons if by_class.grade else ())))


def basis_of(one: AnyPest) -> Basis:
    """Return what a sign from this observation rests on."""
    if isinstance(one, TrapCount):
        return "trap"
    if isinstance(one, LabResult):
        return "lab"
    return "pines" if one.measure in PINES else "survey"


def sign_of(one: AnyPest, species: Species, graded: Graded, where: Where | None) -> Sign | None:
    """Return the sign that a graded observation is, or None without a grade."""
    if graded.grade is None:
        return None
    return Sign(
        sign_id=one.observation_id,
        species=species.name,
        observed_at=one.observed_at,
        longitude=one.longitude,
        latitude=one.latitude,
        grade=graded.grade,
        may_page=graded.may_page,
        reasons=graded.reasons,
        observation_ids=(one.observation_id,),
        basis=basis_of(one),
        unit=where.record if where is not None and species.is_quarantine else "",
        area=where.area if where is not None and species.is_quarantine else "",
    )


def _put(  # noqa: PLR0913, PLR0917 - two lists that are filled, and what goes into them
    found: list[Sign],
    silent: dict[str, Reason],
    graded: Graded,
    one: AnyPest,
    species: Species,
    where: Where | None = None,
) -> None:
    sign = sign_of(one, species, graded, where)
    if sign is None:
        silent[one.observation_id] = graded.reasons[0] if graded.reasons else Reason(code="below_threshold")
    else:
        found.append(sign)


def _traps(
    options: Options,
    rules: Rules,
    visits: Mapping[str, tuple[TrapCount, Where | None]],
    now: datetime,
    into: tuple[list[Sign], dict[str, Reason]],
) -> None:
    """Judge the traps of each species in the newest weeks, into signs and silences."""
    found, silent = into
    by_species: dict[str, list[Catch]] = {}
    for one, _ in visits.values():
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
            ledger = Ledger.of(catches)
            judged = trap_sign.judge(options.trap, options.grade, ledger, week)
            silent |= {
                one: told_again(stands) for at in ledger.weeks for one, stands in ledger.again(at).items()
            }
            told = {sign.sign_id for sign in found}
            for graded, catch in itertools.chain.from_iterable(judged.values()):
                if catch.observation_id in told:
                    continue
                one, at = visits[catch.observation_id]
                _put(found, silent, graded, one, species, at)
