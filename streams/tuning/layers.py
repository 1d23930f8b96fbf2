"""Layers of a settings document, checked at start: each option must be one that may differ there."""

from collections.abc import Iterable, Mapping
from typing import Any

from alerts import grade, lifecycle
from alerts.tuning.layers import LOCAL
from schemas.settings import Layer, Settings
from streams.toml_file import ConfigError, converted, refuse_unknown, suggestion

_LOCALS: Mapping[str, type[Any]] = {"grade": grade.Options, "lifecycle": lifecycle.Options}


def checked_layers(settings: Settings) -> tuple[Layer, ...]:
    """Return the layers; raises ConfigError with the path of what cannot hold in a scope."""
    seen: set[str] = set()
    for index, one in enumerate(settings.layers):
        place = f"$.layers[{index}]"
        if one.scope in seen:
            raise ConfigError(f"settings: {place}.scope: {one.scope} has a layer already")
        seen.add(one.scope)
        is_station = one.scope.startswith("station:")
        for name, kind in _LOCALS.items():
            table = getattr(one, name)
            if table and is_station:
                raise ConfigError(f"settings: {place}.{name}: is asked of places; a station has detectors")
            refuse_unknown(table, kind, "settings", f"{place}.{name}")
            converted(table, kind, f"{place}.{name}", "settings")
        if one.detectors and not is_station:
            raise ConfigError(f"settings: {place}.detectors: is asked of a station before a place is known")
        for name in one.lifecycle:
            if name not in LOCAL:
                known = ", ".join(sorted(LOCAL))
                raise ConfigError(f"settings: {place}.lifecycle.{name}: holds everywhere; here: {known}")
    return settings.layers


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
