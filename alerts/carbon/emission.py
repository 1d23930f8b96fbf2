"""What a fire emits: IPCC equation 2.27 for every gas, or stock change for CO2; never both."""

from collections.abc import Mapping
from typing import Literal

from alerts.carbon.loss_tables import Gas

Accounting = Literal["eq_2_27", "stock_change"]
CO2_PER_CARBON = 44.0 / 12.0
WARMING_GASES: tuple[Gas, ...] = ("co2", "ch4", "n2o")
"""CO and NOx are reported as masses, and carry no global warming potential here."""


def gas_t(dry_t: float, combustion: float, g_kg: float) -> float:
    """Return tonnes of a gas from tonnes of dry matter: A x M_B x C_f x G_ef / 1000 (IPCC 2006 eq. 2.27)."""
    return dry_t * combustion * g_kg / 1000.0


def gases_t(dry_t: float, combustion: float, factors: Mapping[Gas, float]) -> dict[Gas, float]:
    """Return tonnes of every gas of `factors` (g/kg dry matter)."""
    return {gas: gas_t(dry_t, combustion, g_kg) for gas, g_kg in factors.items()}


def product_gases_t(
    area_ha: float, product_t_ha: float, factors: Mapping[Gas, float], combustion: float = 1.0
) -> dict[Gas, float]:
    """Return tonnes of every gas where fuel consumption is known: mass x combustion is one number.

    Raises ValueError for a combustion factor other than 1: it is in the product already.
    """
    if combustion != 1.0:
        raise ValueError("a fuel consumption of IPCC table 2.4 already holds the combustion factor: use 1")
    return gases_t(area_ha * product_t_ha, 1.0, factors)


def stock_change_co2_t(
    area_ha: float, biomass_t_ha: float, root_ratio: float, carbon_fraction: float, lost: float
) -> float:
    """Return t CO2 of a disturbance: A x B_W x (1 + R) x CF x fd x 44/12 (IPCC 2006 eq. 2.14)."""
    return area_ha * biomass_t_ha * (1.0 + root_ratio) * carbon_fraction * lost * CO2_PER_CARBON


def co2e_t(gases: Mapping[Gas, float], warming: Mapping[Gas, float]) -> float:
    """Return tonnes of CO2 equivalent of the gases that have a global warming potential."""
    return sum(gases[gas] * warming[gas] for gas in WARMING_GASES if gas in gases)


def project_co2e_t(gases: Mapping[Gas, float], warming: Mapping[Gas, float]) -> float:
    """Return what a carbon project reports: CH4 and N2O alone, since its CO2 shows as loss of stock."""
    return co2e_t({gas: mass for gas, mass in gases.items() if gas != "co2"}, warming)


def fire_gases_t(
    accounting: Accounting,
    dry_t: float,
    combustion: float,
    factors: Mapping[Gas, float],
    stock_loss_co2_t: float | None = None,
) -> dict[Gas, float]:
    """Return tonnes of every gas, CO2 by one way of accounting only.

    Raises ValueError when the loss of stock is given to equation 2.27, or missing for stock change.
    """
    found = gases_t(dry_t, combustion, factors)
    if accounting == "eq_2_27":
        if stock_loss_co2_t is not None:
            raise ValueError("CO2 comes from equation 2.27 or from stock change, never from both")
        return found
    if stock_loss_co2_t is None:
        raise ValueError("accounting by stock change needs the CO2 of the loss of stock")
    return {**found, "co2": stock_loss_co2_t}
