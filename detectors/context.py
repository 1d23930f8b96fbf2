"""What a source saw weighs by where and when: land class, hour of the sun, fire weather. Factors are data.

Land comes from the places already found, the hour from the longitude (solar time). What is unknown has the
factor 1: missing weather or a region without layers makes nothing less probable.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from schemas.incident import Place
from schemas.units import SourceClass

Factor = Annotated[float, Meta(gt=0, le=100)]
LandClass = Literal["forest", "grassland", "wetland", "settlement", "facility", "unknown"]

LAYER_OF: Mapping[str, LandClass] = {"stands": "forest", "grassland": "grassland", "wetland": "wetland"}
"""Areas that say what grows there."""

MARKS: Mapping[str, LandClass] = {"settlements": "settlement", "facilities": "facility"}
"""Points that say what stands there, within `at_km`."""


class Ratio(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Likelihood ratios of one class of source on one class of land, by day and by night."""

    source: SourceClass
    land: LandClass
    day: Factor
    night: Factor
    status: str


class Weathered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Likelihood ratios of one class of source by danger level 1 to 5."""

    source: SourceClass
    level: Annotated[tuple[Factor, ...], Meta(min_length=5, max_length=5)]
    status: str


class Surroundings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table: when it is day, how near a mark is the land itself, and the ratios."""

    day_from_h: Annotated[float, Meta(ge=0, lt=24)]
    night_from_h: Annotated[float, Meta(ge=0, le=24)]
    at_km: Annotated[float, Meta(ge=0, le=5)]
    ratio: tuple[Ratio, ...]
    weather: tuple[Weathered, ...]


class Context(Struct, frozen=True, kw_only=True):
    """Where and in which weather; None is unknown."""

    land: LandClass = "unknown"
    longitude: float = 0.0
    danger: int | None = None


class Glance(Protocol):
    """What is asked of one look: whose it is, its class and when it began, seconds."""

    @property
    def look(self) -> str: ...  # noqa: D102 - what it is, its name says
    @property
    def source_class(self) -> str: ...  # noqa: D102 - what it is, its name says
    @property
    def seconds(self) -> float: ...  # noqa: D102 - what it is, its name says


def land_of(table: Surroundings, places: Sequence[Place]) -> LandClass:
    """Return the likeliest class of the land; a mark beside the centre counts before what grows around it."""
    if not places:
        return "unknown"
    marks = [one for one in places if one.layer in MARKS and one.distance_km is not None]
    for mark in sorted(marks, key=lambda one: one.distance_km or 0.0):
        if (mark.distance_km or 0.0) <= table.at_km:
            return MARKS[mark.layer]
    grown: dict[LandClass, float] = {}
    for one in places:
        if one.layer in LAYER_OF:
            kind = LAYER_OF[one.layer]
            likely = 1.0 if one.probability is None else one.probability
            grown[kind] = grown.get(kind, 0.0) + likely
    if not grown:
        return "unknown"
    return max(sorted(grown), key=lambda kind: grown[kind])


def is_day(table: Surroundings, seconds: float, longitude: float) -> bool:
    """Return whether it is day by the mean sun at this longitude; seconds since 1970, UTC."""
    hour = (seconds / 3600.0 + longitude / 15.0) % 24.0
    return table.day_from_h <= hour < table.night_from_h


def ratio(table: Surroundings, context: Context, one: Glance) -> float:
    """Return by what this look's odds are multiplied here and now."""
    found = 1.0
    if context.land != "unknown":
        for row in table.ratio:
            if row.source == one.source_class and row.land == context.land:
                found = row.day if is_day(table, one.seconds, context.longitude) else row.night
    if context.danger is not None:
        for level in table.weather:
            if level.source == one.source_class:
                found *= level.level[context.danger - 1]
    return found


def gained(
    table: Surroundings, context: Context, looks: Sequence[Glance], witness: Mapping[str, float]
) -> float:
    """Return what the surroundings add to the log-odds of these looks together.

    Satellites share their errors, so the best of their looks counts, and beside other sources it never takes
    away. A witness whose own factor is `witness[source_class]` never weighs less than nothing.
    """
    if context.land == "unknown" and context.danger is None:
        return 0.0
    space = [math.log(ratio(table, context, one)) for one in looks if one.source_class == "satellite"]
    others: dict[tuple[str, float], float] = {}
    for one in looks:
        if one.source_class != "satellite":
            own = max(math.log(witness.get(one.source_class, 1.0)), 0.0)
            # the cameras of a mast count once, whenever it was
            key = (one.look, 0.0 if one.source_class == "video" else one.seconds)
            weighed = max(math.log(ratio(table, context, one)), -own)
            others[key] = max(others.get(key, weighed), weighed)
    total = math.fsum(others.values())
    if space:
        total += max(*space, 0.0) if others else max(space)
    return total


def moved(probability: float, gain: float, most: float) -> float:
    """Return a probability so many log-odds on, at most `most`; at `most` nothing is taken away.

    How much evidence lies beyond the cap is not told, so what is taken from it might make more evidence less.
    """
    if gain == 0.0 or (gain < 0.0 and probability >= most):
        return probability
    logit = math.log(probability / (1.0 - probability)) + gain
    return min(1.0 / (1.0 + math.exp(-logit)), most)
