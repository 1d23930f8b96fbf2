"""The alert stream over HTTP: many subscribers on one server, and when each of them has an alert."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

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
AIM_MS = 1000.0
GIVE_UP_S = 20.0
LINE_BYTES = 1 << 20


class Named(msgspec.Struct):
    """What is read of an alert."""

    incident_id: str


class Audience:
    """Subscribers of one stream, and when each had which alert."""

    def __init__(self) -> None:
        self.connected = 0
        self.at: dict[tuple[int, str], float] = {}

    async def follow(self, session: aiohttp.ClientSession, url: str, number: int) -> None:
        """Read the stream as subscriber `number` until cancelled."""
        async with session.get(f"{url}/v1/alerts/stream") as answer:
            answer.raise_for_status()
            self.connected += 1
            async for line in answer.content:
                if line.startswith(b"data:"):
                    name = msgspec.json.decode(line[5:], type=Named).incident_id
                    self.at.setdefault((number, name), time.monotonic())


async def measure(
    section: str, prefix: str, folder: Path, say: Callable[[str], None], *, quick: bool
) -> list[Figure]:
    """Return how long after an alert can be read from the log the subscribers have it."""
    count = SUBSCRIBERS // 4 if quick else SUBSCRIBERS
    say(f"{count} subscribers of the alert stream")
    async with (
        fenghuo("embedded://", prefix, folder) as ours,
        _serving(prefix, folder) as url,
        _audience(url, count) as audience,
    ):
        volley = await fire(ours, shots(ALERTS, PER_S))
        await until(lambda: len(audience.at) >= count * ALERTS, GIVE_UP_S)
    delays = [(at - volley.seen[name]) * 1000.0 for (_, name), at in audience.at.items()]
    missing = count * ALERTS - len(delays)
    return [
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


@asynccontextmanager
async def _serving(prefix: str, folder: Path) -> AsyncIterator[str]:
    what = Opening(
        settings=settings_of(prefix), region=WORLD, broker="embedded://", data_dir=folder, open_reading=True
    )
    async with opened(what) as services, listening(services, Listening(port=0)) as url:
        yield url.rstrip("/")


@asynccontextmanager
async def _audience(url: str, count: int) -> AsyncIterator[Audience]:
    audience = Audience()
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
