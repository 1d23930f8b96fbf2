"""Replay: the same pure steps over recorded files in event time, and four files that tell what came of it."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from detectors.pests.ledger import MONDAY, WEEK
from detectors.region import WORLD, AnyRegion
from schemas.act import AnyAct
from schemas.alert import Alert
from schemas.carbon import AnyCarbon
from schemas.detection import Claims, Detection
from schemas.hop import Hop, Output
from schemas.incident import Incident
from schemas.notice import Notice
from schemas.observation import Delivery, TrapCount
from schemas.reason import Silence
from schemas.settings import Settings
from schemas.topics import ACT, ALERT, CARBON, DETECTION, INCIDENT, NOTICE, OBSERVATION, SILENCE, VERDICT
from schemas.verdict import Verdict
from streams import abreast, ahead
from streams.drawn import drawer
from streams.explain.witnesses import by_source
from streams.forked import FailedError
from streams.garbage import calm
from streams.hops.build import build_hops, expects_ever, is_expecting
from streams.hops.deliver import at_once
from streams.lines import Told, shown, spoken, write_out
from streams.pipeline import Pipeline
from streams.recorded import Recorded, deliveries
from streams.rounds import in_rounds
from streams.said import with_said

SILENCE_STEP = timedelta(minutes=10)
"""How often time passes where nothing arrives, so that silence is noticed."""

Progress = Callable[[int], None]
"""Told now and then how many observations have been judged."""


@dataclass
class Outcome:
    """Everything a replay put out, as it came."""

    alerts: list[Alert] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    duplicates: list[Silence] = field(default_factory=list)
    witnessed: dict[str, Detection] = field(default_factory=dict)
    """What people and instruments claimed, by observation; satellites' ids say place and time themselves."""
    notices: list[Notice] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    acts: list[AnyAct] = field(default_factory=list)
    carbon: list[AnyCarbon] = field(default_factory=list)
    """Totals of carbon at risk and close-outs, as they were said."""

    def take(self, output: Output) -> None:
        """Note one message."""
        match output.topic.name:
            case ALERT.name:
                self.alerts.append(output.value)
            case INCIDENT.name:
                self.incidents[output.value.incident_id] = output.value
            case SILENCE.name:
                self._silence(output.value)
            case DETECTION.name:
                self._claimed(output.value)
            case VERDICT.name:
                self.verdicts.append(output.value)
            case CARBON.name:
                self.carbon.append(output.value)
            case ACT.name:
                self.acts.append(output.value)
            case NOTICE.name if isinstance(output.value, Notice):
                self.notices.append(output.value)
            case _:
                pass

    def _claimed(self, claims: Claims) -> None:
        for silence in claims.silences:
            self._silence(silence)
        for claim in claims.detections:
            if claim.source_class != "satellite":
                self.witnessed[claim.observation_id] = claim

    def _silence(self, silence: Silence) -> None:
        if silence.outcome == "duplicate":
            self.duplicates.append(silence)
        elif silence.reason is None:
            self.silences.pop(silence.observation_id, None)
        else:
            self.silences[silence.observation_id] = silence


@calm()
def run(  # noqa: PLR0913 - a replay is asked for with these
    given: Iterable[Delivery],
    settings: Settings,
    region: AnyRegion = WORLD,
    progress: Progress | None = None,
    hops: Sequence[Hop] | None = None,
    *,
    cores: int = 1,
) -> Outcome:
    """Return what the hops make of these deliveries; time passes to each arrival once all of it is judged.

    `hops` stand in for those that the settings make. On two cores one process observes and one judges.

    Raises
    ------
    streams.forked.FailedError
        when a process beside this one failed: on one core it will say why.
    """
    outcome = Outcome()
    world = at_once if settings.receivers else None
    made = hops or _hops(settings, region)
    given = list(given)
    every = expects_ever(settings, region, (one for delivery in given for one in delivery.settings))
    messages = _counted(in_time(given, every=every), progress)
    if cores == 1:
        pipeline = Pipeline(made, outcome.take, world)
        for message in messages:
            pipeline.feed(OBSERVATION, message)
        return outcome
    observing, *judging = made
    claimed = ahead.observed(in_time(given, every=every), observing)
    with drawer() as drawn:
        if not settings.receivers:
            # who is told is told of shapes too
            judging = [drawn.asked_by(hop) for hop in judging]
        pipeline = Pipeline(judging, outcome.take, world)
        for _, claims in zip(messages, claimed, strict=True):
            outcome.take(Output(DETECTION, "", claims, 0))
            pipeline.feed(DETECTION, claims)
        outcome.alerts = list(drawn.finished(outcome.alerts))
        outcome.incidents = {one.incident_id: one for one in drawn.finished(outcome.incidents.values())}
    return outcome


