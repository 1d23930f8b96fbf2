"""Looks in the order of their time: those later than some evidence are found without going over all."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import datetime

from schemas.detection import Look


class LookTimes:
    """Every look that is remembered, by time and source."""

    def __init__(self) -> None:
        self._looks: list[Look] = []

    def __len__(self) -> int:
        return len(self._looks)

    def add(self, looks: Iterable[Look]) -> None:
        """Put looks in."""
        for look in looks:
            insort(self._looks, look, key=_order)

    def later(self, than: datetime) -> list[Look]:
        """Return the looks after a moment, the oldest first."""
        return self._looks[bisect_right(self._looks, than, key=_at) :]

    def forget(self, before: datetime) -> None:
        """Drop the looks before a moment."""
        del self._looks[: bisect_left(self._looks, before, key=_at)]


def _at(look: Look) -> datetime:
    return look.observed_at


def _order(look: Look) -> tuple[datetime, str]:
    return look.observed_at, look.source
