"""What burning peat emits, by burn depth, never more carbon than the soil held."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.carbon.biomass import peat_carbon
from alerts.carbon.emission import CO2_PER_CARBON
from alerts.carbon.loss_tables import LossTables, PeatFire

Floats = npt.NDArray[np.float64]
Wetness = Literal["wet", "moist", "dry", "unknown"]


class PeatLoss(NamedTuple):
    """Carbon lost and methane, t/ha, and whether the soil's stock was the limit."""

    carbon_t_ha: Floats
    co2_t_ha: Floats
    ch4_t_ha: Floats
    capped: npt.NDArray[np.bool_]


Peat = Literal["wet", "moist", "dry", "unknown", "too_wet"]


def peat_of(tables: LossTables, wetness: Wetness, moisture_pct: float | None = None) -> Peat:
    """Return what peat is taken to be: as said, or too wet to smoulder where its moisture was measured so."""
    is_wet = moisture_pct is not None and moisture_pct >= tables.constant("smoulder_moisture")
    return "too_wet" if is_wet else wetness


def burn_depths(tables: LossTables, peat: Peat) -> tuple[float, float, float]:
    """Return how deep it burns, m: at least, most likely, at most; nothing where it is too wet."""
    if peat == "too_wet":
        return 0.0, 0.0, 0.0
    row = next(one for one in tables.burn_depths if one.wetness == peat)
    return row.low_m, row.depth_m, row.high_m


def peat_loss(
    fire: PeatFire,
    depth_m: npt.ArrayLike,
    bulk_density_kg_m3: float,
    carbon_kg_kg: float,
    stock_c_t_ha: npt.ArrayLike = np.inf,
) -> PeatLoss:
    """Return the loss of a burn depth: mass x factor, at most the carbon of that layer and of the soil."""
    depth = np.asarray(depth_m, float)
    held = peat_carbon(np.asarray(bulk_density_kg_m3), np.asarray(carbon_kg_kg), depth)
    limit = np.minimum(held, np.asarray(stock_c_t_ha, float))
    mass = 10.0 * bulk_density_kg_m3 * depth
    carbon = mass * (fire.co2c_g_kg + fire.ch4_g_kg * 12.0 / 16.0) / 1000.0
    # capped carbon counts as wholly oxidised and its methane beside it: 2 % of the carbon stands in both
    methane = np.minimum(mass * fire.ch4_g_kg / 1000.0, limit * 16.0 / 12.0)
    capped = carbon > limit
    co2c = np.where(capped, limit, mass * fire.co2c_g_kg / 1000.0)
    return PeatLoss(np.minimum(carbon, limit), co2c * CO2_PER_CARBON, methane, capped)


def unmeasured(fire: PeatFire) -> PeatLoss:
    """Return the loss per ha where nobody knows density or depth: the IPCC mass and factors."""
    co2 = np.asarray(fire.mass_t_ha * fire.co2c_g_kg / 1000.0 * CO2_PER_CARBON)
    ch4 = np.asarray(fire.mass_t_ha * fire.ch4_g_kg / 1000.0)
    return PeatLoss(co2 / CO2_PER_CARBON + ch4 * 12.0 / 16.0, co2, ch4, np.asarray(False))
