"""What standards and notices call light, moderate, severe and disaster: tables with source and status.

`data/occurrence.toml`, `data/disaster.toml`, `data/grassland.toml` and `data/epidemic_counties.toml`. A
class needs the measure and the stage that the standard names; what it does not name has no class, which is
not "none".
"""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from detectors.pests.species import Guild, Species
from schemas.reason import Reason
from schemas.units import Measure

Status = Literal["verified", "from_memory", "proposed", "superseded"]
"""How far a row is to be trusted; one that is superseded stands for the record and judges nothing."""
Occurrence = Literal["none", "light", "moderate", "severe"]
StageName = Literal["egg", "larva", "nymph", "pupa", "adult", "unknown"]


DEGREE = "damage_degree"
DEGREES: tuple[Occurrence, ...] = ("none", "light", "moderate", "severe")


class OccurrenceRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the standard: from which value on it is light, moderate, severe."""

    species: str
    measure: Measure
    stages: tuple[StageName, ...] = ()
    light: Annotated[float, Meta(gt=0)]
    moderate: Annotated[float, Meta(gt=0)]
    severe: Annotated[float, Meta(gt=0)]
    status: Status
    source: str


class OccurrenceTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Classes of occurrence (发生程度)."""

    version: str
    row: tuple[OccurrenceRow, ...]


