"""The loopback servers as fixtures, and a sleep that does not wait."""

import aiohttp
import pytest
from closing import put_away
from loopback import Firms, WayIn, serving


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def firms():
    server = Firms()
    runner, server.url = await serving(server.app())
    yield server
    await put_away(runner)


@pytest.fixture
async def way_in():
    server = WayIn()
    runner, server.url = await serving(server.app())
    yield server
    await put_away(runner)


@pytest.fixture
def naps():
    """Seconds that were waited, without waiting."""

    class Naps(list):
        async def __call__(self, seconds):
            self.append(seconds)

    return Naps()
