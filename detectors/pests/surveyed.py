"""Which grade a survey has, by the tables that know its measure; dead pines have rules of their own."""

from typing import NamedTuple

from detectors.pests.contiguous import of_area
from detectors.pests.grading import Graded, Options, highest, of_class, of_disaster, of_grassland
from detectors.pests.law import disaster, harm, occurrence
from detectors.pests.rules import Rules
from detectors.pests.species import Species
from detectors.pests.unusual import Together, of_dead_pines
from schemas.observation import PestSurvey
from schemas.reason import Reason

PINES = frozenset({"dead_pines", "discoloured_trees"})


class Pines(NamedTuple):
    """What stands about a find of dead pines: how many its sub-compartment has, and the cluster it is in."""

    of_unit: float = 0.0
    together: Together | None = None


def any_infected(rules: Rules, species: Species) -> tuple[Reason, ...]:
    """Return the rule for disaster that any infected tree meets, if the pest has one."""
    found = disaster(rules.disaster, species, {}, infected=True)
    return () if found is None else (found,)


def of_survey(options: Options, rules: Rules, species: Species, one: PestSurvey, seen: Pines) -> Graded:
    """Return the grade of a survey; without any table that knows its measure it has none, and says so."""
    if one.measure in PINES:
        if one.value < 1:
            return Graded(None, False, ())
        return of_dead_pines(options, max(one.value, seen.of_unit), seen.together)
    graded = [of_disaster(disaster(rules.disaster, species, {one.measure: one.value}, infected=False))]
    grass = harm(rules.grassland, species, one.measure, one.stage, one.value, one.grassland)
    if grass is not None:
        graded.append(of_grassland(options, *grass, one.area_ha))
    forest = occurrence(rules.occurrence, species.name, one.measure, one.stage, one.value)
    if forest is not None:
        graded.append(of_class(*forest))
    best = highest(tuple(graded))
    wide = None if best.grade is None else of_area(rules.contiguous, species, one.area_ha)
    if wide is not None:
        return highest((best, wide))
    if best.reasons:
        return best
    if species.guild == "nematode" and one.value > 0:
        why = Reason(code="dead_pines", rule="suspected infection, to be sampled", unit=one.measure)
        return Graded("III", True, (why,))
    # No standard gives this measure a class: that is not "none".
    return Graded(None, False, (Reason(code="not_computed", rule=f"no class for {one.measure}"),))
