"""A geostationary hotspot is brought onto the ground where heights are known, else its error is stretched.

Without heights the ground may be anything from sea level to `unknown_height_m`: the true place lies from
where the pixel was drawn towards the satellite, up to that height times the tangent of the zenith angle. The
place is kept and the error along that direction takes the root mean square of such a shift, s² / 3.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.base import Ground
from detectors.geodesy import distance_km
from detectors.parallax import Seen, corrected, shift_m, view_from
from schemas.detection import Ellipse, Placing
from schemas.observation import Hotspot
from schemas.reason import Reason

LOWEST_DEG = 5.0
"""Below so much above the horizon a satellite's pixel is a streak: no correction is worth its name."""


class Stand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One or several satellites over one longitude."""

    names: tuple[str, ...]
    longitude_deg: Annotated[float, Meta(ge=-180, le=180)]
    orthocorrected: bool
    status: str
    source: str


class Stands(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of geostationary satellites."""

    version: str
    satellite: tuple[Stand, ...]

    def by_name(self) -> dict[str, Stand]:
        """Return where each satellite stands whose products are not on the terrain yet."""
        return {name: one for one in self.satellite if not one.orthocorrected for name in one.names}


class Drawn(NamedTuple):
    """Where a geostationary pixel truly is: degrees, its error per axis, km, and how that is known."""

    longitude: float
    latitude: float
    sigma_km: float
    placing: Placing | None


def places_of(
    seen: Sequence[Hotspot], ground: Ground, geolocation_km: float, unknown_height_m: float
) -> Mapping[str, Drawn]:
    """Return the places of those hotspots that a geostationary satellite drew at sea level, by id."""
    found: dict[str, Drawn] = {}
    by_stand: dict[float, list[Hotspot]] = {}
    for one in seen:
        stand = ground.satellites.get(one.satellite)
        if stand is not None and _in_sight(one, stand.longitude_deg):
            by_stand.setdefault(stand.longitude_deg, []).append(one)
    for longitude, ones in by_stand.items():
        found |= _of_one(ones, longitude, ground, (geolocation_km, unknown_height_m))
    return found


def _in_sight(one: Hotspot, satellite_lon: float) -> bool:
    try:
        return float(view_from(one.longitude, one.latitude, satellite_lon).zenith_deg) <= 90.0 - LOWEST_DEG
    except ValueError:
        return False


def _of_one(
    seen: Sequence[Hotspot], satellite_lon: float, ground: Ground, errors: tuple[float, float]
) -> dict[str, Drawn]:
    lon, lat = (np.array([getattr(one, part) for one in seen]) for part in ("longitude", "latitude"))
    view = view_from(lon, lat, satellite_lon)
    x, y, known = lon, lat, np.zeros(len(seen), dtype=np.bool_)
    if ground.terrain is not None:
        x, y, known = corrected(ground.terrain, lon, lat, satellite_lon)
    moved = distance_km(lon, lat, x, y)
    found: dict[str, Drawn] = {}
    for at, one in enumerate(seen):
        if known[at]:
            place = round(float(x[at]), 6), round(float(y[at]), 6)
            found[one.observation_id] = _onto(one, place, float(moved[at]), errors[0])
        else:
            found[one.observation_id] = _stretched(one, view, at, errors)
    return found


def _onto(one: Hotspot, place: tuple[float, float], moved_km: float, geolocation_km: float) -> Drawn:
    variance = (one.scan_km**2 + one.track_km**2) / 24.0 + geolocation_km**2
    note = Reason(code="parallax", value=round(moved_km, 2), unit="km", ref=one.source)
    return Drawn(*place, math.sqrt(variance), Placing(how="ground", notes=(note,)))


def _stretched(one: Hotspot, view: Seen, at: int, errors: tuple[float, float]) -> Drawn:
    geolocation_km, height_m = errors
    most_km = float(shift_m(view.zenith_deg[at], height_m)) / 1000.0
    # a geostationary pixel is long along the view
    long, short = max(one.scan_km, one.track_km), min(one.scan_km, one.track_km)
    along = math.sqrt(long**2 / 12.0 + geolocation_km**2 + most_km**2 / 3.0)
    across = math.sqrt(short**2 / 12.0 + geolocation_km**2)
    ellipse = Ellipse(
        semi_major_m=round(along * 1000.0, 1),
        semi_minor_m=round(across * 1000.0, 1),
        azimuth_deg=round(float(view.azimuth_deg[at]), 1) % 360.0,
    )
    height_km = height_m / 1000.0
    note = Reason(
        code="parallax_unknown", value=round(most_km, 2), threshold=height_km, unit="km", ref=one.source
    )
    sigma_km = math.sqrt((along**2 + across**2) / 2.0)
    placing = Placing(how="stretched", ellipse=ellipse, notes=(note,))
    return Drawn(one.longitude, one.latitude, sigma_km, placing)
