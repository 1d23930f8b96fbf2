"""A second model of the head's rate beside the first: Rothermel 1972 as Albini 1976 has it.

It checks the Chinese model's order of magnitude where the fuel is grass or litter; it never takes its place.
Inputs are in the units of the source (pounds, feet, BTU); what comes out is in metres per minute.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Meta

from alerts.carbon.provenance import Row

Floats = npt.NDArray[np.float64]
Positive = Annotated[float, Meta(gt=0)]

FOOT_M = 0.3048
TOTAL_MINERAL, EFFECTIVE_MINERAL = 0.0555, 0.010
"""Shares of minerals of every standard fuel model (Albini 1976)."""

PARTICLE_LB_FT3, HEAT_BTU_LB = 32.0, 8000.0

SIZES_PER_FT = (1200.0, 192.0, 96.0, 48.0, 16.0)
"""Lower limits of the classes of size by which Albini 1976 weighs a net load."""


class FuelClass(Row, frozen=True, kw_only=True):
    """Fuel of one size and state in a standard fuel model; depth and moisture of extinction are the bed's."""

    model: str
    size: Literal["1h", "10h", "100h", "herb", "woody"]
    load_lb_ft2: Positive
    surface_per_ft: Positive
    depth_ft: Positive
    extinction_moisture: Positive
    is_dynamic: bool = False
    """Herbs that cure: their dry part counts as dead fuel (Scott and Burgan 2005)."""


FILES: dict[str, type[Row]] = {"fuel_models.csv": FuelClass}


class Moisture(NamedTuple):
    """Water by dry mass, 0 to 1 for dead fuel, of each size and state."""

    fine: float
    ten_h: float
    hundred_h: float
    herb: float
    woody: float


class _Bed(NamedTuple):
    """One entry a class: load, surface, moisture, and whether it lives."""

    load: Floats
    surface: Floats
    moisture: Floats
    is_live: npt.NDArray[np.bool_]


def rate_m_min(
    fuel: Sequence[FuelClass], moisture: Moisture, *, midflame_km_h: float = 0.0, slope_tan: float = 0.0
) -> float:
    """Return the rate of spread of the head, m/min; wind blows uphill, and their factors are added.

    At or above the moisture of extinction nothing spreads. The wind is that along the slope.
    """
    bed = _bed(fuel, moisture)
    part, share = _weights(bed)
    sigma = float(sum(share[k] * (part * bed.surface)[bed.is_live == bool(k)].sum() for k in (0, 1)))
    bulk = float(bed.load.sum()) / fuel[0].depth_ft
    packing = bulk / PARTICLE_LB_FT3
    relative = packing / (3.348 * math.pow(sigma, -0.8189))
    intensity = _reaction(bed, part, fuel[0].extinction_moisture, sigma, relative)
    flux = math.exp((0.792 + 0.681 * math.sqrt(sigma)) * (packing + 0.1)) / (192.0 + 0.2595 * sigma)
    heat = part * np.exp(-138.0 / bed.surface) * (250.0 + 1116.0 * bed.moisture)
    sink = bulk * float(sum(share[k] * heat[bed.is_live == bool(k)].sum() for k in (0, 1)))
    wind_ft_min = midflame_km_h * math.hypot(1.0, slope_tan) * 1000.0 / 60.0 / FOOT_M
    by_wind = (
        7.47
        * math.exp(-0.133 * sigma**0.55)
        * math.pow(wind_ft_min, 0.02526 * sigma**0.54)
        * math.pow(relative, -0.715 * math.exp(-3.59e-4 * sigma))
    )
    by_slope = 5.275 * math.pow(packing, -0.3) * slope_tan**2
    return intensity * flux / sink * (1.0 + by_wind + by_slope) * FOOT_M


def _bed(fuel: Sequence[FuelClass], moisture: Moisture) -> _Bed:
    """Return the classes as arrays; of curing herbs the dry part is dead fuel as moist as the finest."""
    water = dict(zip(("1h", "10h", "100h", "herb", "woody"), moisture, strict=True))
    rows: list[tuple[float, float, float, bool]] = []
    for one in fuel:
        lives = one.size in {"herb", "woody"}
        green = min(1.0, max(0.0, moisture.herb / 0.9 - 1.0 / 3.0)) if one.is_dynamic else 1.0
        rows.append((one.load_lb_ft2 * green, one.surface_per_ft, water[one.size], lives))
        if green < 1.0:
            rows.append((one.load_lb_ft2 * (1.0 - green), one.surface_per_ft, moisture.fine, False))
    load, surface, wet, is_live = (np.array(column) for column in zip(*rows, strict=True))
    return _Bed(load, surface, wet, is_live.astype(bool))


def _weights(bed: _Bed) -> tuple[Floats, Floats]:
    """Return each class's part of the surface of its state, and the parts of dead and live fuel."""
    surface = bed.surface * bed.load / PARTICLE_LB_FT3
    by_state = np.array([surface[~bed.is_live].sum(), surface[bed.is_live].sum()])
    mine = by_state[bed.is_live.astype(int)]
    part = np.divide(surface, mine, out=np.zeros_like(surface), where=mine > 0)
    return part, by_state / by_state.sum()


def _reaction(bed: _Bed, part: Floats, extinction: float, sigma: float, relative: float) -> float:
    """Return the reaction intensity, BTU/ft2/min."""
    power = 133.0 * math.pow(sigma, -0.7913)
    fastest = math.pow(sigma, 1.5) / (495.0 + 0.0594 * math.pow(sigma, 1.5))
    velocity = fastest * math.pow(relative, power) * math.exp(power * (1.0 - relative))
    size = np.sum(bed.surface[:, None] < np.array(SIZES_PER_FT), axis=1)
    damped = 0.0
    for lives, limit in ((False, extinction), (True, _live_extinction(bed, extinction))):
        mine = bed.is_live == lives
        if not mine.any():
            continue
        weight = np.array([part[mine & (size == one)].sum() for one in size[mine]])
        net = float((weight * bed.load[mine]).sum()) * (1.0 - TOTAL_MINERAL)
        damped += net * _damping(float((part * bed.moisture)[mine].sum()) / limit)
    mineral = 0.174 * math.pow(EFFECTIVE_MINERAL, -0.19)
    return velocity * HEAT_BTU_LB * damped * mineral


def _damping(ratio: float) -> float:
    wet = min(ratio, 1.0)
    return max(0.0, 1.0 - 2.59 * wet + 5.11 * wet**2 - 3.52 * wet**3)


def _live_extinction(bed: _Bed, extinction: float) -> float:
    """Return the moisture at which live fuel is not consumed: more where much dry fuel burns with it."""
    live = float((bed.load * np.exp(-500.0 / bed.surface))[bed.is_live].sum())
    weight = (bed.load * np.exp(-138.0 / bed.surface))[~bed.is_live]
    dead = float(weight.sum())
    if live <= 0 or dead <= 0:
        return extinction
    wet = float((weight * bed.moisture[~bed.is_live]).sum()) / dead
    return max(extinction, 2.9 * dead / live * (1.0 - wet / extinction) - 0.226)


def flame_length_m(intensity_kw_m: float) -> float:
    """Return the length of the flame, m, by Byram 1959: 0.0775 I^0.46."""
    return float(0.0775 * intensity_kw_m**0.46)
