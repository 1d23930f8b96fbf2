"""Play recorded deliveries on a clock of their own: history at once, then so many times faster than life."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from detectors.identity import key_of
from schemas.codec import Unreadable, decode, encode
from schemas.observation import Delivery
from schemas.topics import OBSERVATION
from schemas.units import Version
from streams.engine.writer import Writer
from streams.files import write_whole
from streams.replay import tick

LONGEST_WAIT_S = 2.0
"""Nothing comes in for hours at night; a spectator waits no longer than this."""
HOUR = timedelta(hours=1)
TICK_EVERY = timedelta(minutes=10)
"""Played time between ticks while nothing comes in."""


class Place(Struct, frozen=True):
    """How many deliveries have been played: what the file `demo.place` says."""

    played: int
    v: Version = 1


def played(path: Path) -> int:
    """Return how many deliveries have been played; raises `ValueError` where that cannot be read."""
    if not path.exists():
        return 0
    place = decode(path.read_bytes(), Place)
    if isinstance(place, Unreadable):
        raise ValueError(f"{path}: {place.why}; start the demo in another --data-dir")  # noqa: TRY004 - a file's content
    return int(place.played)


class Player:
    """Plays deliveries into the log and keeps its place, so that a restart goes on where it stopped."""

    def __init__(self, writer: Writer, partitions: int, place: Path, speed: float) -> None:
        self._writer = writer
        self._partitions = partitions
        self._place = place
        self._speed = speed
        self.now: datetime | None = None

    async def play(
        self,
        given: Sequence[Delivery],
        starts_at: datetime | None,
        say: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        """Play until the end; what was received before `starts_at` is history and is not waited for.

        Raises `ValueError` when the place kept cannot be gone on from.
        """
        already = played(self._place)
        count = 0
        for received_at, group in groupby(given, key=lambda one: one.received_at):
            batch = list(group)
            count += len(batch)
            if count <= already:
                self.now = received_at
                continue
            if starts_at is not None and received_at >= starts_at:
                await self._hurry(starts_at)
                await self._wait(received_at)
            await asyncio.gather(
                *(self._writer.send(OBSERVATION, key_of(one.observations[0]), one) for one in batch)
            )
            await self._tick(received_at)
            write_whole(self._place, encode(Place(count)))
            say(received_at)

    async def _hurry(self, until: datetime) -> None:
        """Let the time between history and the start pass hour by hour, without a wait."""
        while self.now is not None and self.now < until:
            await self._tick(min(self.now + HOUR, until))

    async def _wait(self, until: datetime) -> None:
        """Let played time pass, with ticks, so that what is quiet closes while nothing comes in."""
        while self.now is not None and self.now < until:
            step = min(TICK_EVERY, until - self.now)
            remaining = (until - self.now) / timedelta(seconds=1) / self._speed
            if remaining > LONGEST_WAIT_S:
                # a gap without news: hurry, but let every hour of it be told
                step = min(HOUR, until - self.now)
            await asyncio.sleep(min(step / timedelta(seconds=1) / self._speed, LONGEST_WAIT_S))
            await self._tick(self.now + step)

    async def _tick(self, at: datetime) -> None:
        self.now = at
        await asyncio.gather(
            *(
                self._writer.send(
                    OBSERVATION,
                    "tick",
                    Delivery(delivery_id=f"{tick(at).delivery_id}:{n}", received_at=at),
                    n,
                )
                for n in range(self._partitions)
            )
        )
