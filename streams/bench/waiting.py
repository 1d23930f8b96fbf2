"""Wait for a condition that nobody announces."""

import asyncio
import time
from collections.abc import Callable

LOOK_S = 0.01


async def until(done: Callable[[], bool], at_most_s: float) -> bool:
    """Return whether `done` came true within `at_most_s`."""
    end = time.monotonic() + at_most_s
    while not done():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(LOOK_S)
    return True
