"""One run of the benchmark: its sections in turn, each bounded, all of it in a folder that is thrown away."""

import asyncio
import functools
import os
import tempfile
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError

from schemas.settings import Kafka
from streams.bench import (
    carbon,
    great_fire,
    ground,
    live,
    placing,
    pouring,
    qingming,
    replaying,
    sensing,
    subscribers,
    telling,
    trap_year,
    trying,
    year,
)
from streams.bench.beside import BesideError
from streams.bench.cluster import NoBrokerError, broker_at, topics
from streams.bench.figure import Figure, Report, figure, machine
from streams.kafka.admin import ClusterError

FULL_S, QUICK_S = 345.0, 57.0
"""Wall time of everything; what would take longer is left out and said."""
PREFIX = "bench."
KAFKA_S = 200.0
"""Wall time that is kept for the last section."""
LONG_SSE_S = 4500.0
"""Wall time of the stream to a thousand subscribers for an hour, and to nobody for four minutes."""

METHOD = {
    "load": "open loop: an observation is due at its time whatever the system does, so stalls count",
    "published": "a reader has the alert from alert.v1; it is tied to its observation by incident id",
    "embedded": "load, worker and reader share one program and its processor time",
    "kafka": "one broker that flushes every message; one worker, whose processor time is told",
    "peer": "a Faust agent that only notes when it saw a message, on the same engine in the same run",
    "ground": "looks over a made degree of mountains; by processor time",
    "replay": "stages timed apart; rows a second by processor time, because other programs may run",
    "fire": "the same fire cut off earlier and later; by processor time",
    "year": "memory of its own (RssAnon) of a program that judges day after day",
    "traps": "made-up rounds with planted outbreaks through replay; by processor time",
    "telling": "live on embedded://, one webhook on loopback; from sending what raises a grade to its 200",
    "tune": "a made-up month as files of the archive: read, judged under two settings, compared; wall time",
    "region": "a program of its own opens the map and asks it; rates by processor time, as those of the peer",
    "aims": "for a two-core machine with nothing else running",
}

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to measure."""

    only: Collection[str] = ()
    broker: str | None = None
    quick: bool = False
    large: bool = False
    partitions: int = Kafka().partitions
    hotspots: Sequence[Path] = ()


def benchmark(asked: Asked, say: Say) -> Report:
    """Measure what is asked, and return it; nothing is left on the disk or running."""
    started_at, started = datetime.now(UTC), time.monotonic()
    until = started + (QUICK_S if asked.quick else FULL_S)
    load = os.getloadavg()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-", ignore_cleanup_errors=True) as folder:
        for name, section in SECTIONS.items():
            if not asked.only or name in asked.only:
                (Path(folder) / name).mkdir()
                figures += section(asked, Path(folder) / name, _prefixed(name, say), until)
    return Report(
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 1),
        quick=asked.quick,
        partitions=asked.partitions,
        machine=machine(),
        load_before=load,
        load_after=os.getloadavg(),
        method=METHOD,
        figures=tuple(figures),
    )


def _prefixed(name: str, say: Say) -> Say:
    return lambda what: say(f"{name}: {what}")


def _embedded(asked: Asked, folder: Path, say: Say, until: float) -> list[Figure]:
    work = live.measure("embedded", "embedded://", PREFIX, folder, say, quick=asked.quick)
    return _bounded("embedded", work, until)


def _kafka(asked: Asked, folder: Path, say: Say, until: float) -> list[Figure]:
    try:
        with broker_at(asked.broker, folder / "broker", say) as url:
            with topics(url, asked.partitions) as prefix:
                work = live.measure("kafka", url, prefix, folder, say, quick=asked.quick)
                figures = _bounded("kafka", work, until)
            with topics(url, asked.partitions) as prefix:
                day = pouring.measure("kafka", url, prefix, folder, say, quick=asked.quick)
                return figures + _bounded("kafka", day, until)
    except (NoBrokerError, ClusterError) as error:
        return [figure("kafka", "everything on Kafka", None, "", note=str(error))]


def _qingming(asked: Asked, folder: Path, say: Say, until: float) -> list[Figure]:
    count = qingming.POINTS if asked.quick else qingming.POINTS * qingming.TIMES
    name = f"a Qingming day ×{count // qingming.POINTS}, {count:,} pixels, live on embedded://"
    what = (name, qingming.day(count), None)
    work = pouring.poured("qingming", "embedded://", PREFIX, folder, say, what)
    return _bounded("qingming", work, until)


def _telling(asked: Asked, folder: Path, say: Say, until: float) -> list[Figure]:
    return _bounded("telling", telling.measure(PREFIX, folder, say, quick=asked.quick), until)


def _fire(asked: Asked, folder: Path, say: Say, _until: float) -> list[Figure]:
    return great_fire.measure(folder, say, quick=asked.quick)


def _year(asked: Asked, _folder: Path, say: Say, _until: float) -> list[Figure]:
    return year.measure(say, quick=asked.quick)


def _sse(asked: Asked, folder: Path, say: Say, until: float) -> list[Figure]:
    if not asked.large or tuple(asked.only) != ("sse",):
        work = subscribers.measure("sse", "embedded://", PREFIX, folder, say, quick=asked.quick)
        return _bounded("sse", work, until)
    until = max(until, time.monotonic() + LONG_SSE_S)
    # On Kafka the judge has a program of its own, so that the server's memory is nobody else's.
    try:
        with broker_at(asked.broker, folder / "broker", say) as url, topics(url, asked.partitions) as prefix:
            long = subscribers.measure("sse", url, prefix, folder, say, quick=False, large=True)
            return _bounded("sse", long, until)
    except (NoBrokerError, ClusterError) as error:
        return [figure("sse", "a thousand subscribers on Kafka", None, "", note=str(error))]


def _replay(asked: Asked, folder: Path, say: Say, until: float) -> list[Figure]:
    kept_s = KAFKA_S if not asked.only or "kafka" in asked.only else 0.0
    left = functools.partial(_left, until - kept_s)
    return replaying.measure(folder, say, asked.hotspots, left, quick=asked.quick)


def _ground(asked: Asked, _folder: Path, say: Say, _until: float) -> list[Figure]:
    return ground.measure(say, quick=asked.quick)


def _region(asked: Asked, folder: Path, say: Say, _until: float) -> list[Figure]:
    return placing.measure(folder, say, quick=asked.quick, large=asked.large)


def _carbon(asked: Asked, folder: Path, say: Say, _until: float) -> list[Figure]:
    return carbon.measure(folder, say, quick=asked.quick, large=asked.large)


def _tune(asked: Asked, folder: Path, say: Say, _until: float) -> list[Figure]:
    return trying.measure(folder, say, quick=asked.quick, large=asked.large)


def _sensors(asked: Asked, _folder: Path, say: Say, _until: float) -> list[Figure]:
    return sensing.measure(say, quick=asked.quick)


def _traps(asked: Asked, _folder: Path, say: Say, _until: float) -> list[Figure]:
    return trap_year.measure(say, quick=asked.quick, large=asked.large)


def _left(until: float) -> float:
    return until - time.monotonic()


def _bounded(name: str, work: Coroutine[Any, Any, list[Figure]], until: float) -> list[Figure]:
    """Return the figures of `work`, or one that says why there are none."""
    try:
        return asyncio.run(_within(work, until))
    except TimeoutError:
        why = "it took longer than all of it may take"
    except (BesideError, KafkaError) as error:
        why = str(error) or type(error).__name__
    return [figure(name, "the rest", None, "", note=why)]


async def _within(work: Coroutine[Any, Any, list[Figure]], until: float) -> list[Figure]:
    async with asyncio.timeout(max(1.0, until - time.monotonic())):
        return await work


Section = Callable[[Asked, Path, Say, float], list[Figure]]
SECTIONS: dict[str, Section] = {
    "region": _region,
    "embedded": _embedded,
    "qingming": _qingming,
    "telling": _telling,
    "sse": _sse,
    "fire": _fire,
    "replay": _replay,
    "ground": _ground,
    "carbon": _carbon,
    "year": _year,
    "sensors": _sensors,
    "traps": _traps,
    "tune": _tune,
    "kafka": _kafka,
}
"""In the order in which they run: Kafka last, for a slow disk can make it take what is left of the time."""
