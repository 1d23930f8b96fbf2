"""Names of the region's features in the language in which places are named.

A feature may carry `name_en`, `name_zh` … beside its `name`, and `pinyin`, which serves every language but
Chinese. Where it carries none a Chinese name is written as it is read (皮家山: Pijiashan), without what
stands in brackets; any other name stays: a name in another script is better than none.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from detectors.region import Layer, Region
from detectors.region.columns import column

HAN = "zh"
"""The language that needs no pinyin."""

MOST_READ = 50_000
"""Features of a layer whose names are read one by one, some 50 µs each; names of more stay as they are."""

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_ASIDE = re.compile(r"[（(][^（()）]*[）)]")


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
    reads = language != HAN and len(part) <= MOST_READ
    if not (given or reads):
        return part
    own = part.names()
    names = [_name(words, name) for *words, name in zip(*given, own, strict=True)]
    if reads:
        names = [as_read(name) if _HAN.search(name) else name for name in names]
    return part if names == own else replace(part, labels=column("text", names))


def _name(words: Sequence[Any], own: str) -> str:
    """Return the first of these words that is a text; the place's own name where none is."""
    return next((word.strip() for word in words if isinstance(word, str) and word.strip()), own)


def as_read(name: str) -> str:
    """Return a Chinese name as it is read, numbers apart; as it is when it cannot be read.

    >>> as_read("皮家山01号小班（示意）")
    'Pijiashan 01 Haoxiaoban'
    """
    from streams.region.build.spelling import spellings  # noqa: PLC0415 - tables of readings are large

    plain = _ASIDE.sub("", name).strip() or name
    read = spellings(plain)
    if not read:
        return name
    groups = groupby(read[0].split(), key=str.isdigit)
    return " ".join("".join(words).capitalize() for _, words in groups)
