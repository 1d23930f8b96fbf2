"""Names of the region's features in the language in which places are named.

A feature may carry `name_en`, `name_zh` … beside its `name`, and `pinyin`, which serves every language but
Chinese. Where it carries none a Chinese name is written as it is read (皮家山: Pijiashan), without what
stands in brackets; any other name stays: a name in another script is better than none.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from detectors.region import AnyRegion, Layer, Region, Regions
from detectors.region.atlas import TOLD
from detectors.region.columns import Column, column

HAN = "zh"
"""The language that needs no pinyin."""

MOST_READ = 50_000
"""Features of a layer whose names are read one by one, some 50 µs each; names of more stay as they are."""

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_ASIDE = re.compile(r"[（(][^（()）]*[）)]")


def in_language(region: AnyRegion, language: str) -> AnyRegion:
    """Return the region with its features named in this language, whichever of its versions is asked.

    A version stays the same as it was built: the places are the same.
    """
    return one_in_language(region, language) if isinstance(region, Region) else Named(region, language)


class Named(Regions):
    """The versions of a region, also those still to come, with features named in one language."""

    def __init__(self, regions: Regions, language: str) -> None:
        self._regions, self._language = regions, language

    def at(self, now: datetime) -> Region:
        """Return the version in force at `now`, named in the language."""
        return one_in_language(self._regions.at(now), self._language)

    @property
    def newest(self) -> Region:
        """The version that is in force last, named in the language."""
        return one_in_language(self._regions.newest, self._language)

    def take(self, effective_at: datetime | None, region: Region) -> None:
        """Take up a version."""
        self._regions.take(effective_at, region)

    def knows(self, effective_at: datetime | None, version: str) -> bool:
        """Return whether a version is taken up from this instant on."""
        return self._regions.knows(effective_at, version)


@lru_cache(maxsize=8)
def one_in_language(region: Region, language: str) -> Region:
    """Return one version named in this language; the same when nothing changes."""
    layers = {name: _named(part, language) for name, part in region.layers.items()}
    if all(layers[name] is part for name, part in region.layers.items()):
        return region
    names = region.place_names
    if names is not None and names.layer.name in layers:
        # what finds a name stays as it was built; what is told is the name of this language
        names = replace(names, layer=layers[names.layer.name])
    return replace(region, layers=layers, place_names=names)


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
    columns = {key: _as_read(part, key) for key in TOLD if key in part.columns} if reads else {}
    if names == own and all(one is part.columns[key] for key, one in columns.items()):
        return part
    return replace(part, labels=column("text", names), columns={**part.columns, **columns})


def _as_read(part: Layer, key: str) -> Column:
    """Return a column of texts, the Chinese ones as they are read; the column itself when none is."""
    own = part.column(key)
    read = [as_read(one) if isinstance(one, str) and _HAN.search(one) else one for one in own]
    return part.columns[key] if read == own else column("text", read)


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
