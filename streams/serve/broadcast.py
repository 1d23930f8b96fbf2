"""Live alerts to everyone who listens; who cannot keep up is let go and resumes from the store."""

import asyncio
from collections.abc import Callable, Iterable

QUEUE_LENGTH = 1000
"""Alert revisions that one client may lag behind before its connection is closed."""


def frame(sequence: int, body: bytes) -> bytes:
    """Return one server-sent event."""
    return b"id: %d\nevent: alert\ndata: %s\n\n" % (sequence, body)


class Listener:
    """One client's place in the broadcast: frames waiting, and how to end its connection."""

    def __init__(self, hang_up: Callable[[], None]) -> None:
        self.queue: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue(QUEUE_LENGTH + 1)
        self.hang_up = hang_up

    def offer(self, sequence: int, framed: bytes) -> bool:
        """Queue one server-sent event; False when the client lags too far behind."""
        if self.queue.qsize() >= QUEUE_LENGTH:
            return False
        self.queue.put_nowait((sequence, framed))
        return True


class Broadcast:
    """Everyone who listens to the live alerts of this server."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._closed = False

    def join(self, hang_up: Callable[[], None]) -> Listener:
        """Return a new listener that gets every alert published from now on."""
        listener = Listener(hang_up)
        self.listeners.add(listener)
        if self._closed:
            listener.queue.put_nowait(None)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener; harmless when it is already gone."""
        self.listeners.discard(listener)

    def publish(self, alerts: Iterable[tuple[int, bytes]]) -> int:
        """Hand kept alerts to every listener, in order; never waits. Return how many were let go."""
        lagging = 0
        framed = [(sequence, frame(sequence, body)) for sequence, body in alerts]
        for listener in tuple(self.listeners):
            if not all(listener.offer(*one) for one in framed):
                self.leave(listener)
                listener.hang_up()
                lagging += 1
        return lagging

    def close(self) -> None:
        """End every stream after what is queued, so that the server can stop."""
        self._closed = True
        for listener in tuple(self.listeners):
            listener.queue.put_nowait(None)
