"""Dead pines of one sub-compartment add up: from the air they come one tree a row.

Of each spot the newest look within the window counts, so a tree seen again is one tree. What was seen from
the air and what was counted on the ground are not added: they may be the same trees, and the larger sum
holds.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated

from msgspec import Meta, Struct

from detectors.pests.register import Where
from schemas.observation import PestSurvey

Spot = tuple[float, float]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which dead pines are added up; proposals."""

    within_d: Annotated[float, Meta(gt=0, description="Days of one round of survey, to be added up.")] = 60.0


def summed(options: Options, finds: Iterable[PestSurvey], where: Mapping[str, Where]) -> dict[str, float]:
    """Return, of each find that names a sub-compartment, how many dead pines were known there by its day."""
    of_unit: dict[tuple[str, str], list[PestSurvey]] = {}
    for one in finds:
        at = where.get(one.observation_id) or Where(unit=one.unit_id)
        if at.record:
            of_unit.setdefault((at.record, one.measure), []).append(one)
    found: dict[str, float] = {}
    for rows in of_unit.values():
        found |= _sums(options, rows)
    return found


def _day(one: PestSurvey) -> date:
    return one.observed_at.date()


def _sums(options: Options, rows: Iterable[PestSurvey]) -> dict[str, float]:
    """Return the sum by each find's own day; trees told at one spot on one day are several."""
    found: dict[str, float] = {}
    newest: dict[Spot, tuple[date, float]] = {}
    looks: deque[tuple[date, Spot]] = deque()
    for day, of_day in groupby(sorted(rows, key=_day), key=_day):
        while looks and looks[0][0] <= day - timedelta(days=options.within_d):
            past, spot = looks.popleft()
            if newest.get(spot, (day, 0.0))[0] == past:
                del newest[spot]
        told = list(of_day)
        dead: dict[Spot, float] = {}
        for one in told:
            # some ten metres: what two flights say of one tree differs by so much
            spot = (round(one.longitude, 4), round(one.latitude, 4))
            dead[spot] = dead.get(spot, 0.0) + one.value
        newest |= {spot: (day, number) for spot, number in dead.items()}
        looks.extend((day, spot) for spot in dead)
        total = sum(number for _, number in newest.values())
        found |= {one.observation_id: total for one in told}
    return found
