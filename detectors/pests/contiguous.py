"""Harm to a forest over so many hectares in one piece is a grade of its own, however dense the pest.

`data/contiguous.toml`. It needs a survey that reached a class or a disaster and says its area: an area that
is not known is not small.
"""

from typing import Annotated

from msgspec import Meta, Struct

from detectors.pests.grading import Graded, PestGrade
from detectors.pests.law import Status
from detectors.pests.species import Guild, Species
from schemas.reason import Reason


class ContiguousRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which contiguous area on harm by pests of these kinds has a grade."""

    guilds: tuple[Guild, ...]
    at_least_ha: Annotated[float, Meta(gt=0)]
    grade: PestGrade
    status: Status
    source: str
    cited: str


class ContiguousTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules of contiguous area; the first that fits a pest holds."""

    version: str = ""
    rule: tuple[ContiguousRule, ...] = ()


def of_area(table: ContiguousTable, species: Species, area_ha: float | None) -> Graded | None:
    """Return the grade of a harmed area in one piece; None where it is not known or not so large."""
    for rule in table.rule:
        if rule.status == "superseded" or species.guild not in rule.guilds:
            continue
        if area_ha is None or area_ha < rule.at_least_ha:
            return None
        why = Reason(
            code="occurrence",
            value=area_ha,
            threshold=rule.at_least_ha,
            margin=area_ha - rule.at_least_ha,
            unit="ha",
            rule=f"contiguous, {rule.cited}",
            detail=rule.status,
        )
        return Graded(rule.grade, True, (why,))
    return None
