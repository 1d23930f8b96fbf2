"""What a geostationary satellite sees on high ground is drawn too far from it, by height x tan(zenith angle).

Over western Sichuan Himawari stands 53 to 55 degrees from overhead: 1.3 to 1.45 km for each km of height, to
the north-west. The satellite's line of sight is followed down to the terrain, and where it meets it is the
place. Products that were already brought onto the terrain must not be corrected again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import bearing_deg, destination
from detectors.region.ray import EARTH_RADIUS_M, Outcome, Rays, along, first_hits
from detectors.region.terrain import HIGHEST_M, Booleans, Terrain

Floats = NDArray[np.float64]

SEMI_MAJOR_KM, FLATTENING = 6378.137, 1 / 298.257223563
"""The ellipsoid of WGS 84."""

ORBIT_KM = 42164.16
"""Distance of a geostationary satellite from the centre of the earth."""

HEIGHT_KM = ORBIT_KM - SEMI_MAJOR_KM
"""Its height above the equator."""


@dataclass(frozen=True, eq=False)
class Seen:
    """How a satellite is seen from each position: from overhead (deg), from north (deg), how far off (km)."""

    zenith_deg: Floats
    azimuth_deg: Floats
    distance_km: Floats


def view_from(lon: ArrayLike, lat: ArrayLike, satellite_lon: float) -> Seen:
    """Return how the geostationary satellite over this longitude is seen, on the ellipsoid.

    Raises
    ------
    ValueError
        when it stands below the horizon of a position.

    >>> seen = view_from(102.264, 27.894, 140.7)
    >>> [round(float(part), 1) for part in (seen.zenith_deg, seen.azimuth_deg)]
    [53.1, 120.5]
    """
    phi, turn = np.radians(lat), np.radians(np.subtract(lon, satellite_lon))
    squared = FLATTENING * (2.0 - FLATTENING)
    normal = SEMI_MAJOR_KM / np.sqrt(1.0 - squared * np.sin(phi) ** 2)
    x = ORBIT_KM - normal * np.cos(phi) * np.cos(turn)
    y = -normal * np.cos(phi) * np.sin(turn)
    z = -normal * (1.0 - squared) * np.sin(phi)
    east = -np.sin(turn) * x + np.cos(turn) * y
    north = -np.sin(phi) * (np.cos(turn) * x + np.sin(turn) * y) + np.cos(phi) * z
    up = np.cos(phi) * (np.cos(turn) * x + np.sin(turn) * y) + np.sin(phi) * z
    if not bool(np.all(up > 0.0)):
        raise ValueError(f"not in sight of the satellite at {satellite_lon} degrees east")
    azimuth = np.degrees(np.arctan2(east, north)) % 360.0
    distance = np.sqrt(x * x + y * y + z * z)
    return Seen(np.degrees(np.arctan2(np.hypot(east, north), up)), azimuth, distance)


def shift_m(zenith_deg: ArrayLike, height_m: ArrayLike) -> Floats:
    """Return how far, m, ground of this height is drawn away from the satellite."""
    return np.asarray(np.multiply(height_m, np.tan(np.radians(zenith_deg))))


def drawn(lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike, satellite_lon: float) -> tuple[Floats, Floats]:
    """Return where a point at this height above sea level is drawn by who takes it for sea level."""
    seen = view_from(lon, lat, satellite_lon)
    away = seen.azimuth_deg + 180.0
    return destination(lon, lat, away, shift_m(seen.zenith_deg, height_m) / 1000.0)


def corrected(
    terrain: Terrain, lon: ArrayLike, lat: ArrayLike, satellite_lon: float
) -> tuple[Floats, Floats, Booleans]:
    """Return where on the terrain each drawn position is, and whether that is known.

    Where the heights on the way are not known the position stays as it was drawn; it may then be wrong by
    `shift_m` of the height that the ground could have.
    """
    x, y = (np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in (lon, lat))
    seen = view_from(x, y, satellite_lon)
    slope = np.tan(np.radians(90.0 - seen.zenith_deg))
    # where the line of sight, rising as slope s + s² / 2R, is higher than any ground
    bend = 1.0 / (2.0 * EARTH_RADIUS_M)
    start = 2.0 * HIGHEST_M / (slope + np.sqrt(slope * slope + 4.0 * bend * HIGHEST_M))
    east, north = destination(x, y, seen.azimuth_deg, start / 1000.0)
    tilt = np.degrees(np.arctan((-HIGHEST_M - bend * start * start) / start))
    back = bearing_deg(east, north, x, y)
    rays = Rays.of(east, north, HIGHEST_M, back, tilt, start + 1000.0)
    hits = first_hits(terrain, rays, refraction=0.0)
    known = hits.outcome == Outcome.HIT
    there = along(rays, hits.distance_m)
    return np.where(known, there[0], x), np.where(known, there[1], y), known
