"""Split the past into parts that may be judged side by side, the same parts on any number of cores."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from detectors.region import AnyRegion
from schemas.observation import Delivery, Hotspot, TrapCount
from schemas.settings import Settings
from streams.config import check_tables
from streams.hops.build import OWNERS, is_expecting
from streams.tables import load_tables
from streams.tuning.cutting import EVERYWHERE, PESTS, Groups, Reach, grouped, packed, within_reach
from streams.tuning.judging import Work
from streams.tuning.sifting import sifted

PARTS = 8
"""Enough that a few cores finish together, few enough that weather is not judged too often."""

MARGIN_KM = 2.0
GEOSTATIONARY_KM = 1.5
"""Pixels so wide may be drawn where they are not; narrower ones are on the terrain already."""

DISPLACED_KM = 12.0
"""So far apart may the ground move two pixels of a geostationary satellite that lie together."""


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
    asked = within_reach(groups, part_of, PARTS, reach)
    for part in range(PARTS):
        mine = _mine(groups, part_of, part) | asked[:, part]
        if (mine & (groups.labels >= 0)).any() or (part == PARTS - 1 and (groups.labels == PESTS).any()):
            yield _part(whole, groups, mine | (groups.labels == EVERYWHERE))


def _has_traps(delivery: Delivery) -> bool:
    return any(isinstance(one, TrapCount) for one in delivery.observations)


def _mine(groups: Groups, part_of: np.ndarray, part: int) -> np.ndarray:
    located = groups.labels >= 0
    mine = np.zeros(len(groups.labels), dtype=bool)
    mine[located] = part_of[groups.labels[located]] == part
    return mine | ((groups.labels == PESTS) if part == PARTS - 1 else False)


def _part(whole: Work, groups: Groups, mine: np.ndarray) -> Work:
    deliveries: list[Delivery] = []
    labels: list[tuple[int, ...]] = []
    numbers: list[int] = []
    start = 0
    for number, delivery in enumerate(whole.deliveries):
        end = start + len(delivery.observations)
        kept = np.flatnonzero(mine[start:end])
        if len(kept):
            seen = tuple(delivery.observations[k] for k in kept.tolist())
            deliveries.append(
                Delivery(
                    delivery_id=delivery.delivery_id, received_at=delivery.received_at, observations=seen
                )
            )
            labels.append(tuple(groups.labels[start + kept].tolist()))
            numbers.append(number)
        start = end
    return Work(
        base=whole.base,
        candidate=whole.candidate,
        region=whole.region,
        carbon=whole.carbon,
        shown=whole.shown,
        deliveries=tuple(deliveries),
        labels=tuple(labels),
        numbers=tuple(numbers),
        times=whole.times,
        trapped_at=whole.trapped_at,
    )


def _reach(whole: Work) -> Reach:
    """Return the longest reach of the rules of either side."""
    sides = [check_tables(one, OWNERS) for one in (whole.base, whole.candidate)]
    links = [(one["association"].max_reach_km, one["spotting"].reach_km) for one in sides]
    permits = [one["permits"].most_tolerance_km for one in sides]
    seen = (one for delivery in whole.deliveries for one in delivery.observations)
    is_moved = any(isinstance(one, Hotspot) and one.scan_km >= GEOSTATIONARY_KM for one in seen)
    return Reach(
        link_km=max(*(max(one) for one in links), *permits) + (DISPLACED_KM if is_moved else MARGIN_KM),
        sight_km=max(one["detectors.sighting"].aim.reach_m for one in sides) / 1000.0,
        weather_km=max(one["weather"].reach_km for one in sides),
    )
