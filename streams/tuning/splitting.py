"""Split the past into parts that may be judged side by side, the same parts on any number of cores."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec.structs import replace

from detectors.hotspot import sigma_km
from detectors.link import limit_km
from detectors.region import AnyRegion
from schemas.observation import Delivery, Hotspot, TrapCount
from schemas.settings import Settings
from streams.config import check_tables
from streams.hops.build import OWNERS, is_expecting
from streams.tables import load_tables
from streams.tuning.cutting import EVERYWHERE, PESTS, SHARP_KM, Groups, Reach, grouped, packed, within_reach
from streams.tuning.judging import Work
from streams.tuning.sifting import sifted

PARTS = 8
"""Enough that a few cores finish together, few enough that weather is not judged too often."""

MARGIN_KM = 0.5
"""Distances are reckoned on spheres and planes that differ by far less."""

DISPLACED_KM = 12.0
"""So far may the ground move a pixel that is not drawn on the terrain, beyond one that lies beside it."""


def works(  # noqa: PLR0913 - the past, both settings, where, and what is asked
    given: Sequence[Delivery],
    base: Settings,
    candidate: Settings,
    where: str | None,
    region: AnyRegion,
    *,
    carbon: bool,
) -> tuple[Work, ...]:
    """Return the parts of a past; where sources are expected each side is one: silence is asked of all.

    Then a part tells of one side alone, so that the two are judged side by side on two cores.
    """
    times = tuple(dict.fromkeys(one.received_at for one in given))
    expecting = is_expecting(base, region) or is_expecting(candidate, region)
    if not expecting:
        given = sifted(given, load_tables().evidence.against, _remembered(base, candidate))
    shown = bool(base.receivers or candidate.receivers)
    whole = Work(
        base=base,
        candidate=candidate,
        region=where,
        carbon=carbon,
        shown=shown,
        deliveries=tuple(given),
        labels=tuple((0,) * len(one.observations) for one in given),
        numbers=tuple(range(len(given))),
        times=times,
        trapped_at=next((one.received_at for one in given if _has_traps(one)), None),
        expecting=expecting,
    )
    if not whole.expecting:
        return tuple(_parts(whole))
    if base == candidate:
        return (whole,)
    return (
        replace(whole, candidate=base, tells=("base",)),
        replace(whole, base=candidate, tells=("candidate",)),
    )


def _remembered(*sides: Settings) -> timedelta:
    """Return how long both sides know a repeat."""
    options = [check_tables(one, OWNERS)["observe"] for one in sides]
    return timedelta(days=min(max(one.remember_d, one.lateness_limit_d + 1.0) for one in options))


def _parts(whole: Work) -> Iterator[Work]:
    """Yield the parts that hold anything."""
    reach = _reach(whole)
    groups = grouped([one for delivery in whole.deliveries for one in delivery.observations], reach)
    part_of = packed(groups, PARTS)
    of = np.repeat(np.arange(len(whole.deliveries)), [len(one.observations) for one in whole.deliveries])
    asked = within_reach(groups, part_of, PARTS, reach)
    for part in range(PARTS):
        mine = _mine(groups, part_of, part) | asked[:, part]
        if (mine & (groups.labels >= 0)).any() or (part == PARTS - 1 and (groups.labels == PESTS).any()):
            yield _part(whole, groups, of, mine | (groups.labels == EVERYWHERE))


def _has_traps(delivery: Delivery) -> bool:
    return any(isinstance(one, TrapCount) for one in delivery.observations)


def _mine(groups: Groups, part_of: np.ndarray, part: int) -> np.ndarray:
    located = groups.labels >= 0
    mine = np.zeros(len(groups.labels), dtype=bool)
    mine[located] = part_of[groups.labels[located]] == part
    return mine | ((groups.labels == PESTS) if part == PARTS - 1 else False)


def _part(whole: Work, groups: Groups, of: np.ndarray, mine: np.ndarray) -> Work:
    """Return the part of these rows; `of` is the delivery of each row."""
    rows = np.flatnonzero(mine)
    numbers, first = np.unique(of[rows], return_index=True)
    began = np.searchsorted(of, numbers)
    deliveries: list[Delivery] = []
    labels: list[tuple[int, ...]] = []
    marks, at = groups.labels[rows].tolist(), rows.tolist()
    spans = pairwise([*first.tolist(), len(rows)])
    for number, before, (start, end) in zip(numbers.tolist(), began.tolist(), spans, strict=True):
        one = whole.deliveries[number]
        if end - start < len(one.observations):
            seen = tuple([one.observations[k - before] for k in at[start:end]])
            one = Delivery(delivery_id=one.delivery_id, received_at=one.received_at, observations=seen)
        deliveries.append(one)
        labels.append(tuple(marks[start:end]))
    return replace(whole, deliveries=tuple(deliveries), labels=tuple(labels), numbers=tuple(numbers.tolist()))


def _reach(whole: Work) -> Reach:
    """Return the longest reach of the rules of either side."""
    sides = [check_tables(one, OWNERS) for one in (whole.base, whole.candidate)]
    vague = frozenset(load_tables().satellites)
    seen = (one for delivery in whole.deliveries for one in delivery.observations)
    is_moved = any(isinstance(one, Hotspot) and one.satellite in vague for one in seen)
    links = [one["association"] for one in sides]
    furthest = max(one.max_reach_km for one in links)
    return Reach(
        sharp_km=min(max(_sharp_km(whole, sides), *(one.floor_km for one in links)), furthest) + MARGIN_KM,
        spark_km=max(one["spotting"].reach_km for one in sides) + MARGIN_KM,
        link_km=furthest + MARGIN_KM + (DISPLACED_KM if is_moved else 0.0),
        sight_km=max(one["detectors.sighting"].aim.reach_m for one in sides) / 1000.0,
        weather_km=max(one["weather"].reach_km for one in sides),
        vague=vague,
    )


def _sharp_km(whole: Work, sides: Sequence[Mapping[str, Any]]) -> float:
    """Return how far apart two sharp pixels may lie that are of one fire or of one static heat."""
    layers = (
        layer.detectors.get("hotspot", {}) for one in (whole.base, whole.candidate) for layer in one.layers
    )
    own = [float(one["geolocation_km"]) for one in layers if "geolocation_km" in one]
    error_km = max(*own, *(one["detectors.hotspot"].geolocation_km for one in sides))
    sigma = sigma_km(SHARP_KM, SHARP_KM, error_km)
    return max(*(limit_km(one["association"], sigma, sigma) for one in sides), math.hypot(SHARP_KM, SHARP_KM))