class Least(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure and the value from which a rule holds."""

    measure: Measure
    at_least: Annotated[float, Meta(ge=0)]


class DisasterRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a pest is a disaster (成灾): any one of its limits, or any infected tree."""

    species: str = ""
    guild: Guild | None = None
    is_quarantine: bool | None = None
    any_of: tuple[Least, ...] = ()
    any_infected: bool = False
    status: Status
    source: str
    cited: Annotated[str, Meta(description="The source in Latin letters, for reasons read abroad.")] = ""

    @property
    def named(self) -> str:
        """How a reason names the rule."""
        return self.cited or self.source


class DisasterTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules for disaster; of those that fit a species all hold."""

    version: str
    rule: tuple[DisasterRule, ...]


class GrassRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which value on a grassland pest does harm (危害); severe is a multiple."""

    species: str = ""
    guild: Guild | None = None
    """Instead of a species: of every pest of this kind that has no row of its own."""
    measure: Measure
    stages: tuple[StageName, ...] = ()
    on: Literal["", "natural", "sown"] = ""
    """Grassland that it is for; natural is also where nobody says."""
    harm: Annotated[float, Meta(ge=0, description="0: any at all, above nothing.")]
    severe_times: Annotated[float, Meta(gt=1)] | None = 2.0
    status: Status
    source: str


class GrassTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grassland pests."""

    version: str
    row: tuple[GrassRow, ...]


class CountyList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The epidemic counties (疫区) announced at one time, by city."""

    from_on: dt.date
    notice: str
    province: str
    status: Status
    source: str
    cities: dict[str, tuple[str, ...]]


class CountyTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All lists of one pest; each is in force until the next."""

    version: str
    species: str
    list: tuple[CountyList, ...]


def occurrence(
    table: OccurrenceTable, species: str, measure: str, stage: str, value: float
) -> tuple[Occurrence, Reason] | None:
    """Return the class of a survey and the row that decided it; None where the standard has no such row.

    A degree of damage (危害程度) is a class already, whatever the pest: what the surveyor called it.
    """
    if measure == DEGREE:
        degree = DEGREES[min(int(value), len(DEGREES) - 1)]
        return degree, Reason(
            code="occurrence", value=value, rule=f"{degree}, as the survey says", unit=DEGREE
        )
    for row in table.row:
        if row.status == "superseded":
            continue
        if row.species == species and row.measure == measure and _fits(row.stages, stage):
            limits = (("severe", row.severe), ("moderate", row.moderate), ("light", row.light))
            for name, limit in limits:
                if value >= limit:
                    return _class(name), _reason(value, limit, f"{name}, {row.source}", measure, row.status)
            return "none", _reason(value, row.light, f"below light, {row.source}", measure, row.status)
    return None


def _class(name: str) -> Occurrence:
    return "severe" if name == "severe" else "moderate" if name == "moderate" else "light"


def _fits(stages: tuple[StageName, ...], stage: str) -> bool:
    """Return whether the stage is one of those that the standard counts; an unknown stage is taken for it."""
    return not stages or stage in stages or stage == "unknown"


def _reason(value: float, threshold: float, rule: str, unit: str, status: Status) -> Reason:
    return Reason(code="occurrence", value=value, threshold=threshold, rule=rule, unit=unit, detail=status)


def disaster(
    table: DisasterTable, species: Species, measures: dict[str, float], *, infected: bool
) -> Reason | None:
    """Return the rule for disaster that the measures of one unit meet, the first of the table, else None."""
    for rule in table.rule:
        if rule.status == "superseded" or not _concerns(rule, species):
            continue
        if rule.any_infected and infected:
            return Reason(code="disaster", rule=f"any infected tree, {rule.named}", detail=rule.status)
        for least in rule.any_of:
            value = measures.get(least.measure)
            if value is not None and value >= least.at_least:
                return Reason(
                    code="disaster",
                    value=value,
                    threshold=least.at_least,
                    unit=least.measure,
                    rule=rule.named,
                    detail=rule.status,
                )
    return None


def _concerns(rule: DisasterRule, species: Species) -> bool:
    if rule.species:
        return rule.species == species.name
    return rule.guild == species.guild and rule.is_quarantine in (None, species.is_quarantine)


Harm = Literal["none", "half", "harm", "severe"]


def harm(  # noqa: PLR0913, PLR0917 - the table, and what a survey says
    table: GrassTable, species: Species, measure: str, stage: str, value: float, on: str = ""
) -> tuple[Harm, Reason] | None:
    """Return the class of a grassland survey and why; None where no row has this species and measure.

    `half` is half the limit of harm and more, short of harm: not a class of the standard, but worth a look.
    """
    for row in table.row:
        if not _is_for(row, species, on) or row.measure != measure or not _fits(row.stages, stage):
            continue
        # where any at all is harm the standard has no severe: twice nothing is nothing
        severe = row.harm * row.severe_times if row.severe_times and row.harm else float("inf")
        steps: tuple[tuple[Harm, float], ...] = (
            ("severe", severe),
            ("harm", row.harm),
            ("half", row.harm / 2),
        )
        for name, limit in steps:
            if value >= limit and value > 0:
                return name, _reason(value, limit, f"{name}, {row.source}", measure, row.status)
        return "none", _reason(value, row.harm, f"below harm, {row.source}", measure, row.status)
    return None


def _is_for(row: GrassRow, species: Species, on: str) -> bool:
    """Return whether a row in force speaks of a pest on a kind of grassland; unknown counts as natural."""
    is_of = row.species == species.name if row.species else row.guild == species.guild
    return row.status != "superseded" and is_of and row.on in {"", on or "natural"}


def counties_on(table: CountyTable, day: dt.date) -> CountyList | None:
    """Return the list in force on a day; None before the first, which is unknown and not "no county"."""
    before = [one for one in table.list if one.from_on <= day]
    return max(before, key=lambda one: one.from_on) if before else None


def is_epidemic(listed: CountyList, city: str, county: str) -> bool:
    """Return whether a county is on a list; names with or without their last 市, 区 or 县."""
    wanted = _bare(county)
    return any(
        _bare(name) == wanted
        for place, names in listed.cities.items()
        if _bare(place) == _bare(city)
        for name in names
    )


def _bare(name: str) -> str:
    """Return a name without its class of place; one of two characters keeps it (泸县, 高县)."""
    return name[:-1] if len(name) > 2 and name[-1] in "市区县州" else name
