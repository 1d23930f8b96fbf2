"""A made-up month under two settings, as `fenghuo tune` judges it: over all cores, once where both agree."""

import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from schemas.settings import Settings
from streams.bench.figure import Figure, figure
from streams.bench.past import write
from streams.recorded import deliveries, read
from streams.replay import run
from streams.tuning.backtest import Job, compared, files_of

SECTION = "tune"
COUNT, QUICK, LARGE = 30_000, 4_000, 1_000_000
AT_LEAST = 1_000_000 / 180.0
"""Observations a second: a month of a million in three minutes."""

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

CANDIDATE = Settings(grade={"rule": [{"grade": "IV", "probability": 0.6}], "task": 0.2})


def measure(folder: Path, say: Callable[[str], None], *, quick: bool, large: bool) -> list[Figure]:
    """Return how many observations a second two settings are compared on, beside a plain replay for each."""
    count = LARGE if large else QUICK if quick else COUNT
    say(f"{count:,} observations of thirty days under two settings, {os.cpu_count()} cores")
    write(folder, count)
    job = Job(
        files=files_of([folder]), base=Settings(), candidate=CANDIDATE, region=None, now=datetime.now(UTC)
    )
    began, used = time.monotonic(), _used_s()
    base, candidate = compared(job, os.cpu_count() or 1, _tenths(say))
    took, cpu = time.monotonic() - began, _used_s() - used
    other = sum(one != two for one, two in zip(base.run.stories, candidate.run.stories, strict=False))
    of = len(base.run.stories)
    note = f"{took:.0f} s; {cpu:.0f} s of processors; {other} of {of} incidents told otherwise; {_held_mb()}"
    plain = None if large else count / _plain_s(job)
    return [
        figure(
            SECTION, "observations compared under two settings", count / took, "/s",
            peer="/s, a plain replay for each on one core", peer_value=plain,
            at_least=AT_LEAST, note=note,
        )
    ]  # fmt: skip


def _tenths(say: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return what says each tenth of the way once."""
    said = [0]

    def told(done: int, total: int) -> None:
        if done * 10 >= (said[0] + 1) * total:
            said[0] = done * 10 // total
            say(f"judged {done:,} of {total:,}")

    return told


def _held_mb() -> str:
    """Return how much memory this program and the largest of those it started held at most."""
    mine, theirs = (resource.getrusage(who).ru_maxrss / 1000.0 for who in WHO)
    return f"{mine:.0f} MB, and {theirs:.0f} MB in the largest other"


def _used_s() -> float:
    """Return the processor time of this program and of those it started and waited for, s."""
    times = os.times()
    return sum(times[:4])


def _plain_s(job: Job) -> float:
    recorded = read([Path(one) for one in job.files], now=job.now)
    given = deliveries(recorded.observations)
    began = time.monotonic()
    for settings in (job.base, job.candidate):
        run(given, settings)
    return time.monotonic() - began
