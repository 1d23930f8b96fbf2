"""Take what is there: the messages that wait for a hop, in batches, without waiting for more to come."""

from collections.abc import AsyncIterator
from typing import Any


async def batches(app: Any, stream: Any, most: int) -> AsyncIterator[list[Any]]:
    """Yield 1 to `most` events of `stream` at a time, until the stream stops; none of them is acknowledged.

    The events come straight from the stream's queue: iterating the stream costs as much again as
    delivering them, and Faust's `take` ends without a word after a message it cannot decode.
    """
    waiting = stream.channel.queue
    while True:
        try:
            taken = [await waiting.get()]
        except StopAsyncIteration:  # thrown in by Faust when the agent stops
            return
        while len(taken) < most and not waiting.empty():
            taken.append(waiting.get_nowait())
        if wanted := [event for event in taken if _begin(app, event.message)]:
            yield wanted


def _begin(app: Any, message: Any) -> bool:
    """Count `message` among those a rebalance waits for; False when it is of a time before the last one."""
    if message.generation_id != app.consumer_generation_id or not app.flow_control.is_active():
        return False
    if not message.tracked:
        message.tracked = True
        app.consumer.track_message(message)
    return True
