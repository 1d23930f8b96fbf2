"""What may happen in the next hours: wind, moisture, slope and the model's error, drawn by a stated seed."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from alerts.carbon import ellipse, spread
from alerts.carbon.caution import Caution
from alerts.carbon.draws import normal_of
from alerts.carbon.spread_tables import SpreadTables
from schemas.weather import Conditions

Floats = npt.NDArray[np.float64]


class Drivers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What drives a fire; None where nobody knows, and then the scenarios are spread wider."""

    temperature_c: float | None = None
    humidity_pct: float | None = None
    wind_ms: float | None = None
    """At 10 m."""
    wind_to_deg: float | None = None
    """Bearing towards which it blows."""
    slope_deg: float | None = None
    upslope_deg: float | None = None
    """Bearing of the steepest way up."""
    fuel: str | None = None
    """A row of `spread_fuel.csv`, or a species or cover that grows there."""


def drivers_in(weather: Conditions | None) -> Drivers:
    """Return what drives a fire in this weather; what is unknown stays unknown."""
    if weather is None:
        return Drivers()
    wind_from = weather.wind_from_deg
    return Drivers(
        temperature_c=weather.temperature_c,
        humidity_pct=weather.humidity_pct,
        wind_ms=weather.wind_ms,
        wind_to_deg=None if wind_from is None else (wind_from + 180.0) % 360.0,
    )


@dataclass(frozen=True)
class Scenarios:
    """Head rate, direction and shape of the fire, one entry a scenario; all are equally likely."""

    head_m_min: Floats
    towards_deg: Floats
    length_to_breadth: Floats
    wind_ms: Floats
    cautions: int

    def __len__(self) -> int:
        return len(self.head_m_min)


def seed_of(*ids: str) -> int:
    """Return a seed that depends on these ids alone, so that a replay draws the same."""
    return int.from_bytes(hashlib.sha256("\n".join(ids).encode()).digest()[:8], "big")


def expected(tables: SpreadTables, drivers: Drivers) -> Scenarios:
    """Return the one scenario in which everything is as told, and at its default where it is not."""
    return _run(tables, drivers, np.full((1, QUANTITIES), 0.5))


def scenarios(tables: SpreadTables, drivers: Drivers, seed: int, count: int = 32) -> Scenarios:
    """Return `count` equally likely scenarios (Latin hypercube: each quantity once in each of its shares)."""
    dice = np.random.default_rng(seed)
    strata = np.stack([dice.permutation(count) for _ in range(QUANTITIES)], axis=1)
    return _run(tables, drivers, (strata + dice.random((count, QUANTITIES))) / count)


QUANTITIES = 6
"""Wind speed, wind direction, humidity, temperature, slope, the model's own error."""


def _run(tables: SpreadTables, drivers: Drivers, uniform: Floats) -> Scenarios:
    number, cautions = tables.constant, Caution(0)
    wind, wind_to, said = _winds(tables, drivers, uniform[:, 0], uniform[:, 1])
    cautions |= said
    humidity, temperature, said = _weather(tables, drivers, uniform[:, 2], uniform[:, 3])
    cautions |= said
    slope, upslope, said = _slopes(tables, drivers, uniform[:, 4], wind_to)
    cautions |= said
    fuel = tables.fuel_under(drivers.fuel or "")
    cautions |= Caution(0) if fuel is not None else Caution.FUEL_UNKNOWN
    midflame = wind * number("midflame_share")
    along, across = _together(midflame, wind_to, spread.slope_as_wind_ms(tables, slope), upslope)
    effective = np.hypot(along, across)
    force = spread.wind_force(tables, wind)
    error = _lognormal(1.0, number("spread_model_cv"), uniform[:, 5])
    still = spread.initial_rate(tables, temperature, force, humidity) * (1.0 if fuel is None else fuel.factor)
    return Scenarios(
        head_m_min=still * spread.wind_factor(tables, effective) * error,
        towards_deg=np.degrees(np.arctan2(across, along)) % 360.0,
        length_to_breadth=ellipse.anderson(effective),
        wind_ms=wind,
        cautions=int(cautions),
    )


def _together(wind: Floats, wind_to: Floats, slope: Floats, upslope: Floats) -> tuple[Floats, Floats]:
    """Return north and east part of wind and of the slope taken as wind."""
    blow, rise = np.radians(wind_to), np.radians(upslope)
    return wind * np.cos(blow) + slope * np.cos(rise), wind * np.sin(blow) + slope * np.sin(rise)


def _winds(
    tables: SpreadTables, drivers: Drivers, speed: Floats, turn: Floats
) -> tuple[Floats, Floats, Caution]:
    number, said = tables.constant, Caution(0)
    known = drivers.wind_ms is not None and drivers.wind_ms >= 0
    if not known:
        said |= Caution.WIND_UNKNOWN
    mean = drivers.wind_ms if known and drivers.wind_ms is not None else number("default_wind")
    wind = _lognormal(max(mean, 0.1), number("wind_cv" if known else "unknown_wind_cv"), speed)
    if drivers.wind_to_deg is None:
        # any direction is as likely as any other
        return wind, 360.0 * turn, said or Caution.WIND_DIRECTION_UNKNOWN
    return wind, drivers.wind_to_deg + number("wind_direction_sd") * normal_of(turn), said


def _weather(
    tables: SpreadTables, drivers: Drivers, damp: Floats, heat: Floats
) -> tuple[Floats, Floats, Caution]:
    number, said = tables.constant, Caution(0)
    if drivers.humidity_pct is None or drivers.temperature_c is None:
        said |= Caution.WEATHER_UNKNOWN
    sd = number("humidity_sd" if drivers.humidity_pct is not None else "unknown_humidity_sd")
    middle = drivers.humidity_pct if drivers.humidity_pct is not None else number("default_humidity")
    humidity = np.clip(middle + sd * normal_of(damp), 3.0, 100.0)
    if drivers.temperature_c is not None:
        return humidity, np.full(len(heat), drivers.temperature_c), said
    return humidity, number("default_temperature") + 6.0 * normal_of(heat), said


def _slopes(
    tables: SpreadTables, drivers: Drivers, share: Floats, wind_to: Floats
) -> tuple[Floats, Floats, Caution]:
    """Return slope and the way up; where unknown the ground may rise or fall the way the wind blows."""
    steepest, slope = tables.constant("steepest_slope"), drivers.slope_deg
    if slope is None:
        return (2 * share - 1) * tables.constant("default_slope"), wind_to, Caution.SLOPE_UNKNOWN
    said = Caution.CLIFF if abs(slope) > steepest else Caution(0)
    if drivers.upslope_deg is None:
        return (2 * share - 1) * slope, wind_to, said | Caution.SLOPE_UNKNOWN
    return np.full(len(share), slope), np.full(len(share), drivers.upslope_deg), said


def _lognormal(mean: float, cv: float, uniform: Floats) -> Floats:
    sigma2 = np.log1p(cv**2)
    found: Floats = mean * np.exp(np.sqrt(sigma2) * normal_of(uniform) - sigma2 / 2)
    return found
