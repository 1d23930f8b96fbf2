"""A sentence from its template: numbers, times, positions and lists as a language writes them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from schemas.wording import Words

COMPASS_DEG = 45.0
"""Step of the eight words for a direction."""


def filled(template: str, given: Mapping[str, str]) -> str:
    """Return a template with its gaps filled, as `str.format` does; it is taken apart once, not each time.

    >>> filled("{where}: {area} ha", {"where": "A", "area": "1", "more": ""})
    'A: 1 ha'
    """
    pattern, pick = _parted(template)
    return template.format(**given) if pick is None else pattern % pick(given)


@lru_cache(maxsize=512)
def _parted(template: str) -> tuple[str, Callable[[Mapping[str, str]], Any] | None]:
    """Return a template with `%s` for every gap, and what picks the words for them; None: as Python does."""
    parts, names = [], []
    for text, name, form, conversion in Formatter().parse(template):
        parts.append(text.replace("%", "%%"))
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            return "", None
        parts.append("%s")
        names.append(name)
    return "".join(parts), itemgetter(*names) if names else None


def number(words: Words, value: float, digits: int = 0) -> str:
    """Return a number with so many decimals, the separators being those of the language."""
    if not digits and type(value) is int and 0 <= value < 1000:
        # a count that needs no separator
        return str(value)
    return written(words.decimal, words.thousands, value, digits)


def written(decimal: str, thousands: str, value: float, digits: int) -> str:
    """Return a number with so many decimals and these separators."""
    if decimal == "." and not thousands:
        return f"{value:.{digits}f}"
    return f"{value:,.{digits}f}".translate({44: thousands, 46: decimal})


@lru_cache(maxsize=1024)
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
    # a zero is written without its sign, whoever asked before
    place = longitude + 0.0, latitude + 0.0, radius_m + 0.0
    letters = words.east if longitude >= 0 else words.west, words.north if latitude >= 0 else words.south
    return dict(zip(GAPS, _position(words.decimal, words.thousands, *letters, *place), strict=True))


GAPS = ("longitude", "latitude", "easting", "northing", "radius_km")


@lru_cache(maxsize=256)
def _position(  # noqa: PLR0913, PLR0917 - separators, the words for east and north, and the position
    decimal: str, thousands: str, east: str, north: str, longitude: float, latitude: float, radius_m: float
) -> tuple[str, str, str, str, str]:
    """Return what fills the gaps of a position; one alert asks for it in its sentences and by law."""
    lon, lat, radius_km = _figures(decimal, thousands, longitude, latitude, radius_m)
    easting, northing = {"degrees": lon.removeprefix("-")}, {"degrees": lat.removeprefix("-")}
    return lon, lat, filled(east, easting), filled(north, northing), radius_km


@lru_cache(maxsize=256)
def _figures(
    decimal: str, thousands: str, longitude: float, latitude: float, radius_m: float
) -> tuple[str, str, str]:
    """Return the figures of a position, which many languages write alike."""
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
