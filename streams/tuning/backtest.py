"""Judge the past once under each of two settings, each in a process of its own, and tell what came of it.

The two runs share nothing, so one core and two give the same bytes. Verdicts of the archive are not given to
the judge: an incident that the answer itself confirmed would prove any threshold right.
"""

import multiprocessing
import queue
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from alerts.tuning.compare import Run
from schemas.codec import Unreadable, decode, encode
from schemas.settings import Settings
from schemas.units import UtcTime
from schemas.verdict import Verdict
from streams.config import settings_version
from streams.hops.build import build_hops
from streams.jurisdiction import in_force
from streams.pipeline import rare_collections
from streams.recorded import Recorded, deliveries, read
from streams.region import load_region
from streams.replay import run
from streams.tables import load_tables
from streams.tuning.lean import without_figures
from streams.tuning.misses import Miss, nearest
from streams.tuning.stories import messages_of, stories_of

Progress = Callable[[str, int, int], None]
"""Told who has judged how many observations of how many."""


class Past(Struct, frozen=True, kw_only=True):
    """What the files held: days without any observation are holes, and named."""

    read: int
    accepted: int
    rejected: dict[str, int]
    from_at: UtcTime
    to_at: UtcTime
    days: int
    holes: tuple[str, ...]
    sources: dict[str, int]


class Side(Struct, frozen=True, kw_only=True):
    """What one process hands back."""

    run: Run
    past: Past
    misses: tuple[Miss, ...]
    verdicts: tuple[Verdict, ...]


class Job(Struct, frozen=True, kw_only=True):
    """What one process is to do."""

    name: str
    files: tuple[str, ...]
    settings: Settings
    region: str | None
    now: UtcTime
    carbon: bool = False
    """Whether the carbon at risk of every alert is drawn, which takes most of the time."""


def files_of(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the files of an archive, where a folder is given the observations and verdicts in it."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted((*path.rglob("observations.ndjson.gz"), *path.rglob("verdicts.ndjson.gz")))
        else:
            found.append(path)
    return tuple(str(path) for path in found)


def both(jobs: Sequence[Job], cores: int, progress: Progress) -> tuple[Side, ...]:
    """Return what came of every job, in their order; raises what a job raised."""
    if cores < 2:
        return tuple(judged(job, partial(progress, job.name)) for job in jobs)
    context = multiprocessing.get_context("spawn")
    told: Any = context.Queue()
    with ProcessPoolExecutor(
        min(cores, len(jobs)), mp_context=context, initializer=_listen, initargs=(told,)
    ) as pool:
        waiting = [pool.submit(_apart, encode(job)) for job in jobs]
        _follow(waiting, told, progress)
        return tuple(_sound(one.result()) for one in waiting)


def _follow(waiting: Sequence["Future[bytes]"], told: Any, progress: Progress) -> None:
    while not all(one.done() for one in waiting):
        try:
            progress(*told.get(timeout=0.2))
        except queue.Empty:
            continue


_told: Any = None


def _listen(told: Any) -> None:
    global _told  # noqa: PLW0603 - set once, before the process is given any work
    _told = told


def _apart(raw: bytes) -> bytes:
    job = decode(raw, Job)
    assert isinstance(job, Job)
    return encode(judged(job, lambda done, total: _told.put((job.name, done, total))))


def _sound(raw: bytes) -> Side:
    side = decode(raw, Side)
    if isinstance(side, Unreadable):
        raise TypeError(side.why)
    found: Side = side
    return found


def judged(job: Job, progress: Callable[[int, int], None]) -> Side:
    """Return what one run of the past tells."""
    rare_collections()
    region = load_region(None if job.region is None else Path(job.region))
    recorded = read([Path(one) for one in job.files], now=job.now)
    total = len(recorded.observations)
    given = deliveries((*recorded.observations, *recorded.besides))
    hops = build_hops(job.settings, region)
    if not job.carbon:
        hops = tuple(without_figures(hop) for hop in hops)
    outcome = run(given, job.settings, region, lambda done: progress(done, total), hops)
    progress(total, total)
    table, profile = load_tables().evidence.surroundings, in_force(job.settings)
    return Side(
        run=Run(
            name=job.name,
            settings=f"{job.settings.name}@{settings_version(job.settings)}",
            stories=stories_of(outcome, table),
            messages=messages_of(outcome.notices, job.settings.zone or profile.zone),
        ),
        past=_past(recorded),
        misses=nearest(outcome, recorded.observations, region.newest),
        verdicts=tuple(one for one in recorded.verdicts if isinstance(one, Verdict)),
    )


def _past(recorded: Recorded) -> Past:
    times = sorted((one.received_at or one.observed_at).astimezone(UTC) for one in recorded.observations)
    first, last = (times[0], times[-1]) if times else (EPOCH, EPOCH)
    seen = {at.date() for at in times}
    days = (last.date() - first.date()).days + 1
    every = [first.date() + timedelta(days=k) for k in range(days)]
    return Past(
        read=recorded.read,
        accepted=len(recorded.observations),
        rejected=dict(sorted(Counter(row.reason.code for row in recorded.rejected).items())),
        from_at=first,
        to_at=last,
        days=days,
        holes=tuple(day.isoformat() for day in every if day not in seen),
        sources=dict(sorted(Counter(one.source for one in recorded.observations).items())),
    )


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
