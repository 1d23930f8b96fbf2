"""A part of the past goes through the hops: time passes whenever anything arrived anywhere."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from schemas.detection import Claims, Detection
from schemas.hop import Hop, Output
from schemas.observation import Delivery, TrapCount
from schemas.topics import ALERT, DETECTION, OBSERVATION
from schemas.units import UtcTime
from streams.garbage import calm
from streams.hops.desk import Desk
from streams.hops.ids import lasting_id
from streams.pipeline import Pipeline
from streams.replay import Outcome, tick, ticks
from streams.tuning.lean import says_nothing

SWEPT = timedelta(days=1)
LAST = 1 << 62
"""Number of what comes as time passes, once everything received at a time has been judged."""

Say = Callable[[int], None]
"""Told how many observations have been judged."""


@dataclass
class Kept(Outcome):
    """What a run puts out, with the claims by which incidents get their names."""

    claims: list[Detection] = field(default_factory=list)
    number: int = 0
    numbers: list[int] = field(default_factory=list)
    """Of each alert, the delivery it came with."""
    heard: list[tuple[int, Claims]] = field(default_factory=list)
    """Of each delivery what the judge was given; time passing is left out."""

    @cached_property
    def anchors(self) -> dict[str, Detection]:
        """The claims, by the id of the incident that each may have given its name; asked for at the end."""
        return {lasting_id("F", one.observed_at, one.detection_id): one for one in self.claims}

    def take(self, output: Output) -> None:
        """Note one message."""
        if output.topic is DETECTION:
            self.claims += output.value.detections
            if self.number != LAST:
                self.heard.append((self.number, output.value))
        elif output.topic is ALERT:
            self.numbers.append(self.number)
        super().take(output)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When time passes in a part."""

    times: tuple[UtcTime, ...]
    trapped_at: UtcTime | None
    expecting: bool

    def walk(self, feed: "Feed", is_due: Callable[[datetime], bool]) -> None:
        """Feed everything at its time and let time pass after it, where anything comes of that."""
        for at, following in zip(self.times, (*self.times[1:], None), strict=True):
            is_fed = feed.until(at)
            weeks = self.trapped_at is not None and at >= self.trapped_at
            for time in ticks(at, following or at, every=self.expecting, weeks=weeks):
                if is_fed or feed.is_trapped or self.expecting or is_due(time):
                    feed.tick(time)
                is_fed = False


@dataclass
class Feed:
    """What is fed to a pipeline, in order: deliveries, or the claims that another run made of them."""

    pipeline: Pipeline
    outcome: Kept
    given: Iterator[tuple[int, datetime, Any]]
    say: Say
    is_trapped: bool = False
    done: int = 0
    _next: tuple[int, datetime, Any] | None = None

    def until(self, at: datetime) -> bool:
        """Feed what was received at this time; return whether there was anything."""
        is_fed = False
        self._next = self._next or next(self.given, None)
        while self._next is not None and self._next[1] == at:
            self.outcome.number = self._next[0]
            self._feed(self._next[2])
            is_fed, self._next = True, next(self.given, None)
        self.say(self.done)
        self.outcome.number = LAST
        return is_fed

    def _feed(self, one: Delivery | Claims) -> None:
        if isinstance(one, Delivery):
            self.is_trapped = self.is_trapped or any(isinstance(seen, TrapCount) for seen in one.observations)
            self.done += len(one.observations)
            self.pipeline.feed(OBSERVATION, one)
            return
        self.is_trapped = self.is_trapped or any(isinstance(seen, TrapCount) for seen in one.pests)
        self.outcome.take(Output(DETECTION, "", one))
        self.pipeline.feed(DETECTION, one)

    def tick(self, at: datetime) -> None:
        """Let time pass."""
        self.pipeline.feed(OBSERVATION, tick(at))


@dataclass
class ClaimFeed(Feed):
    """Claims in the place of deliveries: the step that claims is not gone through again."""

    def tick(self, at: datetime) -> None:
        """Let time pass."""
        self.pipeline.feed(DETECTION, Claims(origin=0, origins=1, received_at=at))


@calm()
def passed(
    clock: Clock, given: Iterator[tuple[int, datetime, Delivery]], hops: Sequence[Hop], say: Say
) -> Kept:
    """Return what hops make of deliveries, each with its number and when it was received."""
    outcome = Kept()
    pipeline = Pipeline(hops, outcome.take)
    clock.walk(Feed(pipeline, outcome, given, say), lambda time: is_due(pipeline, hops[1], time))
    return outcome


@calm()
def judged_again(clock: Clock, heard: Iterator[tuple[int, Claims]], judge: Hop) -> Kept:
    """Return what another judge makes of the claims that were made."""
    outcome = Kept()
    pipeline = Pipeline((judge,), outcome.take)
    given = ((number, one.received_at, one) for number, one in heard)
    feed = ClaimFeed(pipeline, outcome, given, lambda _done: None)
    clock.walk(feed, lambda time: is_due(pipeline, judge, time))
    return outcome


def is_due(pipeline: Pipeline, judge: Hop, time: datetime) -> bool:
    """Return whether anything happens in the judge when time passes and nothing has come."""
    desk: Desk = pipeline.state("judge")
    if desk.held or desk.swept_at is None or time - desk.swept_at >= SWEPT:
        return True
    quiet = timedelta(hours=judge.options.local.least_quiet_h)
    return bool(desk.closing) and desk.closing[0][0] <= time - quiet


def of_groups(heard: Sequence[tuple[int, Claims]], wanted: AbstractSet[str]) -> Iterator[tuple[int, Claims]]:
    """Yield the claims that some observations led to, with what belongs to no single one."""
    for number, one in heard:
        mine = replace(
            one,
            detections=tuple(each for each in one.detections if each.observation_id in wanted),
            silences=tuple(each for each in one.silences if each.observation_id in wanted),
            pests=tuple(each for each in one.pests if each.observation_id in wanted),
        )
        if mine.silences or not says_nothing(mine):
            yield number, mine
