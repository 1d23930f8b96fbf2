"""When a camera cannot be believed: its picture stands still, or it has no light to see by.

A frozen camera shows the same picture, or the same frame number, again and again while its messages go on. A
camera without infrared sees nothing once the sun is six degrees below the horizon (end of civil twilight);
what it shows then is lamps. Sun: Michalsky 1988, Solar Energy 40(3), good to 0.01 degrees from 1950 to 2050.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


class Light(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a picture has stood still for too long, and how low the sun may be."""

    frozen_s: Annotated[float, Meta(gt=0, description="The same picture for so long shows nothing.")] = 900.0
    frozen_frames: Annotated[int, Meta(ge=2, description="in at least so many frames.")] = 3
    lowest_sun_deg: Annotated[
        float,
        Meta(
            ge=-18,
            le=10,
            description="A camera without infrared sees nothing below: the end of civil twilight.",
        ),
    ] = -6.0


class Shot(Struct, frozen=True, kw_only=True):
    """What tells one picture from another: its number, its digest, or both; blank is not said."""

    at: datetime
    number: int | None = None
    digest: str = ""


def frozen_since(options: Light, shots: Iterable[Shot]) -> datetime | None:
    """Return since when a camera has sent the same picture, None while it moves or does not say.

    The order of shots does not matter.
    """
    said = [(shot.at, (shot.number, shot.digest)) for shot in shots if shot.number is not None or shot.digest]
    times = sorted(set(said), key=lambda row: row[0])
    if not times:
        return None
    last = times[-1][1]
    run = []
    for at, what in reversed(times):
        if what != last:
            break
        run.append(at)
    is_long = run[0] - run[-1] >= timedelta(seconds=options.frozen_s)
    return run[-1] if is_long and len(run) >= options.frozen_frames else None


def sun_elevation_deg(lon: ArrayLike, lat: ArrayLike, at: datetime) -> Floats:
    """Return how high the sun's centre stands, deg, without refraction; arrays of places, one instant.

    >>> round(float(sun_elevation_deg(0.0, 0.0, datetime(2024, 3, 20, 12, 7, 30, tzinfo=UTC))))
    90
    """
    days = (at - J2000) / timedelta(days=1)
    mean, anomaly = 280.460 + 0.9856474 * days, np.radians(357.528 + 0.9856003 * days)
    ecliptic = np.radians(mean + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 0.0000004 * days)
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    ascension = np.degrees(np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic)))
    hours = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(hours=1)
    sidereal = 6.697375 + 0.0657098242 * days + hours
    turn = np.radians((sidereal * 15.0 + np.asarray(lon, dtype=np.float64)) - ascension)
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    height = np.sin(declination) * np.sin(phi) + np.cos(declination) * np.cos(phi) * np.cos(turn)
    return np.asarray(np.degrees(np.arcsin(np.clip(height, -1, 1))))


def is_blind(options: Light, band: str, lon: float, lat: float, at: datetime) -> bool:
    """Return whether a camera has no light to see by; only one known to see by day alone is."""
    return band == "visible" and float(sun_elevation_deg(lon, lat, at)) < options.lowest_sun_deg
