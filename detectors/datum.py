"""Chinese map datums to and from WGS 84: GCJ-02 lies 294 to 427 m off in Sichuan, BD-09 further still.

The formulas are public (libraries eviltransform and coordtransform). CGCS2000 and WGS 84 differ by less than
a metre and are taken as one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Positions = tuple[Floats, Floats]
Transform = Callable[[ArrayLike, ArrayLike], Positions]

SEMI_MAJOR_M = 6378245.0
"""Semi-major axis of the Krasovsky ellipsoid, on which the GCJ-02 shift is computed (eviltransform)."""

ECCENTRICITY_SQUARED = 0.00669342162296594323
"""First eccentricity squared as GCJ-02 uses it (eviltransform)."""

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the rectangle in which the shift is applied (eviltransform)."""

BAIDU_TURN = np.pi * 3000.0 / 180.0
"""Frequency of the BD-09 ripple, per degree: public constant of the BD-09 formulas, from memory."""

ROUNDS = 6
"""Inverse iterations; each shrinks the error about a thousandfold, one leaves up to 0.8 m."""


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Positions:
    """Return WGS 84 positions as GCJ-02; outside the rectangle round China nothing moves."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    east, north = _shift(lon, lat)
    west_edge, south_edge, east_edge, north_edge = CHINA
    inside = (lon >= west_edge) & (lon <= east_edge) & (lat >= south_edge) & (lat <= north_edge)
    return lon + np.where(inside, east, 0.0), lat + np.where(inside, north, 0.0)


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> Positions:
    """Return GCJ-02 positions as WGS 84, to far better than 0.1 m."""
    return _inverse(to_gcj02, lon, lat)


def to_bd09(lon: ArrayLike, lat: ArrayLike) -> Positions:
    """Return WGS 84 positions as BD-09, the datum of Baidu's maps."""
    x, y = to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def from_bd09(lon: ArrayLike, lat: ArrayLike) -> Positions:
    """Return BD-09 positions as WGS 84, to far better than 0.1 m."""
    return _inverse(to_bd09, lon, lat)


def to_wgs84(frame: str, lon: float, lat: float) -> tuple[float, float]:
    """Return one position of a named datum as WGS 84.

    Raises
    ------
    KeyError
        when the datum is not one of `wgs84`, `cgcs2000`, `gcj02`, `bd09`.
    """
    inverse = _INVERSES[frame]
    if inverse is None:
        return lon, lat
    east, north = inverse(lon, lat)
    return float(east), float(north)


def _inverse(
    forward: Callable[[ArrayLike, ArrayLike], Positions], lon: ArrayLike, lat: ArrayLike
) -> Positions:
    """Return the positions that `forward` sends to the given ones, by fixed-point iteration."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    east, north = lon, lat
    for _ in range(ROUNDS):
        there_lon, there_lat = forward(east, north)
        east, north = east + lon - there_lon, north + lat - there_lat
    return east, north


def _shift(lon: Floats, lat: Floats) -> Positions:
    """Return how far GCJ-02 lies east and north of WGS 84, degrees."""
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), x * y
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * product + 0.2 * root
    north += 2 / 3 * (ripple + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30)))
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * product + 0.1 * root
    east += 2 / 3 * (ripple + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30)))
    curve = 1 - ECCENTRICITY_SQUARED * np.sin(np.radians(lat)) ** 2
    meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / (curve * np.sqrt(curve))
    parallel_m = SEMI_MAJOR_M / np.sqrt(curve) * np.cos(np.radians(lat))
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _waves(along: Floats, *terms: tuple[float, float]) -> Floats:
    """Return the sum of sines of (amplitude, divisor of pi)."""
    return np.asarray(
        sum(size * np.sin(np.pi * along / divisor) for size, divisor in terms), dtype=np.float64
    )


_INVERSES: dict[str, Transform | None] = {
    "wgs84": None,
    "cgcs2000": None,
    "gcj02": from_gcj02,
    "bd09": from_bd09,
}
