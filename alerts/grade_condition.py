"""What makes a fire grave: size, nearness, protected land, danger, the next hour; each says its margin."""

import math
from typing import Annotated

from msgspec import Meta, Struct

from schemas.incident import Place

MARKS = frozenset({"settlements", "facilities"})
"""Layers of what people live in and depend on."""


ANCIENT = frozenset({"ancient_trees"})
"""The layer of trees that are protected one by one."""


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold together; what is not given is not asked."""

    spread_ha: Annotated[float, Meta(ge=0)] | None = None
    pixels: Annotated[int, Meta(ge=1)] | None = None
    near_km: Annotated[float, Meta(ge=0, le=5)] | None = None
    protected: bool | None = None
    sensitivity: Annotated[int, Meta(ge=1, le=3)] | None = None
    ancient_km: Annotated[float, Meta(ge=0, le=5)] | None = None
    risk_zone: Annotated[int, Meta(ge=1, le=3)] | None = None
    danger: Annotated[int, Meta(ge=1, le=5)] | None = None
    in_reach: bool | None = None


class RiskZone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much a fire risk zone counts whose level, or else name, begins with one of these words."""

    rank: Annotated[int, Meta(ge=1, le=3)]
    words: Annotated[tuple[str, ...], Meta(min_length=1)]
    status: str


class Ranks(Struct, frozen=True, kw_only=True):
    """What the words of the region's layers count for."""

    sensitivity: tuple["Sensitivity", ...] = ()
    risk_zone: tuple[RiskZone, ...] = ()


class Sensitivity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sensitive a place is whose level, zone or name holds one of these words."""

    rank: Annotated[int, Meta(ge=1, le=3)]
    words: Annotated[tuple[str, ...], Meta(min_length=1)]
    layers: tuple[str, ...] = ("protected_areas",)
    status: str


class Facts(Struct, frozen=True, kw_only=True):
    """What a grade depends on; None is unknown, and holds no condition."""

    probability: float
    spread_ha: float
    pixels: int
    places: tuple[Place, ...]
    danger: int | None = None
    rain_24h_mm: float | None = None
    in_reach: bool | None = None
    witnessed: bool = False
    """Somebody on the spot or in the air saw it."""


class Part(Struct, frozen=True, kw_only=True):
    """One part of a condition: what is asked, what is, whether it holds, and of which place."""

    name: str
    holds: bool
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    ref: str = ""


def parts(ranks: Ranks, condition: Condition, facts: Facts, slack: float = 0.0) -> list[Part]:
    """Return every part that a condition asks; `slack` is the share by which size and distance may miss."""
    found: list[Part] = []
    if condition.spread_ha is not None:
        found.append(_at_least("spread_ha", facts.spread_ha, condition.spread_ha, "ha", slack))
    if condition.pixels is not None:
        found.append(_at_least("pixels", float(facts.pixels), float(condition.pixels), "", slack))
    if condition.danger is not None:
        known = None if facts.danger is None else float(facts.danger)
        found.append(_at_least("danger", known, float(condition.danger), "", 0.0))
    if condition.near_km is not None:
        found.append(_near("near_km", MARKS, facts.places, condition.near_km, slack))
    if condition.ancient_km is not None:
        found.append(_near("ancient_km", ANCIENT, facts.places, condition.ancient_km, slack))
    if condition.protected is not None:
        found.append(_protected(facts.places, wanted=condition.protected))
    if condition.sensitivity is not None:
        found.append(
            _ranked("sensitivity", _sensitive(ranks.sensitivity, facts.places), condition.sensitivity)
        )
    if condition.risk_zone is not None:
        found.append(_ranked("risk_zone", _at_risk(ranks.risk_zone, facts.places), condition.risk_zone))
    if condition.in_reach is not None:
        found.append(Part(name="in_reach", holds=facts.in_reach is condition.in_reach))
    return found


def _at_least(name: str, value: float | None, threshold: float, unit: str, slack: float) -> Part:
    holds = value is not None and value >= threshold * (1.0 - slack)
    return Part(name=name, holds=holds, value=value, threshold=threshold, unit=unit)


def _near(name: str, layers: frozenset[str], places: tuple[Place, ...], most_km: float, slack: float) -> Part:
    """Return the part that asks for the nearest of some layers within so many km."""
    km, ref = min(
        ((one.away_km, one.place_id) for one in places if one.away_km is not None and one.layer in layers),
        default=(math.inf, ""),
    )
    value = None if math.isinf(km) else km
    return Part(
        name=name, holds=km <= most_km * (1.0 + slack), value=value, threshold=most_km, unit="km", ref=ref
    )


def _ranked(name: str, found: tuple[int, str], least: int) -> Part:
    return Part(
        name=name, holds=found[0] >= least, value=float(found[0]), threshold=float(least), ref=found[1]
    )


def _protected(places: tuple[Place, ...], *, wanted: bool) -> Part:
    ref = next((one.place_id for one in places if one.layer == "protected_areas"), "")
    return Part(name="protected", holds=bool(ref) == wanted, ref=ref)


def _sensitive(ranks: tuple[Sensitivity, ...], places: tuple[Place, ...]) -> tuple[int, str]:
    """Return the highest rank among the places, and whose it is; 0 where none has one."""
    best, ref = 0, ""
    for rule in ranks:
        for one in places:
            text = f"{one.level} {one.zone} {one.name}".lower()
            if rule.rank > best and one.layer in rule.layers and any(word in text for word in rule.words):
                best, ref = rule.rank, one.place_id
    return best, ref


def _at_risk(ranks: tuple[RiskZone, ...], places: tuple[Place, ...]) -> tuple[int, str]:
    """Return the highest rank among the risk zones, and whose it is; 0 where none has one.

    A level counts by how it begins: 中高风险 is not 高风险, though it holds the word.
    """
    best, ref = 0, ""
    for one in places:
        if one.layer != "risk_zones":
            continue
        text = (one.level or one.name).strip().lower()
        rank = max((rule.rank for rule in ranks if text.startswith(rule.words)), default=0)
        if rank > best:
            best, ref = rank, one.place_id
    return best, ref


def protected(places: tuple[Place, ...]) -> bool:
    """Return whether a protected area is touched, or may be."""
    return any(place.layer == "protected_areas" for place in places)


def nearest_km(places: tuple[Place, ...]) -> float:
    """Return the distance, km, to the nearest settlement or facility; infinity when none is near."""
    known = [p.away_km for p in places if p.away_km is not None and p.layer in MARKS]
    return min(known, default=math.inf)
