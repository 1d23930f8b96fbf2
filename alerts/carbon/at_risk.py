"""Carbon at risk of one incident: what is in reach, what would be lost, how sure, and what was missing.

Config::

    [carbon]
    horizon_h = 6.0            # loss within so many hours
    scenarios = 16             # of wind, moisture, slope and where the fire stands
    accounting = "eq_2_27"     # or "stock_change"; never both
    gwp_set = "AR6"            # warming potentials of this report of the IPCC, over 100 years
    fire_type = "unknown"      # surface, crown
    severity = "high"          # only where it is mapped: low, moderate_low, moderate_high; then decides
    peat_wetness = "unknown"   # wet, moist, dry
    peat_moisture_pct = 25.0   # of dry mass, only where it is measured: from 30 on sod does not smoulder
    draws = 10000              # of what is uncertain; fewer leave the interval itself uncertain
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts.carbon.apportion import apportioned, expected_loss
from alerts.carbon.caution import Caution, of_rows, words
from alerts.carbon.exposure import CLASSES, Exposure, expose
from alerts.carbon.ground import Ground
from alerts.carbon.loss_tables import LossTables
from alerts.carbon.peat_fire import peat_of
from alerts.carbon.provenance import Row
from alerts.carbon.radiative import radiated
from alerts.carbon.reach import reach, shares
from alerts.carbon.scenario import Drivers, scenarios
from alerts.carbon.simulate import FUEL_OF, Drawn, car95, interval, simulate
from alerts.carbon.simulate import Options as Counting
from alerts.carbon.stock import stock
from alerts.carbon.stocked import POOLS, TIERS, Stock
from alerts.carbon.tables import CarbonTables
from schemas.alert import Carbon, Range
from schemas.reason import Reason

Floats = npt.NDArray[np.float64]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [carbon]."""

    horizon_h: Annotated[float, Meta(gt=0, le=72)] = 6.0
    scenarios: Annotated[int, Meta(ge=4, le=256)] = 16
    accounting: Literal["eq_2_27", "stock_change"] = "eq_2_27"
    gwp_set: Literal["AR5", "AR6"] = "AR6"
    fire_type: Literal["surface", "crown", "unknown"] = "unknown"
    severity: Literal["low", "moderate_low", "moderate_high", "high"] | None = None
    peat_wetness: Literal["wet", "moist", "dry", "unknown"] = "unknown"
    peat_moisture_pct: Annotated[float, Meta(ge=0, le=2000)] | None = None
    draws: Annotated[int, Meta(ge=10_000, le=1_000_000)] = 10_000


@dataclass(frozen=True)
class Fire:
    """One fire as it stands: geometry in metres, how sure its place and it itself are, what drives it."""

    shape: Any
    probability: float
    seed: int
    drivers: Drivers
    radius_m: float = 0.0
    """Where it is not known how far it has burnt, it starts as a point somewhere within this radius."""


@dataclass(frozen=True)
class Answer:
    """The figures of an alert, and what of them falls to each stand."""

    carbon: Carbon
    ids: tuple[str, ...] = ()
    stock_t: Floats | None = None
    """All that each stand holds."""
    exposed_t: Floats | None = None
    loss_t: Floats | None = None
    """Mean by stand; sums to the mean of the alert."""


@lru_cache(maxsize=256)
def unknown(code: Literal["not_computed", "no_carbon_layer"], detail: str = "") -> Answer:
    """Return an answer without figures that says why."""
    return Answer(Carbon(carbon_t=None, reason=Reason(code=code, detail=detail)))


def in_reach(
    tables: CarbonTables, fire: Fire, options: Options, barriers: Any = None
) -> tuple[npt.NDArray[np.object_], int]:
    """Return where the fire may be at the horizon, one geometry a scenario, and cautions of the drivers."""
    chance = scenarios(tables.spread, fire.drivers, fire.seed, options.scenarios)
    begun = starts(fire, options.scenarios)
    found = reach(tables.spread, begun, chance, horizons_h=(options.horizon_h,), barriers=barriers)
    return found[:, 0], chance.cautions


def at_risk(  # noqa: PLR0913 - tables, what is there, what burns, and how it is counted
    tables: CarbonTables,
    ground: Ground,
    fire: Fire,
    today: date,
    options: Options,
    *,
    shapes: npt.NDArray[np.object_],
    cautions: int = 0,
) -> Answer:
    """Return the carbon at risk where `shapes` (one a scenario, metres) meet the ground."""
    found = shares(ground.areas, shapes)
    met = np.flatnonzero(found.any(axis=0))
    held = stock(tables.stock, ground.stands, today, arrays=tables.arrays)
    if not len(met) or not held.is_known[met].any():
        return unknown("no_carbon_layer", "no stand, wetland or grassland of known cover in reach")
    stands, held, found = ground.stands.take(met), _rows(held, met), found[:, met]
    counting = Counting(
        accounting=options.accounting,
        gwp_set=options.gwp_set,
        fire_type=options.fire_type,
        severity=options.severity,
        peat_wetness=options.peat_wetness,
        peat_moisture_pct=options.peat_moisture_pct,
        draws=options.draws,
    )
    exposure = expose(tables.stock, stands, held, found)
    cautions |= int(of_rows(_burning(tables.loss, exposure, counting), today))
    drawn = simulate(tables.stock, tables.loss, exposure, fire.seed, counting)
    mean = found.mean(axis=0)
    standing = shares(ground.areas[met], np.array([fire.shape], object))[0] @ held.carbon_t()
    carbon = _carbon(tables, fire, drawn, held, mean, options, cautions)
    reach_ha = float(np.mean(shapely.area(shapes))) / 1e4
    carbon = _replaced(carbon, reach_ha, float(mean @ held.area_ha), float(standing))
    if exposure.peat_ha.any():
        carbon = replace(carbon, peat=peat_of(tables.loss, options.peat_wetness, options.peat_moisture_pct))
    exposed = mean * held.carbon_t()
    weight = exposed / exposed.sum() if exposed.sum() > 0 else exposed
    ids = tuple(ground.ids[row] for row in met)
    out = weight * drawn.exposed_c_t.mean()
    burns = mean * held.area_ha * expected_loss(tables.stock, tables.loss, stands, held, counting)
    return Answer(carbon, ids, held.carbon_t(), out, apportioned(float(drawn.loss_c_t.mean()), burns, out))


