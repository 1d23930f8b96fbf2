"""Loss of one incident in thousands of draws at once; the stands' own error is added in closed form."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Meta, Struct

from alerts.carbon.biomass import CARBON_PER_CO2
from alerts.carbon.emission import Accounting
from alerts.carbon.exposure import CLASSES, Exposure
from alerts.carbon.loss_tables import Combustion, FireType, LossTables, Severity
from alerts.carbon.peat_fire import Wetness, burn_depths, peat_of
from alerts.carbon.shared_factors import SOIL, Factors, beta, draw, mean_one, triangular
from alerts.carbon.stock_tables import StockTables

Floats = npt.NDArray[np.float64]

DRAWS = 10_000
TAIL = 0.05
"""CaR95 is exceeded with this probability."""

FUEL_OF = ("extratropical_forest", "extratropical_forest", "extratropical_forest", "grassland", "grassland")
"""Emission factors of each class of vegetation."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a loss is counted."""

    accounting: Accounting = "eq_2_27"
    gwp_set: str = "AR6"
    fire_type: FireType = "unknown"
    severity: Severity | None = None
    peat_wetness: Wetness = "unknown"
    peat_moisture_pct: float | None = None
    draws: Annotated[int, Meta(ge=10_000, le=1_000_000)] = DRAWS


