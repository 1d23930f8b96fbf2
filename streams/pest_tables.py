"""Load the data tables of pests: names, rules of law and standard, seasons; each with version and source."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from detectors.pests.contiguous import ContiguousTable
from detectors.pests.kernels import SpreadTable
from detectors.pests.law import CountyTable, DisasterTable, GrassTable, OccurrenceTable
from detectors.pests.season import SeasonTable
from detectors.pests.species import SpeciesTable


def read_table(name: str, kind: Any) -> Any:
    """Return the table `name` shipped with the software; raises msgspec.ValidationError without its shape."""
    raw = (files("detectors") / "pests" / "data" / name).read_bytes()
    return msgspec.convert(tomllib.loads(raw.decode("utf-8")), kind)


@cache
def load_species() -> SpeciesTable:
    """Return the names of pests."""
    table: SpeciesTable = read_table("species.toml", SpeciesTable)
    return table


@cache
def load_seasons() -> SeasonTable:
    """Return when pests fly: models and windows of the calendar."""
    table: SeasonTable = read_table("season.toml", SeasonTable)
    return table


@cache
def load_spread() -> SpreadTable:
    """Return of which pests it is known how far they spread, and their hosts."""
    table: SpreadTable = read_table("spread.toml", SpreadTable)
    return table


@dataclass(frozen=True)
class PestRules:
    """Rules of law and standard in force."""

    occurrence: OccurrenceTable
    disaster: DisasterTable
    grassland: GrassTable
    counties: CountyTable
    contiguous: ContiguousTable


@cache
def load_rules() -> PestRules:
    """Return the rules of law and standard."""
    return PestRules(
        occurrence=read_table("occurrence.toml", OccurrenceTable),
        disaster=read_table("disaster.toml", DisasterTable),
        grassland=read_table("grassland.toml", GrassTable),
        counties=read_table("epidemic_counties.toml", CountyTable),
        contiguous=read_table("contiguous.toml", ContiguousTable),
    )
