"""How large a satellite's pixel is on the ground: the further from straight down, the larger.

For a scanner at the height h over a sphere of radius R, r = R + h, a detector of p km at nadir (p / h
radians) and the scan angle a: scan = R p/h (cos a / sqrt((R/r)² - sin² a) - 1), track = r p/h (cos a -
sqrt((R/r)² - sin² a)) (Giglio's pixel size, as NASA's tracker FEDS uses it). From a geostationary height a
pixel grows with the distance, and along the view by 1 / cos(zenith angle) once more.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from detectors.parallax import HEIGHT_KM, view_from

Floats = NDArray[np.float64]


class Scanner(Struct, frozen=True, kw_only=True):
    """A scanning instrument.

    `zones`: up to which sample from nadir how many readings of the detector make one. `taken_at`: where in a
    sample its angle is taken, from 0 (inner edge) to 1 (outer edge).
    """

    radius_km: float
    height_km: float
    scan_km: float
    track_km: float
    step_deg: float
    zones: tuple[tuple[int, int], ...]
    taken_at: float


MODIS = Scanner(
    radius_km=6378.137,
    height_km=705.0,
    scan_km=1.0,
    track_km=1.0,
    step_deg=float(np.degrees(1.0 / 705.0)),
    zones=((677, 1),),
    taken_at=0.5,
)
"""1,354 samples of 1 km."""

VIIRS_I = Scanner(
    radius_km=6371.0,
    height_km=824.0,
    scan_km=0.128,
    track_km=0.361,
    step_deg=56.06 / 6304,
    zones=((1184, 3), (1920, 2), (3200, 1)),
    taken_at=1.0,
)
"""6,400 samples of the imagery bands, of three, two or one reading, so that they grow less."""


def scan_angle_deg(scanner: Scanner, sample: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Return the angle from straight down of a sample, and how many readings make it.

    Samples count from 0 at nadir, to either side.

    Raises
    ------
    ValueError
        when a sample is not in the swath.

    >>> [round(float(part), 1) for part in scan_angle_deg(VIIRS_I, 1185)]
    [31.6, 2.0]
    """
    ends = np.array([end for end, _ in scanner.zones])
    readings = np.array([count for _, count in scanner.zones])
    offset = np.asarray(sample, dtype=np.int64)
    if bool(((offset < 0) | (offset >= ends[-1])).any()):
        raise ValueError(f"a sample beyond the {ends[-1]} on either side of nadir")
    starts = np.concatenate([[0], ends[:-1]])
    before = np.cumsum(readings * np.diff(ends, prepend=0)) - readings * (ends - starts)
    zone = np.searchsorted(ends, offset, side="right")
    turned = before[zone] + (offset - starts[zone] + scanner.taken_at) * readings[zone]
    return np.asarray(turned * scanner.step_deg), np.asarray(readings[zone], dtype=np.int64)


def scanned_km(scanner: Scanner, sample: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return scan and track of a sample's pixel, km, and the zenith angle under which it is seen, degrees."""
    angle, count = scan_angle_deg(scanner, sample)
    radius, total = scanner.radius_km, scanner.radius_km + scanner.height_km
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    root = np.sqrt((radius / total) ** 2 - sine**2)
    scan = radius * scanner.scan_km * count / scanner.height_km * (cosine / root - 1.0)
    track = total * scanner.track_km / scanner.height_km * (cosine - root)
    return scan, track, np.degrees(np.arcsin(total / radius * sine))


def stared_km(
    lon: ArrayLike, lat: ArrayLike, satellite_lon: float, nadir_km: float
) -> tuple[Floats, Floats, Floats]:
    """Return a geostationary pixel: across the view and along it, km, and the direction it is long in, deg.

    Raises
    ------
    ValueError
        when the satellite does not see a position.
    """
    seen = view_from(lon, lat, satellite_lon)
    across = nadir_km * seen.distance_km / HEIGHT_KM
    return across, across / np.cos(np.radians(seen.zenith_deg)), seen.azimuth_deg


def error_km(side_km: ArrayLike, geolocation_km: float) -> Floats:
    """Return the standard error along a side, km, of a fire anywhere in the pixel: side / sqrt(12)."""
    return np.asarray(np.sqrt(np.square(side_km) / 12.0 + geolocation_km**2))