def _counted(messages: Iterable[Delivery], progress: Progress | None) -> Iterator[Delivery]:
    """Yield messages; tell now and then how many observations went before."""
    judged = number = 0
    for message in messages:
        yield message
        judged += len(message.observations)
        if progress is not None and message.observations:
            if number % 256 == 0:
                progress(judged)
            number += 1


def in_time(given: Iterable[Delivery], *, every: bool) -> Iterator[Delivery]:
    """Yield the deliveries and, between them, that time has passed; `every`: also where nothing arrives."""
    last: datetime | None = None
    is_trapped = False
    for delivery in in_rounds(given):
        if last is not None and delivery.received_at > last:
            yield from map(tick, ticks(last, delivery.received_at, every=every, weeks=is_trapped))
        is_trapped = is_trapped or any(isinstance(one, TrapCount) for one in delivery.observations)
        yield delivery
        last = delivery.received_at
    if last is not None:
        yield tick(last)


def ticks(last: datetime, following: datetime, *, every: bool, weeks: bool = False) -> Iterator[datetime]:
    """Yield the times that pass between two arrivals: the first, and all along where sources are expected.

    Silence can be noticed only while time passes; where nobody is expected nothing happens in between, but
    that traps are judged at the end of each of their weeks, up to a year of them.
    """
    yield last
    if weeks and not every:
        over = MONDAY + ((last - MONDAY) // WEEK + 1) * WEEK
        yield from (over + number * WEEK for number in range(53) if over + number * WEEK < following)
    if every:
        at = last + SILENCE_STEP
        while at < following:
            yield at
            at += SILENCE_STEP


def tick(at: datetime) -> Delivery:
    """Return the delivery that says only that time has passed."""
    return Delivery(delivery_id=f"tick:{at.isoformat()}", received_at=at)


@calm()
def replay(  # noqa: PLR0913, PLR0917 - a replay is asked for with these
    recorded: Recorded,
    settings: Settings,
    region: AnyRegion,
    out: Path,
    progress: Progress | None = None,
    cores: int | None = None,
) -> dict[str, Any]:
    """Run recorded files, write the four files into `out` (each replaced whole) and return the summary.

    It works on as many cores as there are, or on `cores` of them; the files are the same.
    """
    started = time.perf_counter()
    # nobody is ever told the id of a delivery of ours
    arrived = deliveries((*recorded.observations, *recorded.besides), sealed=False)
    given = with_said(arrived, recorded.verdicts)
    told = told_of(recorded, given, settings, region, progress=progress, cores=cores)
    return write_out(recorded, told, out, time.perf_counter() - started)


@calm()
def told_of(  # noqa: PLR0913 - a replay is asked for with these
    recorded: Recorded,
    given: Iterable[Delivery],
    settings: Settings,
    region: AnyRegion,
    *,
    progress: Progress | None = None,
    cores: int | None = None,
) -> Told:
    """Return what is written of recorded files whose deliveries are `given`, worked out on so many cores."""
    parts, given = usable_cores() if cores is None else cores, list(given)
    hops = _hops(settings, region)
    if parts > 1 and abreast.is_plain(recorded, settings, region) and not is_expecting(settings, region):
        told = _abreast(given, hops, progress, parts)
        if told is not None:
            return told
    if parts > 1 and ahead.is_worth(recorded):
        with suppress(FailedError):
            return _told(run(given, settings, region, progress, hops, cores=2))
    return _told(run(given, settings, region, progress, hops))


def _hops(settings: Settings, region: AnyRegion) -> Sequence[Hop]:
    """Return the hops of a replay: whoever is told of nothing, nothing need be sent to."""
    return build_hops(settings, region)[: None if settings.receivers else 2]


def _abreast(
    given: Sequence[Delivery], hops: Sequence[Hop], progress: Progress | None, parts: int
) -> Told | None:
    """Return what several processes make of it, or None."""
    observing, judging, *_ = hops
    share = abreast.parted(given, judging, parts)
    if share is None:
        return None
    outcome = Outcome()
    try:
        claims = abreast.observed(list(in_time(given, every=False)), observing, outcome.take)
        alerts, incidents = abreast.abreast(claims, judging, share, parts, progress)
    except abreast.UnorderedError:
        return None
    return Told(alerts, incidents, list(outcome.silences.values()), outcome.duplicates)


def _told(outcome: Outcome) -> Told:
    witnessed = by_source(one for name, one in outcome.witnessed.items() if name not in outcome.silences)
    return Told(
        [spoken(one) for one in outcome.alerts],
        [shown(outcome.incidents[one], witnessed) for one in sorted(outcome.incidents)],
        list(outcome.silences.values()),
        outcome.duplicates,
    )


def usable_cores() -> int:
    """Return on how many cores this process may work."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
