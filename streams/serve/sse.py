"""`GET /v1/alerts/stream`: every alert revision after a sequence number, then live; no gap, no repeat."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from streams.serve.broadcast import Broadcast, Listener, frame
from streams.serve.problems import problem
from streams.serve.store import Store

HEARTBEAT_S = 15.0
"""Proxies commonly drop connections idle for 60 s; a quarter of that also finds dead clients."""

RETRY_MS = 2000
PAGE = 500
MAX_SEQUENCE = 2**63 - 1

Sees = Callable[[bytes], bool]
Admitted = Callable[[], bool]

log = logging.getLogger(__name__)


def starting_point(request: web.Request) -> int | None:
    """Return the sequence number to resume after; None means live only. Raises a 400 problem."""
    text = request.headers.get("Last-Event-ID") or request.query.get("after")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= MAX_SEQUENCE):
        raise problem(400, "Last-Event-ID and after take a sequence number, 0 from the beginning")
    return int(text)


async def replayed(store: Store, after: int) -> AsyncIterator[list[tuple[int, bytes]]]:
    """Yield pages of kept alerts after a sequence number until none are left."""
    while page := await asyncio.to_thread(store.alerts_after, after, PAGE):
        yield page
        after = page[-1][0]


async def stream_alerts(  # noqa: PLR0913, PLR0917 - what a stream is of, and for whom
    request: web.Request,
    store: Store,
    broadcast: Broadcast,
    heartbeat_s: float = HEARTBEAT_S,
    sees: Sees | None = None,
    admitted: Admitted = lambda: True,
) -> web.StreamResponse:
    """Answer with the stream; ends when the client leaves, lags too far behind, or the server stops.

    `sees` says which alerts this client is shown; None is all. `admitted` is asked once a heartbeat whether
    it would still be let in: a key that was revoked and an account that was locked hear no more.
    """
    sent = starting_point(request)
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    if sent is not None and sent > await asyncio.to_thread(store.last_sequence):
        sent = 0  # A number of some other history: tell all again rather than nothing.
    transport = request.transport
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    await response.write(b"retry: %d\n\n" % RETRY_MS)
    if sent is not None:
        # Before joining: a long replay must not fill the queue of live alerts.
        sent = await _replay(response, store, sent, sees)
    listener = broadcast.join(transport.abort if transport else lambda: None)
    try:
        if sent is None:
            sent = 0
        else:
            # Once more after joining: what was kept in between is in neither.
            sent = await _replay(response, store, sent, sees)
        await _live(response, listener, sent, _Beat(heartbeat_s, admitted), sees)
    except ConnectionError:
        log.debug("a stream client left")
    finally:
        broadcast.leave(listener)
    return response


async def _replay(response: web.StreamResponse, store: Store, sent: int, sees: Sees | None) -> int:
    async for page in replayed(store, sent):
        shown = [frame(sequence, body) for sequence, body in page if sees is None or sees(body)]
        await response.write(b"".join(shown) or b": not yours\n\n")
        sent = page[-1][0]
    return sent


class _Beat:
    """How long to wait for news, and whether the client is still let in, asked once in that time."""

    def __init__(self, every_s: float, admitted: Admitted) -> None:
        self.every_s, self._admitted = every_s, admitted
        self._asked = asyncio.get_running_loop().time()

    def over(self) -> bool:
        """Say whether the client is let in no more."""
        now = asyncio.get_running_loop().time()
        if now - self._asked < self.every_s:
            return False
        self._asked = now
        return not self._admitted()


async def _live(
    response: web.StreamResponse, listener: Listener, sent: int, beat: _Beat, sees: Sees | None
) -> None:
    while True:
        try:
            item = await asyncio.wait_for(listener.queue.get(), beat.every_s)
        except TimeoutError:
            if beat.over():
                return
            await response.write(b": still here\n\n")
            continue
        if item is None or beat.over():
            return
        sequence, framed = item
        if sequence > sent:
            if sees is None or sees(framed.partition(b"data: ")[2]):
                await response.write(framed)
            sent = sequence
