"""A second model of the head's rate beside the first: Rothermel 1972 as Albini 1976 has it, one fuel class.

It checks the Chinese model's order of magnitude where the fuel is short grass; it never takes its place.
Inputs are in the units of the source (pounds, feet, BTU); what comes out is in metres per minute.
"""

import math
from dataclasses import dataclass

FOOT_M = 0.3048
TOTAL_MINERAL, EFFECTIVE_MINERAL = 0.0555, 0.010
"""Shares of minerals of every standard fuel model (Albini 1976)."""

PARTICLE_LB_FT3 = 32.0


@dataclass(frozen=True)
class FuelModel:
    """Dead fuel of one size class."""

    load_lb_ft2: float
    surface_per_ft: float
    depth_ft: float
    extinction_moisture: float
    heat_btu_lb: float = 8000.0


SHORT_GRASS = FuelModel(load_lb_ft2=0.034, surface_per_ft=3500.0, depth_ft=1.0, extinction_moisture=0.12)
"""Fuel model 1 (Anderson 1982)."""


def rate_m_min(
    fuel: FuelModel, moisture: float, *, midflame_km_h: float = 0.0, slope_tan: float = 0.0
) -> float:
    """Return the rate of spread of the head, m/min; wind blows uphill, and their factors are added.

    `moisture` is water by dry mass, 0 to 1; at or above that of extinction nothing spreads.
    """
    sigma, bulk = fuel.surface_per_ft, fuel.load_lb_ft2 / fuel.depth_ft
    packing = bulk / PARTICLE_LB_FT3
    relative = packing / (3.348 * math.pow(sigma, -0.8189))
    intensity = _reaction(fuel, moisture, relative)
    flux = math.exp((0.792 + 0.681 * math.sqrt(sigma)) * (packing + 0.1)) / (192.0 + 0.2595 * sigma)
    sink = bulk * math.exp(-138.0 / sigma) * (250.0 + 1116.0 * moisture)
    wind_ft_min = midflame_km_h * 1000.0 / 60.0 / FOOT_M
    by_wind = (
        7.47
        * math.exp(-0.133 * sigma**0.55)
        * math.pow(wind_ft_min, 0.02526 * sigma**0.54)
        * math.pow(relative, -0.715 * math.exp(-3.59e-4 * sigma))
    )
    by_slope = 5.275 * math.pow(packing, -0.3) * slope_tan**2
    return intensity * flux / sink * (1.0 + by_wind + by_slope) * FOOT_M


def _reaction(fuel: FuelModel, moisture: float, relative: float) -> float:
    """Return the reaction intensity, BTU/ft2/min."""
    sigma = fuel.surface_per_ft
    power = 133.0 * math.pow(sigma, -0.7913)
    fastest = math.pow(sigma, 1.5) / (495.0 + 0.0594 * math.pow(sigma, 1.5))
    velocity: float = fastest * math.pow(relative, power) * math.exp(power * (1.0 - relative))
    ratio = min(moisture / fuel.extinction_moisture, 1.0)
    damped = max(0.0, 1.0 - 2.59 * ratio + 5.11 * ratio**2 - 3.52 * ratio**3)
    mineral = 0.174 * math.pow(EFFECTIVE_MINERAL, -0.19)
    return velocity * fuel.load_lb_ft2 * (1.0 - TOTAL_MINERAL) * fuel.heat_btu_lb * damped * mineral


def flame_length_m(intensity_kw_m: float) -> float:
    """Return the length of the flame, m, by Byram 1959: 0.0775 I^0.46."""
    return float(0.0775 * intensity_kw_m**0.46)
