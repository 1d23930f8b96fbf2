"""Where it is in a few words: the candidates for the township, the named spot, and how far from what.

An uncertain place names every candidate; which of several ways of saying it is used depends on the room.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from alerts.segments import is_gsm7
from schemas.alert import Alert
from schemas.incident import Place

Language = Literal["zh", "en"]

AREAS = ("township", "county", "city", "province")
"""Layers an area is named by, the narrowest first."""

SPOTS = ("place_names", "stands")
"""Layers that name the spot itself (小地名)."""

MARKS = ("settlements", "facilities", "place_names")
"""Layers a distance and a direction are given from."""

COMPASS: dict[Language, Sequence[str]] = {
    "zh": ("北", "东北", "东", "东南", "南", "西南", "西", "西北"),
    "en": ("N", "NE", "E", "SE", "S", "SW", "W", "NW"),
}
"""Clockwise from north, 45 degrees each."""

_ASIDE = re.compile(r"[（(][^（()）]*[）)]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029【】]|\s+")


def plain(name: str) -> str:
    """Return a name without asides, line breaks and the brackets that only a signature may have."""
    return _UNSAFE.sub(" ", _ASIDE.sub("", name)).strip()


def wordings(alert: Alert, language: Language) -> Iterator[str]:
    """Yield ways to say where it is, the fullest first; the last is the shortest that names any area.

    In English only names in letters that an English message can hold count; else there are coordinates.
    """
    places = [place for place in alert.places if language == "zh" or is_gsm7(plain(place.name))]
    areas = _areas(places)
    area = (" or " if language == "en" else "或").join(areas) or coordinates(alert)
    short = area if len(areas) < 2 else _several(areas, language)
    spot, mark = _spot(places), _mark(places, language)
    glue, stop = ("", ",") if language == "zh" else (", ", ", ")
    for first in dict.fromkeys((area, short)):
        named = first + glue + spot if spot else first
        if mark:
            yield named + stop + mark
            yield first + stop + mark
        yield named
    yield short


def coordinates(alert: Alert) -> str:
    """Return longitude and latitude to 4 decimals (11 m)."""
    return f"{alert.longitude:.4f},{alert.latitude:.4f}"


def _areas(places: Sequence[Place]) -> list[str]:
    """Return the names in the narrowest layer that is known, the one that holds the centre first."""
    for layer in AREAS:
        found = [place for place in places if place.layer == layer and place.relation != "near"]
        if found:
            found.sort(key=lambda place: place.relation != "inside")
            return list(dict.fromkeys(plain(place.name) for place in found))
    return []


def _several(areas: list[str], language: Language) -> str:
    return f"{areas[0]}等{len(areas)}地" if language == "zh" else f"{areas[0]} or {len(areas) - 1} more"


def _spot(places: Sequence[Place]) -> str:
    for layer in SPOTS:
        for place in places:
            if place.layer == layer and place.relation == "inside":
                return plain(place.name)
    return ""


def _mark(places: Sequence[Place], language: Language) -> str:
    near = [place for place in places if place.layer in MARKS and place.relation == "near"]
    known = [place for place in near if place.distance_km is not None]
    if not known:
        return ""
    place = min(known, key=lambda place: (place.distance_km or 0.0, place.place_id))
    name, distance = plain(place.name), f"{place.distance_km:.1f}"
    side = "" if place.azimuth_deg is None else COMPASS[language][round(place.azimuth_deg / 45) % 8]
    if language == "zh":
        return f"{name}{side}{distance}km" if side else f"距{name}{distance}km"
    return f"{distance} km {side} of {name}" if side else f"{distance} km from {name}"
