"""Notice that this worker stood still: suspended, stopped, or its machine asleep."""

import time
from collections.abc import Callable

BEAT_S = 1.0


class FrozenError(Exception):
    """The worker stood still for longer than the group waits; its partitions may be somebody else's."""


class Pulse:
    """Beats every second; a beat that is late by `limit_s` means that rows may not be written any more.

    Rows written after somebody else has taken a partition over would undo theirs at the next recovery.
    """

    def __init__(self, limit_s: float, clock: Callable[[], float] = time.time) -> None:
        # The wall clock: the monotonic one of Linux stands still while a machine sleeps.
        self.limit_s = limit_s
        self._clock = clock
        self._last: float | None = None
        self._frozen = False

    def beat(self) -> None:
        """Say that the event loop is alive."""
        now = self._clock()
        self._frozen = self._frozen or self._late(now)
        self._last = now

    def check(self) -> None:
        """Raise `FrozenError` when the worker stood still since it was started."""
        if self._frozen or self._late(self._clock()):
            raise FrozenError(f"this worker stood still for more than {self.limit_s:.0f} s")

    def _late(self, now: float) -> bool:
        return self._last is not None and now - self._last > self.limit_s
