"""Who is cut off while a Kafka client connects leaves nothing open."""

import asyncio

import pytest

from streams.engine.whole_start import start_whole


class Toy:
    """A client whose first connection is closed by nobody when its start is cancelled, as aiokafka's is."""

    def __init__(self, error=None):
        self.error, self.goes_on, self.said = error, asyncio.Event(), []

    async def start(self):
        self.said.append("opened")
        await self.goes_on.wait()
        if self.error:
            raise self.error
        self.said.append("kept")

    async def stop(self):
        self.said.append("closed" if "kept" in self.said or self.error else "left open")


async def test_a_start_that_is_cancelled_is_finished_and_stopped():
    toy = Toy()
    starting = asyncio.create_task(start_whole(toy))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    starting.cancel()
    asyncio.get_running_loop().call_later(0.05, toy.goes_on.set)
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert toy.said == ["opened", "kept", "closed"]


async def test_a_start_that_fails_is_stopped_and_says_why():
    toy = Toy(OSError("refused"))
    toy.goes_on.set()
    with pytest.raises(OSError, match="refused"):
        await start_whole(toy)
    assert toy.said == ["opened", "closed"]


async def test_a_start_that_goes_well_is_not_stopped():
    toy = Toy()
    toy.goes_on.set()
    await start_whole(toy)
    assert toy.said == ["opened", "kept"]
