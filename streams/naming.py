"""Names of the region's features in the language in which places are named, where the region gives them.

A feature may carry `name_en`, `name_zh` … beside its `name`, and `pinyin`, which serves every language but
Chinese. Where it carries none, its own name stays: a name in another script is better than none.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from detectors.places import Layer, Region

HAN = "zh"
"""The language that needs no pinyin."""


@lru_cache(maxsize=8)
def in_language(region: Region, language: str) -> Region:
    """Return the region with its features named in this language; the same region when nothing changes.

    Its version stays that of the region as it was built: the places are the same.
    """
    layers = {name: _named(part, language) for name, part in region.layers.items()}
    if all(layers[name] is part for name, part in region.layers.items()):
        return region
    named = replace(region, layers=layers)
    vars(named)["version"] = region.version
    return named


def _named(part: Layer, language: str) -> Layer:
    names = tuple(
        _name(name, attributes, language)
        for name, attributes in zip(part.names, part.attributes, strict=True)
    )
    return part if names == part.names else replace(part, names=names)


def _name(name: str, attributes: Mapping[str, Any], language: str) -> str:
    for key in (f"name_{language}", f"name:{language}", *(() if language == HAN else ("pinyin",))):
        given = attributes.get(key)
        if isinstance(given, str) and given.strip():
            return given.strip()
    return name
