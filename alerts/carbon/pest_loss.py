"""What a pest costs: ring and kernel mass x host share x mortality, given off at once or in time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.carbon.loss_tables import Decay, Kernel, LossTables, Mortality

Floats = npt.NDArray[np.float64]


class Committed(NamedTuple):
    """Carbon of killed trees, t: all that will be given off, and what of it within ten years."""

    gross_t: Floats
    ten_year_t: Floats


def within(kernel: Sequence[Kernel], distance_m: npt.ArrayLike) -> Floats:
    """Return the probability that what spreads settles within this distance of its source."""
    distance = np.asarray(distance_m, float)
    total = np.zeros_like(distance)
    for row in kernel:
        ratio = distance / row.scale_m
        if row.kind == "exponential":
            part = 1.0 - (1.0 + ratio) * np.exp(-ratio)
        else:
            part = 1.0 - (1.0 + ratio**2) ** (1.0 - (row.power or 2.0))
        total = total + row.weight * part
    found: Floats = total
    return found


def ring_mass(tables: LossTables) -> dict[str, float]:
    """Return the probability that what spreads settles in each ring; the rest goes beyond the last."""
    edges = [0.0, *(row.radius_m for row in tables.rings)]
    mass = np.diff(within(tables.kernel, edges))
    return {row.ring: float(one) for row, one in zip(tables.rings, mass, strict=True)}


def arrival(by_source: npt.ArrayLike) -> Floats:
    """Return the probability that at least one source (columns) reaches each stand (rows)."""
    found: Floats = 1.0 - np.prod(1.0 - np.asarray(by_source, float), axis=1)
    return found


def mortality_of(tables: LossTables, pest: str, severity: str) -> Mortality:
    """Return the mortality of a pest at a severity; KeyError when the table has neither."""
    return {(row.pest, row.severity): row for row in tables.mortality}[pest, severity]


def mortality_row(tables: LossTables, species: str, grade: str) -> tuple[str, str]:
    """Return pest and severity of an outbreak of a species by its grade; "" where no mortality is known."""
    pest = next((row.pest for row in tables.pest_kinds if row.species.casefold() == species.casefold()), "")
    mine = (row.severity for row in tables.pest_severities if (row.pest, row.grade) == (pest, grade))
    return pest, next(mine, "")


def killed_t(
    live_c_t: npt.ArrayLike, reached: npt.ArrayLike, host_share: npt.ArrayLike, mortality: npt.ArrayLike
) -> Floats:
    """Return live carbon that dies, t; at most what lives there."""
    live = np.asarray(live_c_t, float)
    chance = np.asarray(reached, float) * np.asarray(host_share, float) * np.asarray(mortality, float)
    found: Floats = live * np.clip(chance, 0.0, 1.0)
    return found


def given_off(dead_c_t: npt.ArrayLike, fate: Decay, years: float) -> Floats:
    """Return carbon given off within so many years: D0 (1 - exp(-k t)), all at once without a rate."""
    share = 1.0 if fate.rate_per_year is None else 1.0 - np.exp(-fate.rate_per_year * years)
    found: Floats = np.asarray(dead_c_t, float) * share
    return found


def committed(dead_c_t: npt.ArrayLike, fate: Decay) -> Committed:
    """Return the gross committed loss and what of it is given off in ten years."""
    return Committed(np.asarray(dead_c_t, float), given_off(dead_c_t, fate, 10.0))


def forgone_sink_t(area_ha: float, increment_c_t_ha: float, growth_loss: float, years: float) -> float:
    """Return growth that will not happen, t C; shown apart, never added to what is lost."""
    return area_ha * increment_c_t_ha * growth_loss * years
