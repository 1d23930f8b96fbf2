"""Load the data tables of pests: names, rules of law and standard, seasons; each with version and source."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

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
