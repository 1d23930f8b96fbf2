"""Load a mapping from its TOML, with the table of stations beside it; a typo is told with its place."""

import csv
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from schemas.observation import AnyObservation
from schemas.settings import Settings
from streams.feeds.mapping import Map, with_stations
from streams.feeds.units import unit_named
from streams.toml_file import ConfigError


def load_maps(settings: Settings) -> dict[str, Map]:
    """Return the mappings that the settings name; raises `ConfigError` with the place of one that is none."""
    found: dict[str, Map] = {}
    for name, path in settings.maps.items():
        try:
            found[name] = load_map(Path(path))
        except MapError as error:
            raise ConfigError(f"settings: $.maps.{name}: {error}") from None
    return found


class MapError(Exception):
    """A mapping cannot be used; the message says where and why in one line."""


def load_map(path: Path) -> Map:
    """Return a mapping that can be used.

    Raises
    ------
    MapError
        when the file or its stations cannot be read, or the mapping names what is not known.
    """
    try:
        given = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Map)
        table = _stations(given, path.parent)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MapError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MapError(f"{path}: {error}") from None
    for fault in _faults(given):
        raise MapError(f"{path}: {fault}")
    return with_stations(given, table)


def _stations(given: Map, folder: Path) -> dict[str, dict[str, str]]:
    if given.stations is None or not given.stations.file:
        return {}
    with (folder / given.stations.file).open(encoding="utf-8-sig", newline="") as file:
        return {row.get(given.stations.id, ""): dict(row) for row in csv.DictReader(file)}


def _faults(given: Map) -> list[str]:
    """Return what is wrong with a mapping that has its shape."""
    kinds = {str(kind.__struct_config__.tag): kind for kind in AnyObservation.__args__}
    known = {*kinds[given.kind].__struct_fields__}
    faults = [f"fields.{name} is no field of {given.kind}" for name in given.fields if name not in known]
    units = [field.unit for field in given.fields.values()] + [one.unit for one in given.readings]
    faults += [f"unit {unit} is not known" for unit in units if unit and unit_named(unit) is None]
    if given.readings and given.kind != "reading":
        faults.append("readings are of kind reading")
    try:
        ZoneInfo(given.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(f"zone {given.zone} is not known")
    return faults
