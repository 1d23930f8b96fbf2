"""What a survey of pests may say: no share above a hundred, whole trees, no number that nobody counts."""

import math
from typing import Any

from detectors.pests.law import DEGREE, DEGREES
from detectors.pests.surveyed import PINES
from schemas.reason import Reason
from schemas.units import Measure

MOST = 1_000_000.0
"""Of anything counted on a tree, a branch, a square metre or a hectare; more is a slip of the pen."""

MOST_HA = 10_000_000.0
"""No one survey is of a larger area; the widest county of Sichuan has a quarter of it."""

WHOLE = frozenset({*PINES, DEGREE})
"""Measures that come in ones."""


def mend_survey(fields: dict[str, Any]) -> tuple[list[str], Reason | None]:
    """Return why the number of a survey cannot be, if it cannot; there is nothing to mend."""
    return [], fault_of(str(fields.get("measure")), fields.get("value"), fields.get("area_ha"))


def fault_of(measure: Measure | str, value: object, area_ha: object = None) -> Reason | None:
    """Return why a measured value or the area surveyed cannot be, else None.

    What is no number at all is for the type of the field to refuse.
    """
    if isinstance(area_ha, int | float) and not area_ha <= MOST_HA:
        return _slip("area_ha", float(area_ha), MOST_HA, "ha")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    most = most_of(measure)
    if not value <= most:
        return _slip(measure, float(value), most, measure)
    if measure in WHOLE and value != int(value):
        said = f"{measure} {value:g} is no whole number"
        return Reason(code="bad_value", value=value, rule="whole number", unit=measure, detail=said)
    return None


def most_of(measure: Measure | str) -> float:
    """Return the largest value that a survey by this measure can have."""
    if measure == DEGREE:
        return len(DEGREES) - 1.0
    return 100.0 if measure.endswith("_percent") else MOST


def _slip(name: str, value: float, most: float, unit: str) -> Reason:
    if not math.isfinite(value):
        return Reason(code="bad_value", rule="finite", unit=unit, detail=f"{name} {value:g} is no number")
    said = f"{name} {value:g} is more than {most:.0f}"
    return Reason(code="bad_value", value=value, threshold=most, rule="most", unit=unit, detail=said)
