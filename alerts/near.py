"""Where it is in a few words: the candidates for the township, the named spot, and how far from what.

An uncertain place names every candidate; which of several ways of saying it is used depends on the room.
"""

import re
from collections.abc import Iterator, Sequence

from alerts import phrase
from alerts.routing import is_code, stem
from alerts.segments import is_gsm7
from schemas.alert import Alert
from schemas.incident import Place
from schemas.wording import Words

AREAS = ("township", "county", "city", "province")
"""Layers an area is named by, the narrowest first."""

SPOTS = ("place_names", "stands")
"""Layers that name the spot itself (小地名)."""

MARKS = ("settlements", "facilities", "place_names")
"""Layers a distance and a direction are given from."""

_ASIDE = re.compile(r"[（(][^（()）]*[）)]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029【】]|\s+")


def plain(name: str) -> str:
    """Return a name without asides, line breaks and the brackets that only a signature may have."""
    return inline(_ASIDE.sub("", name))


def inline(text: str) -> str:
    """Return a text on one line, without the brackets that only a signature may have."""
    return _UNSAFE.sub(" ", text).strip()


def wordings(alert: Alert, words: Words) -> Iterator[str]:
    """Yield ways to say where it is, the fullest first; the last is the shortest that names any area.

    Where a message is in letters of one alphabet only names in these count; else there are coordinates.
    """
    short = words.short_message
    places = [place for place in alert.places if readable(plain(place.name), words)]
    areas = _areas(places)
    area = words.either.join(areas) or coordinates(alert)
    shortest = area if len(areas) < 2 else _several(areas, words)
    spot, mark = _spot(places), _mark(places, words)
    for first in dict.fromkeys((area, shortest)):
        named = first + short.spot_separator + spot if spot else first
        if mark:
            yield named + short.near_separator + mark
            yield first + short.near_separator + mark
        yield named
    yield shortest


def uncertain(alert: Alert, words: Words) -> str:
    """Return that the place is not certain, with every area that it may be in; empty where it is certain."""
    places = [place for place in alert.places if readable(plain(place.name), words)]
    names = _areas(places)
    if len(names) < 2 or all(place.relation == "inside" for place in candidates(places)):
        return ""
    return words.short_message.uncertain_line.format(where=phrase.joined(words, names))


def readable(text: str, words: Words) -> bool:
    """Return whether a text may stand in a message of this language, whose own letters decide."""
    return is_gsm7(text) or not is_gsm7(words.short_message.message)


def coordinates(alert: Alert) -> str:
    """Return longitude and latitude to 4 decimals (11 m)."""
    return f"{alert.longitude:.4f},{alert.latitude:.4f}"


def candidates(places: Sequence[Place]) -> list[Place]:
    """Return the areas it is in or may be in, the one that holds the centre first.

    They are those of the narrowest layer that is known, and each wider one that by its administrative code
    holds none of these: across a boundary the narrower layer may be missing.
    """
    found: list[Place] = []
    for layer in AREAS:
        here = [place for place in places if place.layer == layer and place.relation != "near"]
        here.sort(key=lambda place: place.relation != "inside")
        found += [place for place in here if not found or _is_apart(place, found)]
    return found


def _is_apart(wider: Place, found: Sequence[Place]) -> bool:
    codes = [place.place_id for place in found]
    known = is_code(wider.place_id) and all(is_code(one) for one in codes)
    return known and not any(one.startswith(stem(wider.place_id)) for one in codes)


def _areas(places: Sequence[Place]) -> list[str]:
    return list(dict.fromkeys(plain(place.name) for place in candidates(places)))


def _several(areas: list[str], words: Words) -> str:
    return words.short_message.several.format(first=areas[0], count=len(areas), more=len(areas) - 1)


def _spot(places: Sequence[Place]) -> str:
    for layer in SPOTS:
        for place in places:
            if place.layer == layer and place.relation == "inside":
                return plain(place.name)
    return ""


def _mark(places: Sequence[Place], words: Words) -> str:
    near = [place for place in places if place.layer in MARKS and place.relation == "near"]
    known = [(place.distance_km, place.place_id, place) for place in near if place.distance_km is not None]
    if not known:
        return ""
    distance_km, _, place = min(known, key=lambda one: one[:2])
    name = plain(place.name)
    if place.azimuth_deg is None:
        distance = phrase.number(words, distance_km, 1)
        return words.short_message.from_afar.format(name=name, distance_km=distance)
    return phrase.from_place(words, name, place.azimuth_deg, distance_km * 1000)
