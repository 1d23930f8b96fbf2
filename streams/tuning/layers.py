"""Layers of a settings document, checked at start: each option must be one that may differ there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts import grade, lifecycle, report_duty
from alerts.carbon import at_risk
from alerts.tuning.layers import ranked
from schemas.reason import Reason
from schemas.settings import Layer, Settings
from streams.hops.outbreak_given import PestSettings
from streams.pest_tables import load_species
from streams.toml_file import ConfigError, converted, refuse_unknown, suggestion

CLAIMED = ("province", "city", "county", "station")
"""Scopes by which a detector may judge otherwise; what an area is told of may lie partly in it."""

OWN = {"station": "detectors", "species": "outbreak"}
"""What layers that are no places hold."""

SHARED = frozenset({"recorded", "recorded_of", "remember_y"})
"""Parts of [outbreak] that hold of all pests: registers name theirs, and one sweep forgets for all."""

_LOCALS: Mapping[str, type[Any]] = {
    "grade": grade.Options,
    "lifecycle": lifecycle.Options,
    "carbon": at_risk.Options,
    "report_duty": report_duty.Options,
}


def checked_layers(settings: Settings) -> tuple[Layer, ...]:
    """Return the layers; raises ConfigError with the path of what cannot hold in a scope."""
    general = converted(dict(settings.outbreak), PestSettings, "$.outbreak", "settings")
    if general.finding.trap.comparing.published.months:
        what = "is the mean of one pest: in a layer `species:NAME`"
        raise ConfigError(f"settings: $.outbreak.finding.trap.comparing.published: {what}")
    seen: set[str] = set()
    for index, one in enumerate(settings.layers):
        place = f"$.layers[{index}]"
        if one.scope in seen:
            raise ConfigError(f"settings: {place}.scope: {one.scope} has a layer already")
        seen.add(one.scope)
        rank = one.scope.partition(":")[0]
        for name, kind in _LOCALS.items():
            table = getattr(one, name)
            if table and rank in OWN:
                raise ConfigError(f"settings: {place}.{name}: is asked of places; a {rank} has {OWN[rank]}")
            refuse_unknown(table, kind, "settings", f"{place}.{name}")
            converted(table, kind, f"{place}.{name}", "settings")
        if one.detectors and rank not in CLAIMED:
            raise ConfigError(f"settings: {place}.detectors: is asked of {', '.join(CLAIMED)}")
        if one.outbreak and rank != "species":
            raise ConfigError(f"settings: {place}.outbreak: is asked of a pest, as `species:NAME`")
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


@dataclass(frozen=True)
class Claiming:
    """The options by which each detector judges what a source says in a place, each mixture made once."""

    general: Mapping[str, dict[str, Any]]
    kinds: Mapping[str, type[Any]]
    layers: tuple[Layer, ...]
    _known: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)

    @property
    def is_placed(self) -> bool:
        """Whether it matters where something was observed."""
        return any(not one.scope.startswith("station:") for one in self.layers)

    def options(self, detector: str, scopes: Iterable[str]) -> Any:
        """Return the options of a detector in these scopes, the narrowest laid last."""
        mine = tuple(sorted(set(scopes) & {one.scope for one in self.layers}, key=ranked))
        if (detector, mine) not in self._known:
            table: dict[str, Any] = dict(self.general.get(detector, {}))
            for one in self.layers:
                table |= one.detectors.get(detector, {}) if one.scope in mine else {}
            self._known[detector, mine] = converted(table, self.kinds[detector], detector, "settings")
        return self._known[detector, mine]


def claiming(settings: Settings, owners: Iterable[tuple[str, type[Any]]]) -> Claiming:
    """Return by what detectors judge; raises ConfigError for a typo in a layer."""
    kinds = {table.removeprefix("detectors."): kind for table, kind in owners if "detectors." in table}
    found = [one for one in settings.layers if one.detectors]
    for index, one in enumerate(settings.layers):
        for name, table in one.detectors.items():
            path = f"$.layers[{index}].detectors.{name}"
            if name not in kinds:
                raise ConfigError(f"settings: {path}: unknown{suggestion(name, kinds)}")
            refuse_unknown(table, kinds[name], "settings", path)
            converted({**settings.detectors.get(name, {}), **table}, kinds[name], path, "settings")
    return Claiming(settings.detectors, kinds, tuple(sorted(found, key=lambda one: ranked(one.scope))))


def stations(settings: Settings, owners: Iterable[tuple[str, type[Any]]]) -> dict[str, dict[str, Any]]:
    """Return the options of single stations and places, by source or scope; raises ConfigError for a typo."""
    how, found = claiming(settings, owners), dict[str, dict[str, Any]]()
    for one in how.layers:
        name = one.scope.removeprefix("station:")
        found[name] = {detector: how.options(detector, [one.scope]) for detector in one.detectors}
    return found
