"""Names of the region's features in the language in which places are named, where the region gives them.

A feature may carry `name_en`, `name_zh` … beside its `name`, and `pinyin`, which serves every language but
Chinese. Where it carries none, its own name stays: a name in another script is better than none.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from detectors.region import Layer, Region
from detectors.region.columns import column

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
    return replace(region, layers=layers)


def _named(part: Layer, language: str) -> Layer:
    keys = (f"name_{language}", f"name:{language}", *(() if language == HAN else ("pinyin",)))
    given = [part.column(key) for key in keys if key in part.columns]
    if not given:
        return part
    own = part.names()
    names = [_name(words, name) for *words, name in zip(*given, own, strict=True)]
    return part if names == own else replace(part, labels=column("text", names))


def _name(words: Sequence[Any], own: str) -> str:
    """Return the first of these words that is a text; the place's own name where none is."""
    return next((word.strip() for word in words if isinstance(word, str) and word.strip()), own)
