"""How often each address may still be sent to: a robot that is asked too often is shut for minutes."""

from collections import deque
from collections.abc import Hashable

from alerts.channels.base import Rate

RESERVE = 5
"""One in so many requests is kept for what is pressing: a call back, fire of grade I or II."""


class Rates:
    """Counts what was sent to each address in the last seconds, by any clock that only goes forward."""

    def __init__(self) -> None:
        self._sent: dict[Hashable, deque[float]] = {}

    def free(self, address: Hashable, rate: Rate, now: float, *, pressing: bool = True) -> int:
        """Return how many requests may go out now."""
        count = _count(rate, pressing=pressing)
        sent = self._sent.get(address)
        if sent is None:
            return count
        while sent and sent[0] <= now - rate.seconds:
            sent.popleft()
        if not sent:
            del self._sent[address]
        return count - len(sent)

    def wait_s(self, address: Hashable, rate: Rate, now: float, *, pressing: bool = True) -> float:
        """Return the seconds until one may go out, 0 when one may now."""
        if self.free(address, rate, now, pressing=pressing) > 0:
            return 0.0
        return self._sent[address][-_count(rate, pressing=pressing)] + rate.seconds - now

    def note(self, address: Hashable, now: float) -> None:
        """Count one request."""
        self._sent.setdefault(address, deque()).append(now)


def _count(rate: Rate, *, pressing: bool) -> int:
    return rate.count if pressing else rate.count - rate.count // RESERVE
