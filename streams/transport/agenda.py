"""What each receiver is sent next: of every alert the newest revision, the most urgent first.

A look through the whole outbox fills it; a row that is written later joins. So a place that becomes free is
taken at once, however many rows wait.
"""

import heapq
from collections.abc import Iterable
from itertools import count

from streams.hops.outbox import Pending
from streams.transport.lanes import Lane, Urgency, lane_of, newest_of_each_lane, urgency


class Agenda:
    """The rows that a sender knows of. A cache: whoever takes one out asks whether it still stands."""

    def __init__(self) -> None:
        self._newest: dict[Lane, Pending] = {}
        self._waiting: dict[str, list[tuple[Urgency, int, Pending]]] = {}
        self._count = count()

    def fill(self, rows: Iterable[Pending]) -> list[Pending]:
        """Forget everything, know these rows, and return those whose turn it is, the most urgent first."""
        self._waiting.clear()
        self._newest = newest_of_each_lane(rows)
        return sorted(self._newest.values(), key=urgency)

    def join(self, rows: Iterable[Pending]) -> list[Pending]:
        """Know these rows as well; return those whose turn it is: nothing newer is known of their alert."""
        fresh = {}
        for lane, row in newest_of_each_lane(rows).items():
            known = self._newest.get(lane)
            if known is None or known.revision <= row.revision:
                fresh[lane] = row
        self._newest |= fresh
        return sorted(fresh.values(), key=urgency)

    def wait(self, row: Pending) -> None:
        """Keep a row for when its receiver has room."""
        heapq.heappush(self._waiting.setdefault(row.receiver, []), (urgency(row), next(self._count), row))

    def next(self, receiver: str) -> Pending | None:
        """Return the most urgent row that waits for this receiver, and forget that it waits."""
        waiting = self._waiting.get(receiver, [])
        while waiting:
            row = heapq.heappop(waiting)[2]
            if self._newest.get(lane_of(row)) is row:
                return row
        return None
