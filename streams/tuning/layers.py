"""Layers of a settings document, checked at start: each option must be one that may differ there."""

from collections.abc import Iterable, Mapping
from typing import Any

from alerts import grade, lifecycle
from alerts.tuning.layers import LOCAL
from schemas.reason import Reason
from schemas.settings import Layer, Settings
from streams.hops.outbreak_given import PestSettings
from streams.pest_tables import load_species
from streams.toml_file import ConfigError, converted, refuse_unknown, suggestion

OWN = {"station": "detectors", "species": "outbreak"}
"""What layers that are no places hold."""

SHARED = frozenset({"recorded", "recorded_of", "remember_y"})
"""Parts of [outbreak] that hold of all pests: registers name theirs, and one sweep forgets for all."""

_LOCALS: Mapping[str, type[Any]] = {"grade": grade.Options, "lifecycle": lifecycle.Options}


def checked_layers(settings: Settings) -> tuple[Layer, ...]:
    """Return the layers; raises ConfigError with the path of what cannot hold in a scope."""
    seen: set[str] = set()
    for index, one in enumerate(settings.layers):
        place = f"$.layers[{index}]"
        if one.scope in seen:
            raise ConfigError(f"settings: {place}.scope: {one.scope} has a layer already")
        seen.add(one.scope)
        rank = one.scope.partition(":")[0]
        is_station = rank == "station"
        for name, kind in _LOCALS.items():
            table = getattr(one, name)
            if table and rank in OWN:
                raise ConfigError(f"settings: {place}.{name}: is asked of places; a {rank} has {OWN[rank]}")
            refuse_unknown(table, kind, "settings", f"{place}.{name}")
            converted(table, kind, f"{place}.{name}", "settings")
        if one.detectors and not is_station:
            raise ConfigError(f"settings: {place}.detectors: is asked of a station before a place is known")
        if one.outbreak and rank != "species":
            raise ConfigError(f"settings: {place}.outbreak: is asked of a pest, as `species:NAME`")
        for name in one.lifecycle:
            if name not in LOCAL:
                known = ", ".join(sorted(LOCAL))
                raise ConfigError(f"settings: {place}.lifecycle.{name}: holds everywhere; here: {known}")
    pests(settings)
    return settings.layers


def pests(settings: Settings) -> dict[str, PestSettings]:
    """Return what holds of single pests, by accepted name; raises ConfigError for a typo."""
    found: dict[str, PestSettings] = {}
    for index, one in enumerate(settings.layers):
        rank, _, name = one.scope.partition(":")
        if rank != "species":
            continue
        place, species = f"$.layers[{index}]", load_species().find(name)
        if isinstance(species, Reason):
            raise ConfigError(f"settings: {place}.scope: {species.code} {species.detail}")
        if species.name in found:
            raise ConfigError(f"settings: {place}.scope: {species.name} has a layer already")
        for part in sorted(SHARED.intersection(one.outbreak)):
            raise ConfigError(f"settings: {place}.outbreak.{part}: holds of all pests")
        refuse_unknown(one.outbreak, PestSettings, "settings", f"{place}.outbreak")
        whole = merged(settings.outbreak, one.outbreak)
        found[species.name] = converted(whole, PestSettings, f"{place}.outbreak", "settings")
    return found


def merged(base: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with another over it, tables inside it alike; a list takes the place of a list."""
    found = dict(base)
    for name, value in table.items():
        known = found.get(name)
        both = isinstance(value, Mapping) and isinstance(known, Mapping)
        found[name] = merged(known or {}, value) if both else value
    return found


def stations(settings: Settings, owners: Iterable[tuple[str, type[Any]]]) -> dict[str, dict[str, Any]]:
    """Return the options of single stations, by source and detector; raises ConfigError for a typo."""
    kinds = {table.removeprefix("detectors."): kind for table, kind in owners if "detectors." in table}
    found: dict[str, dict[str, Any]] = {}
    for index, one in enumerate(settings.layers):
        rank, _, source = one.scope.partition(":")
        for name, table in one.detectors.items() if rank == "station" else ():
            path = f"$.layers[{index}].detectors.{name}"
            if name not in kinds:
                raise ConfigError(f"settings: {path}: unknown{suggestion(name, kinds)}")
            refuse_unknown(table, kinds[name], "settings", path)
            whole = converted({**settings.detectors.get(name, {}), **table}, kinds[name], path, "settings")
            found.setdefault(source, {})[name] = whole
    return found