class Interval(Struct, frozen=True, kw_only=True):
    """Mean and the middle 95 % of the draws."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Drawn:
    """One number a draw: if it is a fire."""

    loss_c_t: Floats
    co2e_t: Floats
    exposed_c_t: Floats
    gases_t: dict[str, Floats]
    factors: int


def simulate(
    stock_tables: StockTables, tables: LossTables, exposure: Exposure, seed: int, options: Options
) -> Drawn:
    """Return the draws of loss, emission and exposed stock for an exposure; the seed decides them."""
    factors = draw(seed, len(exposure.group_cv), options.draws)
    which = np.minimum((factors.named["scenario"] * len(exposure.soil)).astype(int), len(exposure.soil) - 1)
    standing = _standing(stock_tables, exposure, factors, which)
    canopy, ground = _burnt(tables, exposure, factors, standing, options)
    dry = {fuel: np.zeros(options.draws) for fuel in dict.fromkeys(FUEL_OF)}
    for cell, kind in enumerate(exposure.kind):
        dry[FUEL_OF[kind]] += (canopy[cell] + ground[cell]) / exposure.carbon_fraction[cell]
    soil = factors.lognormal(SOIL, stock_tables.cv("soil"))
    peat_c, peat_ch4 = _peat(tables, exposure, factors, which, options, soil)
    gases = _gases(tables, factors, dry)
    burnt = canopy.sum(axis=0) + ground.sum(axis=0)
    if options.accounting == "stock_change":
        burnt = burnt + (canopy * standing.root_ratio).sum(axis=0)
        gases["co2"] = burnt / CARBON_PER_CO2
    gases["co2"] = gases["co2"] + peat_c / CARBON_PER_CO2
    gases["ch4"] = gases["ch4"] + peat_ch4
    warming = tables.warming(options.gwp_set)
    return Drawn(
        loss_c_t=burnt + peat_c,
        co2e_t=sum((gases[gas] * warming[gas] for gas in ("co2", "ch4", "n2o")), np.zeros(options.draws)),
        exposed_c_t=standing.total + exposure.soil[which] * soil,
        gases_t=gases,
        factors=factors.count,
    )


class _Standing(NamedTuple):
    """Carbon in reach before the fire: one row a cell, one column a draw."""

    canopy: Floats
    root_ratio: Floats
    ground: Floats

    @property
    def total(self) -> Floats:
        """Live and dead carbon of all cells, without soil."""
        found: Floats = (self.canopy * (1.0 + self.root_ratio) + self.ground).sum(axis=0)
        return found


def _standing(
    stock_tables: StockTables, exposure: Exposure, factors: Factors, which: npt.NDArray[np.int64]
) -> _Standing:
    low, high = exposure.canopy_low[which].T, exposure.canopy_high[which].T
    canopy = low + factors.named["method"] * (high - low)
    canopy *= factors.group(exposure.group_cv)[exposure.group]
    canopy *= mean_one(factors.named["own"], exposure.own_cv[which])
    area = mean_one(factors.named["area"], stock_tables.cv("burned_area"))
    area = np.minimum(area, exposure.whole[which].T)
    litter = mean_one(factors.named["litter"], stock_tables.cv("litter"))
    root = mean_one(factors.named["root"], stock_tables.cv("root_ratio"))
    return _Standing(canopy * area, exposure.roots[which].T * root, exposure.ground[which].T * litter * area)


def _burnt(
    tables: LossTables, exposure: Exposure, factors: Factors, standing: _Standing, options: Options
) -> tuple[Floats, Floats]:
    """Return carbon burnt of canopy and of ground fuel: one row a cell, one column a draw."""
    canopy, ground = standing.canopy.copy(), standing.ground.copy()
    for kind in np.unique(exposure.kind):
        row = tables.burns(CLASSES[kind], options.fire_type, options.severity)
        above, below = _completeness(row, factors.named["combustion"])
        canopy[exposure.kind == kind] *= above
        ground[exposure.kind == kind] *= below
    return canopy, ground


def _completeness(row: Combustion, uniform: Floats) -> tuple[Floats, Floats]:
    above = beta(uniform, row.canopy, row.canopy_sd)
    same = (row.ground, row.ground_sd) == (row.canopy, row.canopy_sd)
    return above, above if same else beta(uniform, row.ground, row.ground_sd)


def _peat(  # noqa: PLR0913, PLR0917 - what burns, how deep, and what it holds
    tables: LossTables,
    exposure: Exposure,
    factors: Factors,
    which: npt.NDArray[np.int64],
    options: Options,
    soil: Floats,
) -> tuple[Floats, Floats]:
    """Return carbon and methane of burning peat: mass of a drawn depth, at most the carbon of the soil."""
    if not exposure.peat_ha.any():
        return np.zeros(len(which)), np.zeros(len(which))
    number = {row.quantity: row.value for row in tables.constants}
    depths = burn_depths(tables, peat_of(tables, options.peat_wetness, options.peat_moisture_pct))
    fire = next(row for row in tables.peat_fires if row.kind == "drained")
    burnt_m = triangular(factors.named["depth"], *depths)
    mass = 10.0 * number["peat_bulk_density"] * burnt_m
    emitted = mass * (fire.co2c_g_kg * factors.lognormal("co2", 0.11) + fire.ch4_g_kg * 0.75) / 1000.0
    layer = mass * number["peat_carbon_fraction"]
    lost = _of_each_soil(exposure, which, np.minimum(emitted, layer), soil)
    methane = exposure.peat_ha.sum(axis=1)[which] * mass * fire.ch4_g_kg / 1000.0
    return lost, np.minimum(methane * factors.lognormal("ch4", 0.44), lost / 0.75)


def _of_each_soil(exposure: Exposure, which: npt.NDArray[np.int64], burns: Floats, soil: Floats) -> Floats:
    """Return t C that peat loses where `burns` t C/ha would, from no stand more than its own soil holds.

    Shallow stands are full first: in order of what they hold, sums of area and carbon tell how many are.
    """
    asked, none = burns / soil, np.zeros((len(exposure.peat_ha), 1))
    full = np.searchsorted(exposure.peat_c_t_ha, asked, side="right")
    area = np.hstack([none, exposure.peat_ha.cumsum(axis=1)])
    held = np.hstack([none, (exposure.peat_ha * exposure.peat_c_t_ha).cumsum(axis=1)])
    found: Floats = soil * (held[which, full] + asked * (area[which, -1] - area[which, full]))
    return found


def _gases(tables: LossTables, factors: Factors, dry: dict[str, Floats]) -> dict[str, Floats]:
    """Return tonnes of each gas; its error is shared by all that burns."""
    found = {gas: np.zeros(len(factors.named["area"])) for gas in ("co2", "co", "ch4", "n2o", "nox")}
    for fuel, mass in dry.items():
        for gas, row in tables.factors(fuel).items():
            if gas in found:
                cv = (row.sd_g_kg or 0.0) / row.g_kg
                found[gas] = found[gas] + mass * row.g_kg / 1000.0 * factors.lognormal(gas, cv)
    return found


def interval(drawn: Floats) -> Interval:
    """Return mean and middle 95 % of the draws."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(mean=float(drawn.mean()), low=float(low), high=float(high))


def car95(loss_if_fire: Floats, probability: float) -> float:
    """Return the loss exceeded with 5 % probability, nothing being lost when there is no fire.

    That is the quantile 1 - 0.05 / p of the loss if it is a fire, and 0 where p is at most 5 %.
    """
    if probability <= TAIL:
        return 0.0
    return float(np.quantile(loss_if_fire, 1.0 - TAIL / probability))
