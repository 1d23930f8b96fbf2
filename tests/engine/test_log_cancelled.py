"""Who waits for the log can always be stopped."""

import asyncio

import pytest

from schemas.settings import Kafka
from streams.engine.logs import close_logs, open_log


async def test_a_wait_that_is_cancelled_just_as_something_is_written_ends(tmp_path):
    log = open_log(tmp_path, Kafka())
    try:
        waiting = asyncio.create_task(log.grown(log._commits.count, 30.0))  # noqa: SLF001 - the very moment
        await asyncio.sleep(0.01)
        for _, woken in log._sleepers:  # noqa: SLF001
            woken.set()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    finally:
        close_logs()
