"""A Kafka client cut off while it connects is let finish, then stopped: no connection stays open."""

import asyncio
from typing import Protocol

AT_MOST_S = 10.0
"""So long a start that nobody wants any more is waited for."""


class Client(Protocol):
    """What a consumer and a producer have in common."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Close all connections."""


async def start_whole(client: Client) -> None:
    """Start `client`; whatever keeps it from starting, it is stopped before that goes on.

    aiokafka closes its first connection when the broker refuses, not when the task that waits is cancelled.
    """
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
    except BaseException:
        done, _ = await asyncio.wait([starting], timeout=AT_MOST_S)
        if not done:
            starting.cancel()
        elif not starting.cancelled():
            starting.exception()
        await client.stop()
        raise
