"""The alert stream over HTTP: many subscribers on one server, and when each of them has an alert."""

import asyncio
import os
import resource
import time
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import fmean

import aiohttp
import msgspec

from detectors.region import WORLD
from streams.bench.beside import BesideError
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
LARGE = (1000, 600, 1.0)
"""Subscribers, alerts and alerts a second of the large run: ten minutes, over which memory must not grow."""

MINUTE = 60
"""Alerts of one minute of the large run: the first is the warm-up, the second is compared with the last."""

AIM_MS = 1000.0
GIVE_UP_S = 20.0
LINE_BYTES = 1 << 20


class Named(msgspec.Struct):
    """What is read of an alert."""

    incident_id: str


class Audience:
    """Subscribers of one stream, and when each had which alert: eight bytes each, 0 for not yet."""

    def __init__(self, count: int) -> None:
        self.count, self.connected, self.had = count, 0, 0
        self.at: dict[str, array[float]] = {}
        self.sizes_mb: list[float] = []

    async def follow(self, session: aiohttp.ClientSession, url: str, number: int) -> None:
        """Read the stream as subscriber `number` until cancelled."""
        async with session.get(f"{url}/v1/alerts/stream") as answer:
            answer.raise_for_status()
            self.connected += 1
            async for line in answer.content:
                if line.startswith(b"data:"):
                    name = msgspec.json.decode(line[5:], type=Named).incident_id
                    self._note(number, name)

    def _note(self, number: int, name: str) -> None:
        times = self.at.get(name)
        if times is None:
            times = self.at[name] = array("d", bytes(8 * self.count))
            self.sizes_mb.append(resident_mb())
        if times[number] == 0.0:
            times[number] = time.monotonic()
            self.had += 1


def resident_mb() -> float:
    """Return the memory that this program holds, MB, as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(  # noqa: PLR0913 - what a section is asked
    section: str,
    prefix: str,
    folder: Path,
    say: Callable[[str], None],
    *,
    quick: bool,
    large: bool = False,
) -> list[Figure]:
    """Return how long after an alert is in the log the subscribers have it; if large, memory too."""
    count, alerts, per_s = LARGE if large else (SUBSCRIBERS // 4 if quick else SUBSCRIBERS, ALERTS, PER_S)
    if large:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * count), hard))
    say(f"{count} subscribers of the alert stream")
    async with (
        fenghuo("embedded://", prefix, folder) as ours,
        _serving(prefix, folder) as url,
        _audience(url, count) as audience,
    ):
        volley = await fire(ours, shots(alerts, per_s))
        await until(lambda: audience.had >= count * alerts, GIVE_UP_S)
    told = [(name, at) for name, times in audience.at.items() for at in times if at]
    delays = [(at - volley.seen[name]) * 1000.0 for name, at in told]
    missing = count * alerts - len(delays)
    grown = [grown_since(section, audience.sizes_mb, count)] if len(audience.sizes_mb) >= 3 * MINUTE else []
    return grown + [
        figure(
            section,
            f"p{share * 100:.0f} published to subscriber, {count} subscribers",
            quantile(delays, share),
            "ms",
            at_most=AIM_MS,
            note=f"{missing} never came" if missing else "",
        )
        for share in (0.5, 0.99)
    ]


def grown_since(section: str, sizes_mb: Sequence[float], count: int) -> Figure:
    """Return by how much the program grew from the minute after the warm-up to the last one.

    `sizes_mb` has its size at each alert. Server, judge and subscribers are one program, so what grows is
    theirs together: the alerts are kept by the judge and the history, and their times by the subscribers.
    """
    first, last = fmean(sizes_mb[MINUTE : 2 * MINUTE]), fmean(sizes_mb[-MINUTE:])
    for_each_kb = 1000.0 * (last - first) / (len(sizes_mb) - 2 * MINUTE)
    name = f"memory, second minute to last, {count} subscribers in the same program"
    note = f"{first:.0f} to {last:.0f} MB: {for_each_kb:.0f} kB for each alert in between"
    return figure(section, name, last - first, "MB", note=note)


@asynccontextmanager
async def _serving(prefix: str, folder: Path) -> AsyncIterator[str]:
    what = Opening(
        settings=settings_of(prefix), region=WORLD, broker="embedded://", data_dir=folder, open_reading=True
    )
    async with opened(what) as services, listening(services, Listening(port=0)) as url:
        yield url.rstrip("/")


@asynccontextmanager
async def _audience(url: str, count: int) -> AsyncIterator[Audience]:
    audience = Audience(count)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, read_bufsize=LINE_BYTES
    ) as session:
        tasks = [asyncio.create_task(audience.follow(session, url, number)) for number in range(count)]
        try:
            if not await until(lambda: audience.connected == count, GIVE_UP_S):
                raise BesideError(f"only {audience.connected} of {count} subscribers were let in")
            yield audience
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
