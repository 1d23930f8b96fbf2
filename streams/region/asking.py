"""What a region says of one position, and which names fit a text: the same for the command line and HTTP."""

from typing import Any

import msgspec
import numpy as np

from detectors.region import Region
from detectors.region.footprint import circles
from schemas.jurisdiction import Jurisdiction
from streams.region.naming import in_words

LIMIT = 10
MAX_LIMIT = 100


def where(region: Region, profile: Jurisdiction, lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    """Return everything a region knows of a position (WGS 84) with a radius of two standard errors, m.

    `inside` is of the centre; `townships` are all candidates with their probability; heights are null where
    no elevation model knows the ground.
    """
    latin = profile.languages[0] != "zh"
    names = region.place_names
    return {
        "region": region.name,
        "version": region.version,
        "longitude": lon,
        "latitude": lat,
        "radius_m": radius_m,
        "inside": region.holds(lon, lat),
        "in_words": None
        if names is None
        else in_words(names, profile.words[profile.languages[0]], lon, lat, latin=latin),
        "chain": [
            {"level": one.level, "code": one.code, "name": one.name} for one in region.chain([lon], [lat])[0]
        ],
        "townships": msgspec.to_builtins(region.townships(circles([lon], [lat], [radius_m]))[0]),
        "places": msgspec.to_builtins(region.places(lon, lat, radius_m)),
        "ground": _ground(region, lon, lat),
    }


def _ground(region: Region, lon: float, lat: float) -> dict[str, float | None]:
    terrain = region.terrain
    asked = {"elevation_m": None, "slope_deg": None, "aspect_deg": None}
    if terrain is None:
        return {**asked}
    return {name: _known(getattr(terrain, name)([lon], [lat])) for name in asked}


def _known(values: Any) -> float | None:
    """Return the one value, None where it is masked."""
    return None if np.ma.getmaskarray(values)[0] else round(float(values[0]), 1)


def found(
    region: Region, text: str, near: tuple[float, float] | None = None, limit: int = LIMIT
) -> list[dict[str, Any]]:
    """Return the names that fit a text (Chinese, pinyin, initials, a fragment), the best first.

    Raises
    ------
    ValueError
        If the region has no names, or `near` (longitude, latitude) is no position.
    """
    if region.place_names is None:
        raise ValueError("the region has no layer place_names")
    names = region.place_names.search(text, near=near, limit=limit)
    return [msgspec.to_builtins(one) for one in names]
