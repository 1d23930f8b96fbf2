"""Biomass from stand volume: IPCC equation 2.8b, continuous expansion (Fang 2001) and IPCC defaults."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alerts.carbon.stock_tables import Climate, Expansion, Roots, StockTables

Floats = npt.NDArray[np.float64]

CARBON_PER_CO2 = 12.0 / 44.0
"""Mass of carbon in a mass of carbon dioxide."""

IPCC_CARBON_FRACTION = 0.47
"""t C per t dry matter of wood where the species is not known (IPCC 2006, table 4.3)."""

FANG_CARBON_FRACTION = 0.5
"""t C per t of live biomass that goes with the continuous expansion of Fang et al. 2001."""

SMALL_VOLUME_M3_HA = 20.0
"""Below this the constant of a continuous expansion is an extrapolation, and it is not used."""


def above_ground(volume_m3_ha: Floats, bef: Floats, density_t_m3: Floats) -> Floats:
    """Return above-ground biomass of trees, t dry matter/ha (IPCC 2006 eq. 2.8b with BCEF = BEF x D)."""
    return volume_m3_ha * bef * density_t_m3


def continuous(volume_m3_ha: Floats, slope_t_m3: Floats, constant_t_ha: Floats) -> Floats:
    """Return live biomass of trees, t dry matter/ha; roots are in it, so a root ratio is never applied."""
    return volume_m3_ha * slope_t_m3 + constant_t_ha


def stepped(value: Floats, limits: Sequence[float], steps: Sequence[float]) -> Floats:
    """Return the step each value falls in: up to and including a limit its step, above all the last."""
    found: Floats = np.asarray(steps, float)[np.searchsorted(np.asarray(limits, float), value, side="left")]
    return found


def ipcc_above_ground(
    volume_m3_ha: Floats, rows: Sequence[Expansion], leaf: str, climate: Climate = "temperate"
) -> Floats:
    """Return above-ground biomass, t dry matter/ha, with the IPCC factor of the growing stock."""
    mine = [row for row in rows if (row.climate, row.leaf) == (climate, leaf)]
    limits = [row.volume_to_m3_ha for row in mine if row.volume_to_m3_ha is not None]
    return volume_m3_ha * stepped(volume_m3_ha, limits, [row.bcef_t_m3 for row in mine])


def ipcc_roots(agb_t_ha: Floats, rows: Sequence[Roots], leaf: str, climate: Climate = "temperate") -> Floats:
    """Return root biomass, t dry matter/ha, with the IPCC ratio of the above-ground biomass."""
    mine = [row for row in rows if (row.climate, row.leaf) == (climate, leaf)]
    limits = [row.agb_to_t_ha for row in mine if row.agb_to_t_ha is not None]
    return agb_t_ha * stepped(agb_t_ha, limits, [row.root_ratio for row in mine])


def moso_culm_kg(tables: StockTables, diameter_cm: Floats, age_du: Floats) -> Floats:
    """Return dry matter above ground of one culm of moso bamboo, kg (Zhou Guomo 2006).

    `diameter_cm` is that at breast height; `age_du` counts 度, two years each, as foresters mark culms.
    """
    number = tables.constant
    grown = number("moso_age_limit") * age_du / (number("moso_age_half") + age_du)
    thick = np.power(diameter_cm, number("moso_diameter_power"))
    found: Floats = number("moso_scale") * thick * np.power(grown, number("moso_age_power"))
    return found + number("moso_constant")


def peat_carbon(bulk_density_kg_m3: Floats, carbon_kg_kg: Floats, depth_m: Floats) -> Floats:
    """Return carbon of a layer of peat, t C/ha: 10 x kg/m3 x kg/kg x m."""
    return 10.0 * bulk_density_kg_m3 * carbon_kg_kg * depth_m
