"""How fast the head of a fire runs: the model of Wang Zhengfei (王正非), R = R0 x Kw x Ks x K(slope), m/min.

Uphill the slope factor is the formula, which agrees with the printed table; downhill the two differ by up to
a third, and the formula is used there too. Slopes beyond the table (42 degrees) are clamped.
"""

import numpy as np
import numpy.typing as npt

from alerts.carbon.spread_tables import SpreadTables

Floats = npt.NDArray[np.float64]


def initial_rate(
    tables: SpreadTables, temperature_c: npt.ArrayLike, wind_force: npt.ArrayLike, humidity_pct: npt.ArrayLike
) -> Floats:
    """Return R0, m/min, from air temperature, Beaufort force and relative humidity; dry air raises it."""
    number = tables.constant
    dryness = 100.0 - np.asarray(humidity_pct, float)
    rate = (
        number("rate_per_celsius") * np.asarray(temperature_c, float)
        + number("rate_per_wind_force") * np.asarray(wind_force, float)
        + number("rate_per_dryness") * dryness
        + number("rate_constant")
    )
    found: Floats = np.maximum(rate, number("least_rate"))
    return found


def wind_factor(tables: SpreadTables, wind_ms: npt.ArrayLike) -> Floats:
    """Return Kw = exp(0.1783 V) of the wind at flame height, m/s."""
    found: Floats = np.exp(tables.constant("wind_exponent") * np.asarray(wind_ms, float))
    return found


def slope_factor(tables: SpreadTables, slope_deg: npt.ArrayLike) -> Floats:
    """Return exp(3.533 tan(slope)^1.2), its inverse downhill (negative slopes), clamped at 42 degrees."""
    steepest = tables.constant("steepest_slope")
    slope = np.radians(np.clip(np.asarray(slope_deg, float), -steepest, steepest))
    steepness = np.tan(np.abs(slope)) ** tables.constant("slope_exponent")
    found: Floats = np.exp(np.sign(slope) * tables.constant("slope_coefficient") * steepness)
    return found


def slope_factor_printed(tables: SpreadTables, slope_deg: float) -> float:
    """Return the factor of the printed table for the class this slope falls in."""
    nearest = min(tables.slopes, key=lambda row: (abs(row.slope_deg - slope_deg), row.slope_deg))
    return nearest.factor


def slope_as_wind_ms(tables: SpreadTables, slope_deg: npt.ArrayLike) -> Floats:
    """Return the wind at flame height that would speed a fire as much as this slope does, m/s."""
    found: Floats = np.log(slope_factor(tables, slope_deg)) / tables.constant("wind_exponent")
    return found


def wind_force(tables: SpreadTables, wind_ms: npt.ArrayLike) -> Floats:
    """Return the Beaufort force, not rounded, of a wind at 10 m, m/s (V = 0.836 B^1.5)."""
    wind = np.maximum(np.asarray(wind_ms, float), 0.0)
    found: Floats = (wind / tables.constant("beaufort_coefficient")) ** (2 / 3)
    return found


def wind_of_force_ms(tables: SpreadTables, force: npt.ArrayLike) -> Floats:
    """Return the wind at 10 m, m/s, of a Beaufort force."""
    found: Floats = tables.constant("beaufort_coefficient") * np.asarray(force, float) ** 1.5
    return found
