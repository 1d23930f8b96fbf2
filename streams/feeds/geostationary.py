"""How large a pixel of a geostationary imager is on the ground: it grows towards the edge of the disk.

Seen from the orbit the pixel keeps its angle: across the line of sight it is distance times angle, along it
that divided by the cosine of the view zenith angle. Sphere of the mean radius; 2.1 by 3.5 km at Xichang for
Himawari's 2 km.
"""

import math

ORBIT_KM = 42164.16
"""Radius of the geostationary orbit, km."""
EARTH_KM = 6378.137
"""Equatorial radius of WGS 84, km."""
NADIR_PIXEL_KM = 2.0
"""Pixel of the 3.9 µm band below the satellite: AHI of Himawari, ABI of GOES."""
HIMAWARI_DEG = 140.7
"""Longitude over which Himawari-8 and -9 stand."""
HIGHEST_ZENITH_DEG = 85.0
"""Beyond it the pixel is a streak and no place; sizes stay at what they are there."""


def view(lon: float, lat: float, sub_lon: float) -> tuple[float, float]:
    """Return distance, km, and view zenith angle, deg, of a satellite over the equator at `sub_lon`."""
    cosine = math.cos(math.radians(lat)) * math.cos(math.radians(lon - sub_lon))
    distance = math.sqrt(ORBIT_KM**2 + EARTH_KM**2 - 2 * ORBIT_KM * EARTH_KM * cosine)
    sine = ORBIT_KM * math.sqrt(max(0.0, 1 - cosine * cosine)) / distance
    over_horizon = cosine > EARTH_KM / ORBIT_KM
    return distance, math.degrees(math.asin(min(1.0, sine))) if over_horizon else 90.0


def pixel_km(lon: str, lat: str, sub_lon: float) -> tuple[str, str]:
    """Return along-view and across-view size of a pixel, km, as text; of no place, the nadir's."""
    try:
        distance, zenith = view(float(lon), float(lat), sub_lon)
    except (ValueError, OverflowError):
        return str(NADIR_PIXEL_KM), str(NADIR_PIXEL_KM)
    across = NADIR_PIXEL_KM * distance / (ORBIT_KM - EARTH_KM)
    along = across / math.cos(math.radians(min(zenith, HIGHEST_ZENITH_DEG)))
    return f"{along:.3f}", f"{across:.3f}"
