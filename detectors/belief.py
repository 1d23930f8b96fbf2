"""Two bodies of evidence that contradict each other are not averaged: their conflict is a number.

Dempster and Shafer on {fire, no fire}, with what neither says left unknown (Shafer 1976). A likelihood ratio
r is a simple support function: it commits 1 - 1/r to one side and leaves the rest unknown.
"""

import math
from typing import Annotated

from msgspec import Meta, Struct

Share = Annotated[float, Meta(ge=0, le=1)]


class Mass(Struct, frozen=True):
    """What a body of evidence commits to fire, to no fire, and leaves unknown; they sum to 1."""

    fire: Share
    no_fire: Share
    unknown: Share


class Combined(Struct, frozen=True):
    """The combination, or None where the two conflict too much to be combined; and the conflict K."""

    mass: Mass | None
    conflict: float


def conflict(one: Mass, other: Mass) -> float:
    """Return K, the share of belief that the two spend on contradicting each other."""
    return one.fire * other.no_fire + one.no_fire * other.fire


def combine(one: Mass, other: Mass, most: float) -> Combined:
    """Return Dempster's combination; with a conflict over `most` there is none, and a person decides."""
    k = conflict(one, other)
    if k > most or k >= 1.0:
        return Combined(None, k)
    left = 1.0 - k
    fire = (one.fire * other.fire + one.fire * other.unknown + one.unknown * other.fire) / left
    no_fire = (one.no_fire * other.no_fire + one.no_fire * other.unknown + one.unknown * other.no_fire) / left
    return Combined(Mass(fire, no_fire, one.unknown * other.unknown / left), k)


def discounted(one: Mass, reliability: float) -> Mass:
    """Return the mass of a source that is right so often: the rest of what it says is unknown."""
    return Mass(
        reliability * one.fire,
        reliability * one.no_fire,
        1.0 - reliability + reliability * one.unknown,
    )


def support(weight: float) -> Mass:
    """Return the simple support function of a weight of evidence, ln(likelihood ratio)."""
    committed = -math.expm1(-abs(weight))
    left = 1.0 - committed
    return Mass(committed, 0.0, left) if weight >= 0.0 else Mass(0.0, committed, left)
