"""The layers a region may have: their attributes, types, ranges, and the column names they go by."""

import functools
import importlib.resources
import re
import tomllib
import unicodedata
from difflib import get_close_matches
from typing import Literal

import msgspec
from msgspec import Struct

from streams.region.build.repair import Kind

Type = Literal["text", "number", "whole", "flag", "date"]
Unit = Literal[
    "m3/ha", "m3/mu", "m3", "ha", "mu", "m2", "km2", "m", "km", "cm", "kg/ha", "MW", "deg", "a", "?"
]

TO_BASE: dict[tuple[str, str], float] = {
    ("mu", "ha"): 1 / 15,
    ("m2", "ha"): 1e-4,
    ("km2", "ha"): 100.0,
    ("m3/mu", "m3/ha"): 15.0,
    ("km", "m"): 1000.0,
    ("m", "km"): 1e-3,
    ("cm", "m"): 1e-2,
    ("m", "cm"): 100.0,
}
"""Factor from a column's unit to the attribute's: 15 mu (亩) are one hectare."""

UNIT_WORDS: dict[str, Unit] = {
    "亩": "mu",
    "公顷": "ha",
    "平方米": "m2",
    "平方公里": "km2",
    "ha": "ha",
    "hm2": "ha",
    "hm²": "ha",
    "mu": "mu",
    "m2": "m2",
    "m²": "m2",
    "km2": "km2",
    "km²": "km2",
    "m3/ha": "m3/ha",
    "m³/ha": "m3/ha",
    "m3/hm2": "m3/ha",
    "m³/hm²": "m3/ha",
    "m3/亩": "m3/mu",
    "m³/亩": "m3/mu",
    "m3": "m3",
    "m³": "m3",
    "立方米": "m3",
    "米": "m",
    "m": "m",
    "公里": "km",
    "km": "km",
    "厘米": "cm",
    "cm": "cm",
    "年": "a",
}
_WITH_UNIT = re.compile(
    r"^(?P<name>.+?)\s*(?:[(\[](?P<inside>[^)\]]+)[)\]]|_(?P<behind>亩|公顷|平方米|ha|mu|m2|m3))$"
)


class Spelling(Struct, frozen=True, forbid_unknown_fields=True):
    """Column names under which an attribute is known, the unit their values are in, and how sure that is."""

    names: tuple[str, ...]
    status: Literal["own", "verified", "from memory"]
    unit: Unit | None = None
    source: str = ""


class Column(Struct, frozen=True, forbid_unknown_fields=True):
    """One attribute of a layer: type, unit, range, table of codes, spellings."""

    type: Type
    spellings: tuple[Spelling, ...] = ()
    unit: Unit | None = None
    least: float | None = None
    most: float | None = None
    codes: str | None = None


class KnownLayer(Struct, frozen=True, forbid_unknown_fields=True):
    """One layer: the types of geometry it may have, and its attributes."""

    kinds: tuple[Kind, ...]
    columns: dict[str, Column] = {}
    like: str | None = None


class Codes(Struct, frozen=True, forbid_unknown_fields=True):
    """What the codes of one table stand for, and how sure that is."""

    names: dict[str, str]
    status: Literal["own", "verified", "from memory"]
    source: str


@functools.cache
def codes() -> dict[str, Codes]:
    """Return every table of codes by name."""
    return msgspec.convert(_table("codes.toml"), dict[str, Codes])


@functools.cache
def layers() -> dict[str, KnownLayer]:
    """Return every layer a region may have, by name; each has the attributes that every layer has."""
    table = _table("columns.toml")
    every = msgspec.convert(table.pop("every"), dict[str, Column])
    found = msgspec.convert(table, dict[str, KnownLayer])
    return {
        name: msgspec.structs.replace(
            layer, columns={**every, **(found[layer.like].columns if layer.like else {}), **layer.columns}
        )
        for name, layer in found.items()
    }


def layer(name: str) -> KnownLayer:
    """Return what is known of a layer.

    Raises
    ------
    ValueError
        If a region has no layer of this name; a near one is named.
    """
    found = layers()
    if name not in found:
        near = get_close_matches(name, found, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; layers are {', '.join(found)}, dem"
        raise ValueError(f"no layer {name}{hint}")
    return found[name]


def plain(name: str) -> str:
    """Return a column name without case, spaces, underscores and width, for comparing."""
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name)).casefold()


def with_unit(name: str) -> tuple[str, Unit | None]:
    """Return a column name and the unit in it: `面积（亩）` is (`面积`, `mu`)."""
    found = _WITH_UNIT.match(unicodedata.normalize("NFKC", name).strip())
    if found is None:
        return name, None
    unit = UNIT_WORDS.get((found["inside"] or found["behind"]).strip().casefold())
    return (found["name"], unit) if unit else (name, None)


def _table(name: str) -> dict[str, object]:
    path = importlib.resources.files("streams.region.build") / "data" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))
