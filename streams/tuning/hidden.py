"""What a change would hide before any grade is asked: as late, as hot before, as a part or a permitted burn.

Each side is asked the same questions, and what it would tell and the other would not is said. It holds
everywhere, so in protected areas too.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from detectors.association import Graph, Node, Options, linked
from detectors.geodesy import KM_PER_DEGREE
from detectors.link import is_coarse
from schemas.detection import Detection
from schemas.settings import Settings
from streams.config import check_tables
from streams.tuning.probing import AT, WHERE

AGES_H = (0.5, 1.0, 3.0, 6.0, 12.0, 24.0, 72.0)
HOT = ((2, 1), (3, 1), (5, 1), (5, 2), (7, 2), (9, 2), (9, 3))
"""Days, and calendar months, on which a place was hot before."""

Table = tuple[tuple[str, str, Sequence[float], Callable[[float, float], bool]], ...]

NUMBERS: Table = (
    ("observe.lateness_limit_d", "what comes {:.3g} days after it was seen is told no more",
     [age / 24.0 for age in AGES_H], lambda asked, limit: asked <= limit),
    ("static_heat.baseline_sigmas", "a hot place {:g} deviations above its past is told no more",
     (2.0, 3.0, 4.0, 6.0, 10.0), lambda asked, limit: asked > limit),
    ("static_heat.witness_h", "a hot place that others saw burn {:g} h apart is told no more",
     (1.0, 3.0, 6.0, 12.0, 24.0), lambda asked, limit: asked <= limit),
    ("static_heat.expires_d", "a place that was not hot for {:g} days is told no more",
     (30.0, 90.0, 180.0, 400.0, 800.0), lambda asked, limit: asked > limit),
    ("static_heat.sources_expire_d", "a works that nobody confirmed for {:g} days is told no more",
     (365.0, 800.0, 1200.0, 2500.0), lambda asked, limit: asked > limit),
    ("permits.most_tolerance_km", "a fire {:g} km outside a permitted burn pages no more",
     (0.5, 1.0, 2.0, 5.0, 9.0), lambda asked, limit: asked > limit),
)  # fmt: skip
"""Options by one number: what is said of what is told no more, what is asked, and when it is told."""

FIRST_TOLD = (("a pixel", "satellite", (0.15, 0.3, 0.4, 0.55)), ("a report", "ground", (0.3, 0.5, 0.75, 1.0)))
"""Who tells first of a second fire, and how well its place is known: the error of a place, km."""

PIXEL = Detection(
    detection_id="asked about",
    detector="hotspot",
    kind="fire",
    observation_id="asked about",
    source="asked about",
    source_class="satellite",
    look="asked about",
    observed_at=AT,
    received_at=AT,
    longitude=WHERE[0],
    latitude=WHERE[1],
    sigma_km=0.15,
    probability=0.5,
)
"""A pixel of 375 m; two of them are asked about."""

APART_KM = (5.0, 10.0, 20.0, 40.0)
APART_D = (10.0, 30.0, 90.0)
BETWEEN_KM = (3.0, 5.0, 10.0)
SIDES_KM = (2.0, 4.0, 8.0)
"""Of pixels of geostationary satellites; 8 km stands for one whose place is known no better."""
RADII_KM = (1.0, 2.5, 5.0, 10.0)
"""Within which who reports a fire says that it is: two errors of a place."""


def hidden(
    before: Settings, after: Settings, owners: Iterable[tuple[str, type[Any]]], today: date
) -> tuple[str, ...]:
    """Return what is told under one side and hidden under the other; a line for each kind."""
    owners = tuple(owners)
    was, now = (check_tables(one, owners) for one in (before, after))
    lines = (*_numbers(was, now), *_heat(was, now), *_joined(was, now), *_bans(was, now, today),
             *_losses(was, now))  # fmt: skip
    return tuple(f"everywhere, also in protected areas, {line}" for line in lines)


def _numbers(was: Any, now: Any) -> Iterator[str]:
    for path, words, asked, is_told in NUMBERS:
        table, _, option = path.partition(".")
        limits = [getattr(side[table], option) for side in (was, now)]
        lost = next((one for one in asked if is_told(one, limits[0]) and not is_told(one, limits[1])), None)
        if lost is not None:
            yield words.format(lost)


def _heat(was: Any, now: Any) -> Iterator[str]:
    for days, months in HOT:
        masked = [
            days >= one.days and months >= one.months for one in (was["static_heat"], now["static_heat"])
        ]
        if masked == [False, True]:
            yield f"a place that was hot on {days} days in {months} months is told no more"
            return


def _joined(was: Any, now: Any) -> Iterator[str]:
    """Yield how far apart two fires would be one that were two: of the second nobody is told by itself."""
    old, new = was["association"], now["association"]
    blunter = replace(old, coarse_km=new.coarse_km, coarse_witness_km=new.coarse_witness_km)
    between = [((km, side), _row(km=km, between=side)) for km in BETWEEN_KM for side in SIDES_KM]
    word = [
        ((km, radius), _row(km=km, between=radius / 2.0 * math.sqrt(12.0), by="ground"))
        for km in BETWEEN_KM
        for radius in RADII_KM
    ]
    for words, after, rows in (
        ("a fire {:g} km from another", new, [((km,), _row(km=km)) for km in APART_KM]),
        ("a fire {:g} days after another", new, [((days,), _row(days=days)) for days in APART_D]),
        ("a fire {:g} km from another, with a pixel of {:g} km between,", blunter, between),
        ("a fire {:g} km from another, with a report of {:g} km around between,", blunter, word),
    ):
        for asked, row in rows:
            if _is_chain(after, row) and not _is_chain(old, row):
                yield f"{words.format(*asked)} is told as a part of it"
                break
    for words, source_class, sigmas in FIRST_TOLD:
        lost = (
            km for km in sigmas if _stays_two(old, source_class, km) and not _stays_two(new, source_class, km)
        )
        for sigma_km in lost:
            yield (
                f"a fire 5 km from another, with a pixel of 4 km between, of which {words} known to"
                f" {sigma_km:g} km tells first is told as a part of it"
            )
            break


def _stays_two(options: Options, source_class: Any, sigma_km: float) -> bool:
    """Return whether what first tells of a fire opens one, though a wide pixel sees another beside it."""
    graph = Graph(options)
    of_both, second = _row(km=5.0, between=4.0)[1:]
    for name, node, sigma in (("0", PIXEL, PIXEL.sigma_km), ("1", of_both.claim, of_both.sigma)):
        graph.add(replace(node, detection_id=name, sigma_km=sigma))
    word = replace(second.claim, detection_id="2", sigma_km=sigma_km, source_class=source_class)
    graph.add(word)
    return len(graph.fires()) == 2


def _is_chain(options: Options, row: Sequence[Node]) -> bool:
    """Return whether each claim is linked to the next, and none between is too coarse to join."""
    return all(linked(options, one, two) for one, two in pairwise(row)) and not any(
        is_coarse(options, node) for node in row[1:-1]
    )


def _row(km: float = 0.0, days: float = 0.0, between: float = 0.0, by: Any = "satellite") -> list[Node]:
    """Return two pixels so far apart, and a claim as sure as one of that side half way between."""
    steps = [PIXEL.latitude + k * km / 2.0 / KM_PER_DEGREE for k in range(3)]
    one, middle, two = (Node(replace(PIXEL, latitude=latitude)) for latitude in steps)
    two.seconds = one.seconds + days * 86400.0
    middle.sigma, middle.claim = between / math.sqrt(12.0), replace(middle.claim, source_class=by)
    return [one, middle, two] if between else [one, two]


def _bans(was: Any, now: Any, today: date) -> Iterator[str]:
    kept = {(one.first, one.last, one.areas) for one in now["permits"].bans}
    for one in was["permits"].bans:
        if one.last >= today and (one.first, one.last, one.areas) not in kept:
            yield f"a permitted burn in spite of the ban {one.ref or one.first} pages no more"


def _losses(was: Any, now: Any) -> Iterator[str]:
    """Yield which sources are missed no more, and on which danger level the loss of one pages no more."""
    kept = {(one.source, one.layer) for one in now["blind"].expected}
    for one in was["blind"].expected:
        if (one.source, one.layer) not in kept:
            yield f"nobody is told that {one.source or one.layer} no longer looks"
    rules = [(*side["blind"].grade.by_danger, side["blind"].grade.unknown) for side in (was, now)]
    for level, (old, new) in enumerate(zip(*rules, strict=True), 1):
        if old != "task" and new == "task":
            yield f"the loss of a source pages no more on danger level {level if level < 6 else 'unknown'}"
            return
