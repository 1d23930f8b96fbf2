"""Dead pines found together in place and time, more than chance allows: orange without any laboratory.

Finds are laid out by place (sub-compartment, else half a kilometre of ground) and four weeks; where nobody
looked is unread and no zero. A place that was looked at is expected to have as many as any other (Poisson
scan, Kulldorff 1997; simulated negative binomial where finds are aggregated).
"""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct, field

from detectors.geodesy import KM_PER_DEGREE
from detectors.pests import chance, clustering, scan, zones
from detectors.pests.arrays import Floats
from detectors.pests.clustering import Seen
from detectors.pests.ledger import MONDAY
from detectors.pests.register import Where
from detectors.pests.unusual import Together
from schemas.observation import PestSurvey

SPAN = 13
"""Intervals that are laid out: a year of four weeks each."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is a place, an interval and a cluster of dead pines; proposals."""

    place_km: Annotated[float, Meta(gt=0, description="Side of a place without a sub-compartment.")] = 0.5
    least_places: Annotated[int, Meta(ge=2, description="Places looked at, for a scan.")] = 10
    looking: clustering.Options = field(
        default_factory=lambda: clustering.Options(
            scanning=scan.Options(
                score="poisson", most_weeks=3, most_period=1.0, circle=zones.Options(most_km=5.0)
            ),
            simulating=chance.Options(simulations=199, stop_at=10, days_between=28.0),
        )
    )


class _Find(NamedTuple):
    """One find: its id, place, interval, position and the pines."""

    name: str
    place: str
    interval: int
    longitude: float
    latitude: float
    dead: float


def clustered(
    options: Options, finds: Iterable[PestSurvey], where: Mapping[str, Where]
) -> dict[str, Together]:
    """Return for each find of dead pines the cluster that it was part of when it was made, if it was in one.

    Only what was found until the end of its own four weeks is looked at: later finds change nothing.
    """
    laid = sorted(_laid(options, one, where) for one in finds)
    found: dict[str, Together] = {}
    for now in sorted({one.interval for one in laid if one.dead >= 1}):
        until = tuple(one for one in laid if now - SPAN < one.interval <= now)
        places = _at(options, until, now)
        found |= {one.name: places[one.place] for one in until if one.interval == now and one.place in places}
    return found


def _laid(options: Options, one: PestSurvey, where: Mapping[str, Where]) -> _Find:
    at = where.get(one.observation_id) or Where(unit=one.unit_id)
    interval = (one.observed_at - MONDAY).total_seconds() / 86_400 / options.looking.simulating.days_between
    tall = options.place_km / KM_PER_DEGREE
    wide = tall / max(0.05, math.cos(math.radians(one.latitude)))
    cell = f"{math.floor(one.longitude / wide)} {math.floor(one.latitude / tall)}"
    return _Find(
        one.observation_id, at.record or cell, math.floor(interval), one.longitude, one.latitude, one.value
    )


@lru_cache(maxsize=64)
def _at(options: Options, finds: tuple[_Find, ...], now: int) -> dict[str, Together]:
    """Return the cluster of each place that is in one ending in interval `now`."""
    names = sorted({one.place for one in finds})
    if len(names) < options.least_places:
        return {}
    row = {name: at for at, name in enumerate(names)}
    trees: dict[tuple[int, int], dict[tuple[float, float], float]] = {}
    for one in finds:
        # The same spot looked at twice has the same trees.
        spots = trees.setdefault((row[one.place], one.interval - now + SPAN - 1), {})
        spot = (round(one.longitude, 4), round(one.latitude, 4))
        spots[spot] = max(spots.get(spot, 0.0), one.dead)
    counts = np.full((len(names), SPAN), np.nan)
    for cell, spots in trees.items():
        counts[cell] = sum(spots.values())
    lon, lat = (
        _middle(names, [(one.place, getattr(one, part)) for one in finds])
        for part in ("longitude", "latitude")
    )
    seen = Seen(counts, np.where(np.isfinite(counts), 1.0, np.nan), None, lon, lat)
    found = clustering.judge(options.looking, seen)
    return {names[at]: one.told for one in reversed(found) for at in one.rows}


def _middle(names: list[str], parts: list[tuple[str, float]]) -> Floats:
    """Return the mean coordinate of each place's finds."""
    of_place: dict[str, list[float]] = {}
    for place, part in parts:
        of_place.setdefault(place, []).append(part)
    return np.array([np.mean(of_place[name]) for name in names])
