"""Judge one part of the past under two settings: once where they decide alike, twice where they do not."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from alerts.tuning.beside import Noted
from alerts.tuning.story import Story
from schemas.alert import Alert
from schemas.codec import decode, encode
from schemas.hop import Hop
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.units import UtcTime
from streams.hops.build import build_hops
from streams.pipeline import rare_collections
from streams.region import load_region
from streams.tables import load_tables
from streams.tuning.cutting import EVERYWHERE, PESTS, SHARED
from streams.tuning.differing import Difference, Told, both, difference
from streams.tuning.lean import is_drawn, tried
from streams.tuning.misses import Miss, nearest
from streams.tuning.passing import LAST, Clock, Kept, Say, judged_again, of_groups, passed
from streams.tuning.stories import stories_of
from streams.tuning.summing import Shared


class Work(Struct, frozen=True, kw_only=True):
    """One part of the past: its deliveries, the group of each observation in them, and when time passes.

    `base` and `candidate` are judged in `region`. What belongs to more than one group has a label below zero.
    """

    base: Settings
    candidate: Settings
    region: str | None
    carbon: bool
    shown: bool
    deliveries: tuple[Delivery, ...]
    labels: tuple[tuple[int, ...], ...]
    numbers: tuple[int, ...]
    """Of each delivery, how many came before it in the whole past."""
    times: tuple[UtcTime, ...]
    trapped_at: UtcTime | None = None
    """When the first trap count of the whole past came: from then on weeks end."""
    expecting: bool = False
    """Whether sources are expected, so that silence is noticed while nothing arrives."""
    tells: tuple[Literal["base", "candidate"], ...] = ("base", "candidate")
    """Of which side what comes of this part is told."""


class Said(Struct, frozen=True, kw_only=True):
    """An alert, and what one judge of the whole past would have told by: delivery, then the oldest claim."""

    number: int
    seen_at: UtcTime
    name: str
    alert: Alert


class Side(Struct, frozen=True, kw_only=True):
    """What one side tells of a part: with `shown` every alert, else those alone that page."""

    stories: tuple[Story, ...] = ()
    said: tuple[Said, ...] = ()
    misses: tuple[Miss, ...] = ()


class Judged(Struct, frozen=True, kw_only=True):
    """What both sides tell of a part, and how many of its observations were judged twice."""

    base: Side
    candidate: Side
    twice: int


def judged(work: Work, say: Say) -> Judged:
    """Return what both settings tell of one part of the past."""
    rare_collections()
    noted, told = Noted(), Told()
    differs, hops, others = _given(encode(work.base), encode(work.candidate), work.region)
    observing, judging = hops
    if differs.claims and not differs.everything:
        observing = both(observing, others[0], told)
    beside = others[1] if differs.decisions and not differs.everything else None
    anew = differs.claims or differs.everything
    drawn = is_drawn(judging.options, carbon=work.carbon, says=work.shown)
    known = None if anew or beside is None else Shared(drawn=drawn)
    told_of = partial(
        tried, carbon=work.carbon, says=work.shown, expecting=work.expecting, drawn=drawn, known=known
    )
    judging = told_of(judging, noted=noted, other=beside)
    first = passed(_clock(work), _given_of(work), (observing, judging), say)
    base = _side(work, first)
    labels = _labels(work)
    groups = _groups(labels, first, noted.incidents, told)
    if differs.everything or told.all_else:
        groups = frozenset({EVERYWHERE})
    if not groups:
        return Judged(base=base, candidate=base, twice=0)
    part = work if EVERYWHERE in groups else narrowed(work, groups)
    second = _side(
        part, _second(part, None if anew else first, _wanted(labels, groups), (others[0], told_of(others[1])))
    )
    shared = Side() if EVERYWHERE in groups else without(labels, first, base, groups)
    return Judged(base=base, candidate=_together(shared, second), twice=_count(part))


def prepare(work: Work) -> None:
    """Make once what every part is judged with, before other processes are forked."""
    _given(encode(work.base), encode(work.candidate), work.region)


@lru_cache(maxsize=1)
def _given(
    base: bytes, candidate: bytes, where: str | None
) -> tuple[Difference, tuple[Hop, Hop], tuple[Hop, Hop]]:
    """Return how two settings differ and the hops of both; made once in a program for all its parts."""
    region = load_region(None if where is None else Path(where))
    sides = [decode(one, Settings) for one in (base, candidate)]
    (first, second, *_), (third, fourth, *_) = (build_hops(one, region) for one in sides)
    return difference(*sides), (first, second), (third, fourth)


def _clock(work: Work) -> Clock:
    return Clock(times=work.times, trapped_at=work.trapped_at, expecting=work.expecting)


def _given_of(work: Work) -> Iterator[tuple[int, datetime, Delivery]]:
    for number, one in zip(work.numbers, work.deliveries, strict=True):
        yield number, one.received_at, one


def _wanted(labels: Mapping[str, int], groups: AbstractSet[int]) -> AbstractSet[str] | None:
    """Return the observations of these groups and of what belongs to every group; None: all of them."""
    if EVERYWHERE in groups:
        return None
    return {name for name, label in labels.items() if label in groups or label in SHARED}


def _second(work: Work, first: Kept | None, wanted: AbstractSet[str] | None, hops: tuple[Hop, Hop]) -> Kept:
    """Return what the other side makes of what is wanted: of what `first` claimed, where both claim alike."""
    if first is None:
        return passed(_clock(work), _given_of(work), hops, lambda _done: None)
    heard = iter(first.heard) if wanted is None else of_groups(first.heard, wanted)
    return judged_again(_clock(work), heard, hops[1])


def _side(work: Work, outcome: Kept) -> Side:
    region = load_region(None if work.region is None else Path(work.region))
    seen = (one for delivery in work.deliveries for one in delivery.observations)
    return Side(
        stories=stories_of(outcome, load_tables().evidence.surroundings),
        said=tuple(_said(work, outcome)),
        misses=nearest(outcome, seen, region.newest),
    )


def _said(work: Work, outcome: Kept) -> Iterator[Said]:
    """Yield what was told, with its place in the order in which one judge tells."""
    anchors = outcome.anchors
    for alert, number in zip(outcome.alerts, outcome.numbers, strict=True):
        if work.shown or alert.pages:
            oldest = anchors.get(alert.incident_id)
            if number == LAST or oldest is None:
                yield Said(number=number, seen_at=alert.observed_at, name=alert.incident_id, alert=alert)
                continue
            yield Said(number=number, seen_at=oldest.observed_at, name=oldest.detection_id, alert=alert)


def _labels(work: Work) -> dict[str, int]:
    return {
        one.observation_id: label
        for delivery, labels in zip(work.deliveries, work.labels, strict=True)
        for one, label in zip(delivery.observations, labels, strict=True)
    }


def _named(labels: Mapping[str, int], outcome: Kept, name: str, default: int) -> int:
    """Return the group of an incident by the claim that gave it its name; `default` where none did."""
    oldest = outcome.anchors.get(name)
    return default if oldest is None else labels.get(oldest.observation_id, EVERYWHERE)


def _groups(
    labels: Mapping[str, int], outcome: Kept, incidents: AbstractSet[str], told: Told
) -> frozenset[int]:
    """Return the groups of which the two sides would tell differently."""
    found = {_named(labels, outcome, name, EVERYWHERE) for name in incidents}
    found |= {labels[name] for name in told.observations}
    return frozenset({EVERYWHERE}) if found & SHARED else frozenset(found)


def narrowed(work: Work, groups: AbstractSet[int]) -> Work:
    """Return the part with these groups alone, and with what belongs to every group."""
    wanted = groups | SHARED
    deliveries, labels, numbers = [], [], []
    for delivery, marks, number in zip(work.deliveries, work.labels, work.numbers, strict=True):
        kept = [k for k, label in enumerate(marks) if label in wanted]
        if kept:
            seen = tuple(delivery.observations[k] for k in kept)
            deliveries.append(replace(delivery, observations=seen))
            labels.append(tuple(marks[k] for k in kept))
            numbers.append(number)
    return replace(work, deliveries=tuple(deliveries), labels=tuple(labels), numbers=tuple(numbers))


def without(labels: Mapping[str, int], outcome: Kept, side: Side, groups: AbstractSet[int]) -> Side:
    """Return what a side tells of all but these groups."""

    def is_left(name: str) -> bool:
        return _named(labels, outcome, name, PESTS) not in groups

    return Side(
        stories=tuple(one for one in side.stories if is_left(one.incident_id)),
        said=tuple(one for one in side.said if is_left(one.alert.incident_id)),
        misses=tuple(one for one in side.misses if labels[one.observation_id] not in groups),
    )


def _together(one: Side, other: Side) -> Side:
    return Side(
        stories=(*one.stories, *other.stories),
        said=(*one.said, *other.said),
        misses=(*one.misses, *other.misses),
    )


def _count(work: Work) -> int:
    return sum(label >= 0 or label == PESTS for labels in work.labels for label in labels)
