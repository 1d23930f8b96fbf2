"""The official class of a fire by its damage: any one bound is enough, the highest class counts.

The bounds are data of the jurisdiction (森林防火条例 art. 40, 农牧发〔2010〕7号 art. 4); `以上` includes.
Only what an authorised person entered is asked: area that satellites saw burn is not damaged forest.
"""

import math
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from schemas.jurisdiction import Bound, FireClass

Land = Literal["forest", "grassland"]

AREA = {"forest": "damaged_forest_ha", "grassland": "grassland_ha"}
"""What area a class of each land asks for."""


class Classed(Struct, frozen=True, kw_only=True):
    """The class, and the bound by which it is that: the measure and its value."""

    found: FireClass
    measure: str
    value: float


class Damage(Struct, frozen=True, kw_only=True):
    """What an authorised person entered of one fire; None is unknown, and not 0.

    `area_ha` is 受害森林面积 or grassland burned, ha; `loss_cny` direct loss, yuan.
    """

    kind: Land
    area_ha: float | None = None
    dead: int | None = None
    serious: int | None = None
    loss_cny: float | None = None


def fire_class(classes: Iterable[FireClass], damage: Damage) -> Classed | None:
    """Return the highest class that these figures reach; None: too little is known, or too little happened.

    `classes` are the rows of the jurisdiction.

    Raises
    ------
    ValueError
        When a figure is negative or not a number: unknown is None.
    """
    known = _known(damage)
    for row in sorted(classes, key=lambda row: -row.rank):
        if row.land != damage.kind:
            continue
        for bound in row.any:
            value = known.get(bound.measure)
            if value is not None and _within(bound, value):
                return Classed(found=row, measure=bound.measure, value=value)
    return None


def _known(damage: Damage) -> dict[str, float]:
    given = {
        AREA[damage.kind]: damage.area_ha,
        "deaths": damage.dead,
        "serious_injuries": damage.serious,
        "casualties": _casualties(damage),
        "loss_cny": damage.loss_cny,
    }
    known = {name: float(value) for name, value in given.items() if value is not None}
    for name, value in known.items():
        if not (math.isfinite(value) and value >= 0.0):
            raise ValueError(f"{name}: {value!r} is no figure; unknown is None")
    return known


def _casualties(damage: Damage) -> int | None:
    """Return how many were killed or seriously injured, at least: one figure alone is that many."""
    if damage.dead is None and damage.serious is None:
        return None
    return (damage.dead or 0) + (damage.serious or 0)


def _within(bound: Bound, value: float) -> bool:
    return value >= bound.at_least and (bound.below is None or value < bound.below)
