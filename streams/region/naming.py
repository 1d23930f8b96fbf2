"""A position in words: how far and in which direction from the nearest name, as a jurisdiction says it."""

from alerts.phrase import from_place
from detectors.region.place_names import PlaceNames
from schemas.wording import Words

AT_M = 50.0
"""Nearer than this, or within the reach of what bears the name, a direction says nothing."""


def in_words(names: PlaceNames, words: Words, lon: float, lat: float, *, latin: bool) -> str | None:
    """Return `长板桥东北1.2km` or `1.2 km NE of Changbanqiao`; the bare name at the place itself.

    `latin` takes the English name or the pinyin. None: no name within 20 km.
    """
    nearest = names.nearest(lon, lat)
    if nearest is None:
        return None
    name = nearest.latin if latin else nearest.name
    if nearest.distance_m <= max(nearest.radius_m or 0.0, AT_M):
        return name
    return from_place(words, name, nearest.azimuth_deg, nearest.distance_m)