def _burning(tables: LossTables, exposure: Exposure, counting: Counting) -> list[Row]:
    """Return the rows that say how what is in reach burns and what that gives off."""
    rows: list[Row] = []
    for kind in np.unique(exposure.kind).tolist():
        rows += [tables.burns(CLASSES[kind], counting.fire_type, counting.severity)]
        rows += tables.factors(FUEL_OF[kind]).values()
    return [*rows, *tables.burn_depths] if exposure.peat_ha.any() else rows


def _carbon(  # noqa: PLR0913, PLR0917 - everything that a figure must carry
    tables: CarbonTables,
    fire: Fire,
    drawn: Drawn,
    held: Stock,
    mean: Floats,
    options: Options,
    cautions: int,
) -> Carbon:
    loss, said = interval(drawn.loss_c_t), int(np.bitwise_or.reduce(held.cautions)) | cautions
    known = np.asarray(held.is_known.any(axis=0))
    by_tier = tiers_of(held, mean)
    return Carbon(
        carbon_t=shown(loss.mean),
        low_t=shown(loss.low),
        high_t=shown(loss.high),
        probability=fire.probability,
        expected_t=shown(loss.mean * fire.probability),
        car95_t=shown(car95(drawn.loss_c_t, fire.probability)),
        exposed=ranged(drawn.exposed_c_t),
        co2e=ranged(drawn.co2e_t),
        gases_t={gas: shown(float(mass.mean())) for gas, mass in sorted(drawn.gases_t.items())},
        horizon_h=options.horizon_h,
        stands=len(held),
        tiers_ha=by_tier,
        pools=tuple(pool for pool, is_in in zip(POOLS, known.tolist(), strict=True) if is_in),
        cautions=words(said | int(Caution.NOTHING_KNOWN_THERE if TIERS[0] in by_tier else 0)),
        parameters=tables.version,
        accounting=options.accounting,
        gwp_set=options.gwp_set,
        severity=options.severity or "",
        seed=f"{fire.seed:016x}",
        draws=options.draws,
    )


def _replaced(carbon: Carbon, reach_ha: float, known_ha: float, standing_t: float) -> Carbon:
    bare = max(0.0, reach_ha - known_ha + carbon.tiers_ha.get("unknown", 0.0))
    return replace(carbon, reach_ha=shown(reach_ha), unknown_ha=shown(bare), standing_t=shown(standing_t))


def beside(
    tables: LossTables, carbon: Carbon, energy_mj: float | None, *, undersampled: bool = False
) -> Carbon:
    """Return the figures with a second estimate beside them: t CO2 by radiative energy, where there is some.

    It says what has burnt while satellites looked, so it never takes the place of the first; where they
    looked too rarely the figures say so, with or without an estimate.
    """
    if carbon.carbon_t is None:
        return carbon
    carbon = replace(carbon, undersampled=undersampled)
    if not energy_mj:
        return carbon
    burnt = radiated(tables, energy_mj)
    co2 = tables.factors("extratropical_forest")["co2"].g_kg / 1000.0
    mean, low, high = (shown(mass * co2) for mass in (burnt.dry_t, burnt.low_t, burnt.high_t))
    return replace(carbon, radiative=Range(mean_t=mean, low_t=low, high_t=high))


def tiers_of(held: Stock, share: Floats) -> dict[str, float]:
    """Return the area in reach by tier of its stock, ha, where there is any."""
    by_tier = np.bincount(held.tier, share * held.area_ha, len(TIERS))
    return {name: shown(float(ha)) for name, ha in zip(TIERS, by_tier, strict=True) if ha > 0}


def ranged(drawn: Floats) -> Range:
    """Return mean and middle 95 % of draws as a message says them."""
    found = interval(drawn)
    return Range(mean_t=shown(found.mean), low_t=shown(found.low), high_t=shown(found.high))


def shown(value: float) -> float:
    """Return a figure to 6 significant digits: more would tell one machine's arithmetic from another's."""
    return float(f"{value:.6g}")


def _rows(held: Stock, rows: npt.NDArray[np.int64]) -> Stock:
    return Stock(**{name: column[rows] for name, column in vars(held).items()})


def starts(fire: Fire, count: int) -> Sequence[Any]:
    """Return the fire of each scenario: as it is, or, of unknown extent, a point within its radius."""
    if fire.radius_m <= 0:
        return [fire.shape] * count
    dice = np.random.default_rng([fire.seed, 1])
    centre = shapely.centroid(fire.shape)
    # the radius holds 95 %: two standard errors each way
    offsets = dice.standard_normal((count, 2)) * fire.radius_m / 2.0
    points = np.array([[centre.x, centre.y]]) + offsets
    found: Sequence[Any] = shapely.buffer(shapely.points(points), SPARK_M)
    return found


SPARK_M = 30.0
"""Radius of a fire of which nobody has said how large it is."""
