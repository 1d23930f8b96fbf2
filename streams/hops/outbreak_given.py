"""Settings under [outbreak], and what the judge is given to know pests: tables, register, spread."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec import field as setting

from alerts.outbreak import Options as Telling
from detectors.pests.closing import Options as Closing
from detectors.pests.kernels import SpreadTable
from detectors.pests.law import CountyTable, counties_on, is_epidemic
from detectors.pests.outbreak import Options as Linking
from detectors.pests.register import Register, Where
from detectors.pests.rules import Rules
from detectors.pests.season import SeasonTable
from detectors.pests.sign import Options as Finding
from detectors.pests.species import SpeciesTable
from detectors.pests.spread import Options as Spread
from schemas.incident import Incident, Place
from schemas.reason import Reason
from streams.pest_tables import load_rules, load_seasons, load_species, load_spread

HOLDING = ("inside", "possibly_inside")


class Recorded(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[outbreak.recorded]`: where pine wilt is on record beside the announced counties."""

    units: Annotated[
        tuple[str, ...],
        Meta(description="Sub-compartments of an outbreak as 双河镇/12; the number alone with one township."),
    ] = ()
    townships: Annotated[
        tuple[str, ...],
        Meta(description="Townships hit before: code, 宣汉县/双河镇, or a name no other township has."),
    ] = ()
    counties: Annotated[
        tuple[str, ...],
        Meta(description="Counties: code, 达州市/宣汉县, or a name that no other county has."),
    ] = ()


class PestSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [outbreak]."""

    recorded: Recorded = setting(default_factory=Recorded)
    recorded_of: Annotated[
        dict[str, Recorded], Meta(description="The same of another quarantine pest, by any of its names.")
    ] = setting(default_factory=dict)
    remember_y: Annotated[float, Meta(ge=1, le=20, description="Years of counts that are kept.")] = 6.0
    finding: Finding = setting(default_factory=Finding)
    linking: Linking = setting(default_factory=Linking)
    closing: Closing = setting(default_factory=Closing)
    spread: Spread = setting(default_factory=Spread)
    telling: Telling = setting(default_factory=Telling)


@dataclass(frozen=True)
class Pests:
    """What the judge is given to know pests."""

    options: PestSettings
    rules: Rules
    counties: CountyTable
    seasons: SeasonTable
    kernels: SpreadTable
    names: dict[str, str] = field(default_factory=dict)
    own: Mapping[str, PestSettings] = field(default_factory=dict)
    """What holds of single pests, by accepted name."""

    def by(self, species: str) -> PestSettings:
        """Return what holds of a pest."""
        return self.own.get(species, self.options)

    def of_incident(self, incident: Incident) -> PestSettings:
        """Return what holds of an outbreak."""
        return self.options if incident.pest is None else self.by(incident.pest.species)

    @classmethod
    def of(cls, options: PestSettings, own: Mapping[str, PestSettings] | None = None) -> "Pests":
        """Return it from the settings and the tables shipped with the software; `own` are of single pests."""
        law = load_rules()
        species = load_species()
        rules = Rules(
            species=species,
            occurrence=law.occurrence,
            disaster=law.disaster,
            grassland=law.grassland,
            contiguous=law.contiguous,
            register=_register(options.recorded),
            registers={_accepted(species, name): _register(one) for name, one in options.recorded_of.items()},
        )
        return cls(options, rules, law.counties, load_seasons(), load_spread(), own=own or {})

    def where(self, one: Any, species: str, places: tuple[Place, ...]) -> Where:
        """Return the sub-compartment, township and county of a find, and whether the county is announced."""
        found = {layer: _held(places, layer) for layer in ("city", "county", "township", "stands")}
        county, township = found["county"], found["township"]
        named = county is not None and species == self.counties.species
        city = "" if found["city"] is None else found["city"].name
        listed = (
            counties_on(self.counties, (one.observed_at + dt.timedelta(hours=8)).date()) if named else None
        )
        stand = found["stands"]
        return Where(
            unit=one_of(getattr(one, "unit_id", ""), "" if stand is None else stand.place_id),
            township="" if township is None else township.name,
            county="" if county is None else county.name,
            city=city,
            township_code="" if township is None else township.place_id,
            county_code="" if county is None else county.place_id,
            in_epidemic_list=None
            if listed is None or county is None
            else is_epidemic(listed, city, county.name),
        )


def _register(record: Recorded) -> Register:
    return Register(
        units=frozenset(record.units),
        townships=frozenset(record.townships),
        counties=frozenset(record.counties),
    )


def _accepted(table: SpeciesTable, name: str) -> str:
    """Return the accepted name of a pest; one that nobody knows has no finds either."""
    found = table.find(name)
    return name if isinstance(found, Reason) else found.name


def one_of(said: str, found: str) -> str:
    """Return what the find says itself, else what the region knows."""
    return said or found


def _held(places: tuple[Place, ...], layer: str) -> Place | None:
    return next((one for one in places if one.layer == layer and one.relation in HOLDING), None)
