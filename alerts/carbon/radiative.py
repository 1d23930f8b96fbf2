"""A second estimate of what burns, from radiative power; stands beside the first and never over it."""

from collections.abc import Sequence
from typing import NamedTuple

from alerts.carbon.loss_tables import LossTables

PIXEL_HA = 0.375**2 * 100.0
"""Area of a VIIRS pixel at nadir."""


class Radiated(NamedTuple):
    """Dry matter burnt, t, with its range, and whether the looks were too far apart to say."""

    dry_t: float
    low_t: float
    high_t: float
    undersampled: bool


def radiative_energy_mj(
    tables: LossTables, hours: Sequence[float], power_mw: Sequence[float]
) -> tuple[float, bool]:
    """Return fire radiative energy, MJ, by trapezoid, and whether a gap was too long.

    Looks more than six hours apart say nothing of the time between: it is left out and said. `hours` ascend.
    """
    longest, total, gaps = tables.constant("longest_frp_gap"), 0.0, len(hours) < 2
    for k in range(1, len(hours)):
        span = hours[k] - hours[k - 1]
        if span > longest:
            gaps = True
        else:
            total += (power_mw[k] + power_mw[k - 1]) / 2.0 * span * 3600.0
    return total, gaps


def radiated(tables: LossTables, energy_mj: float, *, undersampled: bool = False) -> Radiated:
    """Return dry matter burnt for an energy, t (Wooster et al. 2005), with the range of laboratory fires."""
    names = ("biomass_per_energy", "biomass_per_energy_low", "biomass_per_energy_high")
    middle, low, high = (energy_mj * tables.constant(name) / 1000.0 for name in names)
    return Radiated(middle, low, high, undersampled)


def burned_area_ha(tables: LossTables, perimeter_ha: float, detections: int) -> float:
    """Return the area that burns: at most half of each detected pixel, and at most the perimeter."""
    return min(perimeter_ha, detections * PIXEL_HA * tables.constant("burned_share_of_pixel"))
