"""How often each address may still be sent to: a robot that is asked too often is shut for minutes."""

from collections import deque
from collections.abc import Hashable

from alerts.channels.base import Rate


class Rates:
    """Counts what was sent to each address in the last seconds, by any clock that only goes forward."""

    def __init__(self) -> None:
        self._sent: dict[Hashable, deque[float]] = {}

    def free(self, address: Hashable, rate: Rate, now: float) -> int:
        """Return how many requests may go out now."""
        sent = self._sent.get(address)
        if sent is None:
            return rate.count
        while sent and sent[0] <= now - rate.seconds:
            sent.popleft()
        if not sent:
            del self._sent[address]
        return rate.count - len(sent)

    def wait_s(self, address: Hashable, rate: Rate, now: float) -> float:
        """Return the seconds until one may go out, 0 when one may now."""
        if self.free(address, rate, now) > 0:
            return 0.0
        return self._sent[address][-rate.count] + rate.seconds - now

    def note(self, address: Hashable, now: float) -> None:
        """Count one request."""
        self._sent.setdefault(address, deque()).append(now)
