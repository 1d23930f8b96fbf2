"""Take what is there: events of a stream in batches, without waiting for more to come."""

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any


async def batches(events: AsyncIterable[Any], most: int) -> AsyncIterator[list[Any]]:
    """Yield lists of 1 to `most` events: those that wait when the last list is done.

    Raises what `events` raises. (Faust's own `take` ends without a word after a message it cannot decode.)
    """
    waiting: asyncio.Queue[Any] = asyncio.Queue(most)
    feeder = asyncio.create_task(_feed(events, waiting))
    try:
        while True:
            taken = [await waiting.get()]
            while len(taken) < most and not waiting.empty():
                taken.append(waiting.get_nowait())
            if taken[-1] is None:
                taken.pop()
                if taken:
                    yield taken
                await feeder
                return
            yield taken
    finally:
        feeder.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await feeder


async def _feed(events: AsyncIterable[Any], waiting: asyncio.Queue[Any]) -> None:
    """Move events until they end or fail, then put None; when cancelled nobody waits any more."""
    try:
        async for event in events:
            await waiting.put(event)
    except Exception:
        await waiting.put(None)
        raise
    await waiting.put(None)
