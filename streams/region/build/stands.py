"""What the columns of a stand say together: area against its outline, volume per stand or per hectare."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.region.build.repair import area_m2
from streams.region.build.source import Shapes, objects

Floats = NDArray[np.float64]

MU_PER_HA = 15.0
NEAR = 1.3
"""A median ratio within this factor of 15 says that the areas are in mu (亩)."""

LIKELY_M3_HA = (1.0, 1500.0)
"""Growing stock of closed stands; outside this range a reading of the whole column is wrong."""

FEW = 8
"""Fewer rows than this say too little about a column."""


class Reading:
    """Decides once for a source, from its first rows, what doubtful columns mean; says so in `remarks`."""

    def __init__(self) -> None:
        self.remarks: list[tuple[str, str]] = []
        self._area_factor: float | None = None
        self._per_stand: bool | None = None

    def area(self, declared: Floats | None, shapes: Shapes) -> Floats:
        """Return the area of each stand, ha: as declared; of its outline where it is not."""
        drawn = area_m2(shapes) / 1e4
        if declared is None:
            return drawn
        if self._area_factor is None:
            self._area_factor = self._unit_of_area(declared, drawn)
        areas = declared * self._area_factor
        return np.where(np.isnan(areas) | (areas <= 0), drawn, areas)

    def _unit_of_area(self, declared: Floats, drawn: Floats) -> float:
        ratio = declared / np.where(drawn > 0, drawn, math.nan)
        ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
        if len(ratio) < FEW:
            return 1.0
        middle = float(np.median(ratio))
        if MU_PER_HA / NEAR < middle < MU_PER_HA * NEAR:
            detail = f"areas are {middle:.1f} times the outlines' hectares: taken as 亩 (15 to the hectare)"
            self.remarks.append(("reading", detail))
            return 1.0 / MU_PER_HA
        if not 0.5 < middle < 2.0:
            self.remarks.append(
                ("reading", f"areas are {middle:.3g} times the outlines'; in which unit are they?")
            )
        return 1.0

    def volume(self, values: Floats, unit: str | None, areas: Floats) -> Floats:
        """Return growing stock, m³ per hectare; unknown where it cannot be."""
        if unit == "?":
            if self._per_stand is None:
                self._per_stand = self._is_per_stand(values, areas)
            unit = "m3" if self._per_stand else "m3/ha"
        return values / areas if unit == "m3" else values

    def _is_per_stand(self, values: Floats, areas: Floats) -> bool:
        """Whether a column is m³ of the stand: then it is steadier once divided by the area."""
        known = np.isfinite(values) & (values > 0) & (areas > 0)
        whole, each = values[known], values[known] / areas[known]
        per_stand, why = True, "the field's usual meaning; too few rows to tell"
        likely = [_is_likely(whole), _is_likely(each)]
        if len(whole) and likely[0] != likely[1]:
            per_stand, why = likely[1], "the other reading gives impossible stocks"
        elif len(whole) >= FEW and float(np.std(np.log(areas[known]))) > 0.1:
            per_stand = float(np.std(np.log(each))) < float(np.std(np.log(whole)))
            why = "stocks vary less so"
        words = "m³ of the stand, divided by its area" if per_stand else "m³ per hectare"
        self.remarks.append(("reading", f"volume read as {words}: {why}; say it in the column map"))
        return per_stand


def _is_likely(stock: Floats) -> bool:
    if not len(stock):
        return False
    middle = float(np.median(stock))
    return LIKELY_M3_HA[0] <= middle <= LIKELY_M3_HA[1]


def name_of(compartment: Any, subcompartment: Any, count: int) -> NDArray[np.object_]:
    """Return `3林班12小班` for stands without a name; None where neither number is known."""
    empty = objects([None] * count)
    pairs = zip(
        empty if compartment is None else compartment,
        empty if subcompartment is None else subcompartment,
        strict=True,
    )
    return objects(
        [(f"{big}林班" if big else "") + (f"{small}小班" if small else "") or None for big, small in pairs]
    )
