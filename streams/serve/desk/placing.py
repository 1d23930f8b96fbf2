"""Where a caller's fire is: at the place they name, or along the way they look, as far as they guess."""

from detectors.geodesy import destination

GUESSED_KM = 5.0
"""Smoke whose distance nobody tells may be up to twice as far (ours; smoke is seen to some 10 km)."""

GUESS_ERROR = 0.5
"""A distance guessed by eye is off by half of it (ours)."""


def placed(
    longitude: float,
    latitude: float,
    radius_m: float,
    azimuth_deg: float | None = None,
    distance_km: float | None = None,
) -> tuple[float, float, float]:
    """Return longitude, latitude (degrees) and radius of uncertainty, m, of what is seen.

    Without an azimuth it is where the caller says; with one it lies from there in that direction.
    """
    if azimuth_deg is None:
        return longitude, latitude, radius_m
    away_km = GUESSED_KM if distance_km is None else distance_km
    error_m = 1000.0 * (GUESSED_KM if distance_km is None else GUESS_ERROR * distance_km)
    x, y = destination(longitude, latitude, azimuth_deg, away_km)
    return float(x), float(y), max(radius_m, error_m)


def masked(number: str) -> str:
    """Return a telephone number of which only the first three and last four digits can be read."""
    digits = [one for one in number if one.isdigit()]
    if len(digits) < 8:
        return "*" * len(digits)
    return "".join((*digits[:3], "*" * (len(digits) - 7), *digits[-4:]))
