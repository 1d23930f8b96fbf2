"""Notice a worker that stands still: messages wait and no position moves."""

import time
from collections.abc import Callable, Hashable, Mapping

LIMIT_S = 120.0
"""How long a position may stand still while messages wait."""


class Watchdog:
    """Told from time to time where everything stands; says whether something stands still."""

    def __init__(self, limit_s: float = LIMIT_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit_s = limit_s
        self._clock = clock
        self._since: dict[Hashable, tuple[int, float]] = {}
        self.lag: dict[Hashable, int] = {}

    def look(self, places: Mapping[Hashable, tuple[int, int]]) -> None:
        """Take note of (position, end) of every place; a place that is missing is forgotten."""
        now = self._clock()
        self.lag = {place: end - position for place, (position, end) in places.items()}
        kept = {}
        for place, (position, end) in places.items():
            before = self._since.get(place)
            if position < end:
                kept[place] = before if before is not None and before[0] == position else (position, now)
        self._since = kept

    @property
    def standing(self) -> list[Hashable]:
        """The places where messages have waited too long."""
        now = self._clock()
        return [place for place, (_, since) in self._since.items() if now - since > self._limit_s]

    @property
    def stalled(self) -> bool:
        """Whether something stands still."""
        return bool(self.standing)
