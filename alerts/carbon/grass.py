"""How fast grass burns: the Canadian FBP types O1a and O1b, and natural pasture after Cheney 1998."""

import math

from alerts.carbon.spread_tables import Grass


def curing_factor(curing_pct: float) -> float:
    """Return the FBP factor of the degree of curing (Wotton 2009)."""
    if curing_pct < 58.8:
        return 0.005 * (math.exp(0.061 * curing_pct) - 1.0)
    return 0.176 + 0.02 * (curing_pct - 58.8)


def fbp_grass_m_min(kind: Grass, initial_spread_index: float, curing_pct: float) -> float:
    """Return the rate of spread of a grass type, m/min: a (1 - exp(-b ISI))^c times the curing factor."""
    rise = 1.0 - math.exp(-kind.exponent * initial_spread_index)
    return kind.rate_m_min * float(rise**kind.power) * curing_factor(curing_pct)


def grass_moisture_pct(temperature_c: float, humidity_pct: float) -> float:
    """Return moisture of dead grass, % (Cheney 1998)."""
    return 9.58 - 0.205 * temperature_c + 0.138 * humidity_pct


def pasture_km_h(temperature_c: float, humidity_pct: float, wind_km_h: float, curing_pct: float) -> float:
    """Return the rate of spread in natural pasture, km/h, from the wind at 10 m (Cheney 1998).

    Holds for grass drier than 12 %; a wetter one counts as 12 %.
    """
    wind = 0.054 + 0.269 * wind_km_h if wind_km_h < 5.0 else 1.4 + 0.838 * math.pow(wind_km_h - 5.0, 0.844)
    moisture = math.exp(-0.108 * min(grass_moisture_pct(temperature_c, humidity_pct), 12.0))
    curing = 1.036 / (1.0 + 103.99 * math.exp(-0.0996 * (curing_pct - 20.0)))
    return wind * moisture * curing
