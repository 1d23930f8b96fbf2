"""A sentence from its template: numbers, times, positions and lists as a language writes them."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.wording import Words

COMPASS_DEG = 45.0
"""Step of the eight words for a direction."""


def number(words: Words, value: float, digits: int = 0) -> str:
    """Return a number with so many decimals, the separators being those of the language."""
    return written(words.decimal, words.thousands, value, digits)


def written(decimal: str, thousands: str, value: float, digits: int) -> str:
    """Return a number with so many decimals and these separators."""
    if decimal == "." and not thousands:
        return f"{value:.{digits}f}"
    return f"{value:,.{digits}f}".translate({44: thousands, 46: decimal})


def percent(share: float) -> str:
    """Return a share from 0 to 1 as whole per cent, without the sign."""
    return f"{share:.0%}"[:-1]


@lru_cache(maxsize=4096)
def moment(pattern: str, instant: datetime, zone: str) -> str:
    """Return the instant in the IANA zone, as the pattern says."""
    return instant.astimezone(ZoneInfo(zone)).strftime(pattern)


def joined(words: Words, parts: Iterable[str]) -> str:
    """Return the parts as a list of the language."""
    return words.list_separator.join(parts)


def position(words: Words, longitude: float, latitude: float, radius_m: float) -> dict[str, str]:
    """Return what fills the gaps of a position: degrees to four decimals (11 m), kilometres to one."""
    east = words.east if longitude >= 0 else words.west
    north = words.north if latitude >= 0 else words.south
    # a zero is written without its sign, whoever asked before
    place = longitude + 0.0, latitude + 0.0, radius_m + 0.0
    lon, lat, radius_km = _degrees(words.decimal, words.thousands, *place)
    return {
        "longitude": lon,
        "latitude": lat,
        "easting": east.format(degrees=lon.removeprefix("-")),
        "northing": north.format(degrees=lat.removeprefix("-")),
        "radius_km": radius_km,
    }


@lru_cache(maxsize=256)
def _degrees(
    decimal: str, thousands: str, longitude: float, latitude: float, radius_m: float
) -> tuple[str, str, str]:
    """Return the figures of a position; one alert asks for them in every language and by law."""
    return (
        written(decimal, thousands, longitude, 4),
        written(decimal, thousands, latitude, 4),
        written(decimal, thousands, radius_m / 1000, 1),
    )


def direction(words: Words, azimuth_deg: float) -> str:
    """Return the nearest of the eight directions to a bearing clockwise from north."""
    return words.direction[round(azimuth_deg % 360.0 / COMPASS_DEG) % 8]


def from_place(words: Words, name: str, azimuth_deg: float, distance_m: float) -> str:
    """Return where something lies from a named place: `长板桥东北1.2km`, `1.2 km NE of Changbanqiao`."""
    return words.sentence.from_place.format(
        name=name,
        direction=direction(words, azimuth_deg),
        distance_km=number(words, distance_m / 1000, 1),
    )
