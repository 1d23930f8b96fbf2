"""The alert stream over HTTP: many subscribers on one server, and when each of them has an alert."""

import asyncio
import itertools
import os
import resource
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from detectors.region import WORLD
from streams.bench.audience import Heard
from streams.bench.beside import beside
from streams.bench.child import settings_of
from streams.bench.figure import Figure, figure, quantile
from streams.bench.shots import fire, shots
from streams.bench.subjects import fenghuo
from streams.bench.waiting import until
from streams.serve.listening import Listening, listening
from streams.serve.opening import Opening, opened

SUBSCRIBERS = 200
ALERTS = 25
PER_S = 5.0
LARGE = (1000, 3600, 1.0)
"""Subscribers, alerts and alerts a second of the large run: an hour, over which memory must not grow."""

MINUTE = 60
"""Seconds of a minute of the large run, and its alerts; the first minute of a stretch is the warm-up."""
TOLD = (1, 5, 10, 20, 30, 45, 60)
"""Minutes of it whose size the figure names."""
ALONE = 4
"""Minutes of the same load before anybody listens: what the judge keeps of each alert is no subscriber's."""

AIM_MS = 1000.0
GIVE_UP_S = 20.0


def resident_mb() -> float:
    """Return the memory that this program holds, MB, as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(  # noqa: PLR0913 - what a section is asked
    section: str,
    broker: str,
    prefix: str,
    folder: Path,
    say: Callable[[str], None],
    *,
    quick: bool,
    large: bool = False,
) -> list[Figure]:
    """Return how long after an alert is in the log the subscribers have it; if large, memory too.

    Memory is that of this program: on Kafka server and load; on embedded:// the judge too, who keeps fires.
    """
    count, alerts, per_s = LARGE if large else (SUBSCRIBERS // 4 if quick else SUBSCRIBERS, ALERTS, PER_S)
    if large:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * count), hard))
    say(f"{count} subscribers of the alert stream")
    heard, without, sizes = Heard(), Sizes(), Sizes()
    async with fenghuo(broker, prefix, folder) as ours, _serving(broker, prefix, folder) as url:
        if large:
            async with without:
                await fire(ours, shots(ALONE * MINUTE, per_s))
        words = [url, str(count)]
        async with beside(words, folder, heard.said, program="streams.bench.audience"):
            async with sizes:
                volley = await fire(ours, shots(alerts, per_s, first=ALONE * MINUTE))
            await until(lambda: heard.had >= count * alerts, GIVE_UP_S)
    delays = [(at - volley.seen[name]) * 1000.0 for name, times in heard.at.items() for at in times]
    published = sum(name in volley.seen for name in volley.due)
    note = _missing(alerts - published, count * published - len(delays))
    grown = [grown_in(section, minutes_of(sizes.every), minutes_of(without.every), count)] if large else []
    return grown + [
        figure(
            section,
            f"p{share * 100:.0f} published to subscriber, {count} subscribers",
            quantile(delays, share),
            "ms",
            at_most=AIM_MS,
            note=note,
        )
        for share in (0.5, 0.99)
    ]


def _missing(unpublished: int, unheard: int) -> str:
    """Return what did not come in time: what the judge had not put out yet, and what a subscriber had not."""
    told = ((unpublished, "alerts not put out yet"), (unheard, "never came to a subscriber"))
    return ", ".join(f"{count:,} {what}" for count, what in told if count)


class Sizes:
    """The size of this program, MB, once a second while it is entered."""

    def __init__(self) -> None:
        self.every: list[float] = []

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._look())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        due = time.monotonic()
        while True:
            self.every.append(resident_mb())
            # A program that was held up has no fewer seconds in its minute.
            due += 1.0
            await asyncio.sleep(max(0.0, due - time.monotonic()))


def minutes_of(sizes_mb: Sequence[float]) -> list[float]:
    """Return the median size in each minute that was seen whole."""
    return [median(sizes_mb[at : at + MINUTE]) for at in range(0, len(sizes_mb) - MINUTE + 1, MINUTE)]


def grown_in(section: str, minutes: Sequence[float], without: Sequence[float], count: int) -> Figure:
    """Return by how much the server's program grows in a minute, beside the same load `without` subscribers.

    The program holds server and load; judge and subscribers have programs of their own.
    """
    told = ", ".join(f"{n}: {minutes[n - 1]:.0f}" for n in TOLD if n <= len(minutes))
    return figure(
        section,
        f"memory of the server a minute, {count} subscribers in a program of their own",
        slope(minutes),
        "MB",
        peer="MB, nobody listening",
        peer_value=slope(without),
        note=f"MB in minute {told}; server and load are one program, {MINUTE} new fires a minute",
    )


def slope(minutes: Sequence[float]) -> float | None:
    """Return the median slope between any two minutes after the first (Theil and Sen), or None."""
    later = minutes[1:]
    pairs = itertools.combinations(range(len(later)), 2)
    steps = [(later[two] - later[one]) / (two - one) for one, two in pairs]
    return median(steps) if steps else None


@asynccontextmanager
async def _serving(broker: str, prefix: str, folder: Path) -> AsyncIterator[str]:
    what = Opening(
        settings=settings_of(prefix), region=WORLD, broker=broker, data_dir=folder, open_reading=True
    )
    async with opened(what) as services, listening(services, Listening(port=0)) as url:
        yield url.rstrip("/")
