"""Subscribers of the alert stream in a program of their own, so that what they hold is not the server's.

Started as `python -m streams.bench.audience URL COUNT`: says `ready` once all are let in, `had N` from time
to time, and after its standard input is closed a line for each incident: its id and when each had its alert.
"""

import asyncio
import sys
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from streams.bench.child import closed_stdin
from streams.bench.waiting import until

GIVE_UP_S = 20.0
SAID_EVERY_S = 1.0
LINE_BYTES = 1 << 20


class Named(msgspec.Struct):
    """What is read of an alert."""

    incident_id: str


class Audience:
    """Subscribers of one stream, and when each had which alert: eight bytes each, 0 for not yet."""

    def __init__(self, count: int) -> None:
        self.count, self.connected, self.had = count, 0, 0
        self.at: dict[str, array[float]] = {}

    async def follow(self, session: aiohttp.ClientSession, url: str, number: int) -> None:
        """Read the stream as subscriber `number` until cancelled."""
        async with session.get(f"{url}/v1/alerts/stream") as answer:
            answer.raise_for_status()
            self.connected += 1
            async for line in answer.content:
                if line.startswith(b"data:"):
                    self.note(number, msgspec.json.decode(line[5:], type=Named).incident_id)

    def note(self, number: int, name: str) -> None:
        """Take down that a subscriber has an incident's first alert, on the machine's monotonic clock."""
        times = self.at.get(name)
        if times is None:
            times = self.at[name] = array("d", bytes(8 * self.count))
        if times[number] == 0.0:
            times[number] = time.monotonic()
            self.had += 1


class Heard:
    """What the program of the subscribers has said so far."""

    def __init__(self) -> None:
        self.had = 0
        self.at: dict[str, list[float]] = {}

    def said(self, line: bytes) -> None:
        """Take one of its lines."""
        name, *times = line.decode().split()
        if name == "had":
            self.had = int(times[0])
        else:
            self.at[name] = [float(one) for one in times]


@asynccontextmanager
async def _sitting(url: str, count: int) -> AsyncIterator[Audience]:
    audience = Audience(count)
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, read_bufsize=LINE_BYTES
    ) as session:
        tasks = [asyncio.create_task(audience.follow(session, url, number)) for number in range(count)]
        try:
            await until(lambda: audience.connected == count, GIVE_UP_S)
            yield audience
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def attend(url: str, count: int) -> None:
    """Listen until standard input ends, then say when each subscriber had each alert."""
    stop = closed_stdin()
    async with _sitting(url, count) as audience:
        _say("ready" if audience.connected == count else f"only {audience.connected} of {count} were let in")
        while not stop.is_set():
            await asyncio.sleep(SAID_EVERY_S)
            _say(f"had {audience.had}")
    for name, times in audience.at.items():
        _say(f"{name} {' '.join(str(at) for at in times if at)}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(attend(sys.argv[1], int(sys.argv[2])))
