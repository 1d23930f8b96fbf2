"""A server on loopback is put away whole: what it accepted at its last moment is closed with the rest."""

import asyncio
import socket

TURNS = 10
"""So many turns of the loop later a connection that was accepted has its transport, and one is gone."""

HELD = []


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def put_away(runner) -> None:
    """Listen no more, let what was accepted become connections, then close all of them."""
    for site in tuple(runner.sites):
        await site.stop()
    await turns()
    lines = [one.transport for one in runner.server.connections if one.transport is not None]
    await runner.cleanup()
    for line in lines:
        line.abort()  # one that nobody reads any more would wait for ever to be written out
    await turns()


async def nothing_left() -> None:
    """End whatever else runs on this loop."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for one in rest:
        one.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await turns()


def held_port() -> int:
    """Return a port of loopback that nobody else is given until the tests end.

    It is bound and does not listen: who reuses addresses, as every server here does, may listen on it, again
    and again, and until then whoever connects is refused.
    """
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", 0))
    HELD.append(one)
    return one.getsockname()[1]


def let_go() -> None:
    """Close what was held."""
    while HELD:
        HELD.pop().close()
