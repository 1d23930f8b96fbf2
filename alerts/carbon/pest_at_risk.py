"""Carbon that an outbreak puts at risk: what it may reach by ring and kernel x host share x mortality."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from msgspec.structs import replace

from alerts.carbon.at_risk import Answer, ranged, shown, tiers_of, unknown
from alerts.carbon.biomass import CARBON_PER_CO2
from alerts.carbon.caution import Caution, of_row, words
from alerts.carbon.exposure import expose
from alerts.carbon.ground import Ground
from alerts.carbon.loss_tables import LossTables, Mortality
from alerts.carbon.pest_loss import arrival, forgone_sink_t, given_off, mortality_of, ring_mass
from alerts.carbon.reach import shares
from alerts.carbon.shared_factors import draw, mean_one, triangular
from alerts.carbon.simulate import DRAWS, car95, interval
from alerts.carbon.stand import FOREST, Stands
from alerts.carbon.stock import stock
from alerts.carbon.tables import CarbonTables
from schemas.alert import Carbon, Range

Floats = npt.NDArray[np.float64]

GWP_SET = "AR6"


@dataclass(frozen=True)
class Outbreak:
    """One outbreak: what is infested now (metres), the pest and how severe it is there."""

    sources: npt.NDArray[np.object_]
    pest: str
    severity: str
    probability: float
    seed: int
    fate: str = "snag"
    """What becomes of the dead wood: a row of `decay.csv`."""
    is_over: bool = False
    """It went no further than where it is."""


@dataclass(frozen=True)
class PestAnswer:
    """The figures, and apart from them what dead wood gives off within ten years, t C."""

    answer: Answer
    gross_t: float | None = None
    ten_year_t: float | None = None


def host_share(tables: CarbonTables, stands: Stands, pest: str) -> Floats:
    """Return the share of each stand that the pest lives on; 0 for what is no host."""
    share = {row.species: row.share for row in tables.loss.hosts if row.pest == pest}
    by_species = np.array([share.get(row.species, 0.0) for row in tables.stock.species] + [0.0])
    by_cover = np.array([share.get(row.cover, 0.0) for row in tables.stock.covers] + [0.0])
    found: Floats = np.where(
        stands.cover == FOREST, by_species[stands.species], by_cover[np.maximum(stands.cover, -1)]
    )
    return found


def reached(tables: LossTables, areas: npt.NDArray[np.object_], sources: npt.NDArray[np.object_]) -> Floats:
    """Return the chance that each area is reached: 1 where infested, else its rings' mass, by any source."""
    chances = np.zeros((len(areas), len(sources)))
    mass = ring_mass(tables)
    for column, source in enumerate(sources):
        inner = shares(areas, np.array([source], object))[0]
        chance = inner.copy()
        for row in tables.rings:
            outer = shares(areas, np.array([shapely.buffer(source, row.radius_m)], object))[0]
            chance += (outer - inner) * mass[row.ring]
            inner = outer
        chances[:, column] = chance
    return arrival(np.clip(chances, 0.0, 1.0))


def pest_at_risk(tables: CarbonTables, ground: Ground, outbreak: Outbreak, today: date) -> PestAnswer:
    """Return the carbon that an outbreak puts at risk.

    Raises KeyError for a pest or severity that `pest_mortality.csv` does not know.
    """
    mortality = mortality_of(tables.loss, outbreak.pest, outbreak.severity)
    if outbreak.is_over:
        chance = shares(ground.areas, np.array([shapely.union_all(outbreak.sources)], object))[0]
    else:
        chance = reached(tables.loss, ground.areas, outbreak.sources)
    chance = chance * host_share(tables, ground.stands, outbreak.pest)
    met = np.flatnonzero(chance > 0)
    held = stock(tables.stock, ground.stands, today, arrays=tables.arrays)
    if not len(met) or not held.is_known[met].any():
        return PestAnswer(unknown("no_carbon_layer", "no host of this pest in reach"))
    held = type(held)(**{name: column[met] for name, column in vars(held).items()})
    exposure = expose(tables.stock, ground.stands.take(met), held, chance[None, met])
    factors = draw(outbreak.seed, len(exposure.group_cv), DRAWS)
    low, high = exposure.canopy_low[0][:, None], exposure.canopy_high[0][:, None]
    canopy = (low + factors.named["method"] * (high - low)) * factors.group(exposure.group_cv)[exposure.group]
    canopy = canopy * mean_one(factors.named["own"], exposure.own_cv[0])
    roots = exposure.roots[0][:, None] * mean_one(factors.named["root"], tables.stock.cv("root_ratio"))
    live = (canopy * (1.0 + roots)).sum(axis=0)
    dies = triangular(factors.named["mortality"], mortality.low, mortality.mid, mortality.high)
    said = int(np.bitwise_or.reduce(held.cautions)) | int(of_row(mortality, today))
    carbon = _carbon(tables, outbreak, live, live * dies, said)
    mean = float((live * dies).mean())
    fate = next(row for row in tables.loss.decay if row.fate == outbreak.fate)
    given = shown(float(given_off(mean, fate, 10.0)))
    carbon = replace(
        carbon,
        committed_t=shown(mean),
        ten_year_t=given,
        forgone=_forgone(tables.loss, mortality, float(chance[met] @ held.area_ha)),
        stands=len(met),
        tiers_ha=tiers_of(held, chance[met]),
    )
    mine = chance[met] * held.carbon_t(("agb", "bgb"))
    weight = mine / mine.sum() if mine.sum() > 0 else mine
    by_stand = (weight * live.mean(), weight * mean)
    answer = Answer(carbon, tuple(ground.ids[row] for row in met), held.carbon_t(), *by_stand)
    return PestAnswer(answer, shown(mean), given)


def _forgone(tables: LossTables, row: Mortality, host_ha: float) -> Range | None:
    """Return growth that will not happen in a year, t C; None where the pest takes none that is known."""
    if row.growth_loss_high <= 0:
        return None
    growth = [tables.constant("growth_low"), tables.constant("growth_high")]
    taken = [row.growth_loss_low, row.growth_loss_high]
    middle, low, high = (
        shown(forgone_sink_t(host_ha, one, share, 1.0))
        for one, share in ((sum(growth) / 2, sum(taken) / 2), (growth[0], taken[0]), (growth[1], taken[1]))
    )
    return Range(mean_t=middle, low_t=low, high_t=high)


def _carbon(tables: CarbonTables, outbreak: Outbreak, live: Floats, lost: Floats, said: int) -> Carbon:
    found = interval(lost)
    return Carbon(
        carbon_t=shown(found.mean),
        low_t=shown(found.low),
        high_t=shown(found.high),
        probability=outbreak.probability,
        expected_t=shown(found.mean * outbreak.probability),
        car95_t=shown(car95(lost, outbreak.probability)),
        exposed=ranged(live),
        # killed trees give off carbon dioxide alone, whose potential is 1 in every set
        co2e=ranged(lost / CARBON_PER_CO2),
        gwp_set=GWP_SET,
        pools=("agb", "bgb"),
        cautions=words(said | int(Caution.UNVERIFIED)),
        parameters=tables.version,
        pest=outbreak.pest,
        severity=outbreak.severity,
        fate=outbreak.fate,
        seed=f"{outbreak.seed:016x}",
        draws=DRAWS,
    )


def infested(points: Any, radius_m: float) -> npt.NDArray[np.object_]:
    """Return what is infested around positions in metres: a circle of this radius around each."""
    found: npt.NDArray[np.object_] = np.atleast_1d(shapely.buffer(shapely.points(points), radius_m))
    return found
