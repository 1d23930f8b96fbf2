"""Judge the past under two settings and tell what came of it, in parts over all cores.

The parts depend on the past alone, never on how many cores there are, so one core and two give the same
bytes. Verdicts of the archive are not given to the judge: an incident that the answer itself confirmed would
prove any threshold right.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from alerts.tuning.compare import Run
from alerts.tuning.story import Story
from schemas.settings import Settings
from schemas.units import UtcTime
from schemas.verdict import Verdict
from streams.config import settings_version
from streams.garbage import calm
from streams.jurisdiction import in_force
from streams.recorded import Recorded, deliveries, read
from streams.region import load_region
from streams.tuning import judging
from streams.tuning.misses import MOST, Miss
from streams.tuning.paging import messages_sent, within_budgets
from streams.tuning.sharing import over_cores
from streams.tuning.splitting import works
from streams.tuning.warming import counted_from, parted

Progress = Callable[[int, int], None]
"""Told how many observations of how many have been judged."""

QUICK = 10_000
"""So few observations are judged sooner than another program has started."""


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
    warm_up_d: int = 0
    """The first days, which are judged and not counted."""


class Side(Struct, frozen=True, kw_only=True):
    """What the past is under one of the settings."""

    run: Run
    past: Past
    misses: tuple[Miss, ...]
    verdicts: tuple[Verdict, ...]
    left: tuple[Story, ...] = ()
    """Stories that began in the days that only warm up."""


class Job(Struct, frozen=True, kw_only=True):
    """What is to be judged."""

    files: tuple[str, ...]
    base: Settings
    candidate: Settings
    region: str | None
    now: UtcTime
    warm_up_d: int = 0
    """The first days, which are judged and not counted."""
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


@calm()
def compared(job: Job, cores: int, progress: Progress) -> tuple[Side, Side]:
    """Return what base and candidate tell of the past; raises what a part raised."""
    recorded = read([Path(one) for one in job.files], now=job.now)
    given = deliveries((*recorded.observations, *recorded.besides), sealed=False)
    region = load_region(None if job.region is None else Path(job.region))
    past = structs.replace(_past(recorded), warm_up_d=job.warm_up_d)
    since = counted_from(past.from_at, past.days, job.warm_up_d)
    parts = works(given, job.base, job.candidate, job.region, region, carbon=job.carbon)
    total = sum(len(one.observations) for part in parts for one in part.deliveries)
    is_quick = len(recorded.observations) <= QUICK and not job.carbon
    found = over_cores(parts, 1 if is_quick else cores, lambda done: progress(done, total))
    progress(total, total)
    said = tuple(one for one in recorded.verdicts if isinstance(one, Verdict))
    sides = (("baseline", job.base), ("candidate", job.candidate))
    told = (
        [one.base for part, one in zip(parts, found, strict=True) if "base" in part.tells],
        [one.candidate for part, one in zip(parts, found, strict=True) if "candidate" in part.tells],
    )
    base, candidate = (
        Side(
            run=_run(name, settings, side, region, since),
            past=past,
            misses=_nearest(side, since),
            verdicts=said,
            left=parted(_stories(side), since)[1],
        )
        for (name, settings), side in zip(sides, told, strict=True)
    )
    return base, candidate


def _run(
    name: str, settings: Settings, parts: Sequence[judging.Side], region: Any, since: datetime | None = None
) -> Run:
    """Return what a side tells of what began from a time on."""
    zone, since = settings.zone or in_force(settings).zone, since or datetime.min.replace(tzinfo=UTC)
    stories, steps = within_budgets(_stories(parts), [one for part in parts for one in part.said], settings)
    return Run(
        name=name,
        settings=f"{settings.name}@{settings_version(settings)}",
        stories=parted(stories, since)[0],
        messages=messages_sent(steps, settings, region, zone, since),
    )


def _stories(parts: Sequence[judging.Side]) -> list[Story]:
    return sorted(
        (one for part in parts for one in part.stories), key=lambda one: (one.opened_at, one.incident_id)
    )


def _nearest(parts: Sequence[judging.Side], since: datetime) -> tuple[Miss, ...]:
    every = {one.observation_id: one for part in parts for one in part.misses if one.observed_at >= since}
    return tuple(sorted(every.values(), key=lambda one: (one.lacks, one.observation_id))[:MOST])


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
