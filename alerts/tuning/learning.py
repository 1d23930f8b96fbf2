"""What verdicts say of sources and places: how often each was right, with counts and an interval; proposed.

The interval is that of Wilson 1927, which holds for few cases and for none. What is in force is proposed to
change only when enough was verified and the value in force lies outside the interval.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.json import encode

from alerts.tuning.story import Story
from schemas.normal import Z_95

LEAST = 10
"""Verified incidents that a proposal needs."""

LEAST_DENIED = 3
CELL_DEG = 0.02
"""About 2 km: pixels of one works lie in one cell or its neighbour."""


class Reliability(Struct, frozen=True, kw_only=True):
    """How often incidents that a source saw were fires; `proposed` null: what is in force may stand."""

    source: str
    fires: int
    others: int
    share: float
    low: float
    high: float
    in_force: float | None = None
    proposed: float | None = None


class HotPlace(Struct, frozen=True, kw_only=True):
    """A place whose hotspots people found to be no fire, again and again, and never one."""

    longitude: float
    latitude: float
    denied: int
    low: float
    """Of the share that is no fire there."""
    high: float
    incidents: tuple[str, ...]


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the interval of a share of which so many hits among so many are known; all of it for none.

    Examples
    --------
    >>> wilson(0, 10), wilson(5, 10), wilson(0, 0)
    ((0.0, 0.2775), (0.2366, 0.7634), (0.0, 1.0))
    """
    if not count:
        return 0.0, 1.0
    share, square = hits / count, Z_95 * Z_95
    middle = (share + square / (2.0 * count)) / (1.0 + square / count)
    half = (
        Z_95
        * math.sqrt(share * (1.0 - share) / count + square / (4.0 * count * count))
        / (1.0 + square / count)
    )
    return round(max(middle - half, 0.0), 4), round(min(middle + half, 1.0), 4)


def reliabilities(
    stories: Sequence[Story], said: Sequence[bool | None], in_force: Mapping[str, float], least: int = LEAST
) -> tuple[Reliability, ...]:
    """Return how often each source was right, of what is verified; what nobody verified counts for nothing.

    `in_force` is the probability by which a source is believed now, where a document may set it.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one, is_fire in zip(stories, said, strict=True):
        if is_fire is not None:
            for source in set(one.sources):
                counts[source][0 if is_fire else 1] += 1
    return tuple(
        _reliability(name, (counts[name][0], counts[name][1]), in_force.get(name), least)
        for name in sorted(counts)
    )


def _reliability(source: str, counts: tuple[int, int], now: float | None, least: int) -> Reliability:
    fires, others = counts
    count = fires + others
    low, high = wilson(fires, count)
    is_due = now is not None and count >= least and not low <= now <= high
    return Reliability(
        source=source,
        fires=fires,
        others=others,
        share=round(fires / count, 4),
        low=low,
        high=high,
        in_force=now,
        # the mean under the prior of Jeffreys: never 0 or 1, which no later evidence could move
        proposed=round((fires + 0.5) / (count + 1.0), 3) if is_due else None,
    )


def hot_places(
    stories: Sequence[Story],
    said: Sequence[bool | None],
    satellites: AbstractSet[str],
    least: int = LEAST_DENIED,
) -> tuple[HotPlace, ...]:
    """Return the places that satellites alone call hot and people called no fire so often, and never one.

    `satellites` are the sources that measure heat; what a camera or a caller took for a fire is not hot.
    """
    denied: dict[tuple[int, int], list[Story]] = defaultdict(list)
    burned: set[tuple[int, int]] = set()
    for one, is_fire in zip(stories, said, strict=True):
        cell = math.floor(one.longitude / CELL_DEG), math.floor(one.latitude / CELL_DEG)
        if is_fire is False and one.sources and set(one.sources) <= satellites:
            denied[cell].append(one)
        elif is_fire:
            burned.add(cell)
    places = [_place(some) for cell, some in sorted(denied.items()) if not _round(cell) & burned]
    return tuple(one for one in places if one.denied >= least)


def _round(cell: tuple[int, int]) -> set[tuple[int, int]]:
    return {(cell[0] + x, cell[1] + y) for x in (-1, 0, 1) for y in (-1, 0, 1)}


def _place(stories: Sequence[Story]) -> HotPlace:
    count = len(stories)
    low, high = wilson(count, count)
    return HotPlace(
        longitude=round(sum(one.longitude for one in stories) / count, 4),
        latitude=round(sum(one.latitude for one in stories) / count, 4),
        denied=count,
        low=low,
        high=high,
        incidents=tuple(sorted(one.incident_id for one in stories))[:20],
    )


def document(found: Iterable[Reliability], classes: Mapping[str, str]) -> str:
    """Return a settings document that sets what is proposed, a layer for each source; empty: nothing is."""
    lines: list[str] = []
    for one in found:
        if one.proposed is not None and one.source in classes:
            span = f"{one.low:g} to {one.high:g}"
            reason = f"{one.fires} fires of {one.fires + one.others} verified, {span}; was {one.in_force:g}"
            lines += [
                "[[layers]]",
                f"scope = {encode(f'station:{one.source}').decode()}",
                f'reason = "{reason}"',
                f"detectors = {{sighting = {{{classes[one.source]} = {one.proposed:g}}}}}",
                "",
            ]
    return "\n".join(lines)
