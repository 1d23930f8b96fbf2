"""The newest records of a partition, kept in memory: who follows a log asks no disk for them.

One thread adds; any may read. What is kept has no gaps, and was on the disk before it was added.
"""

from typing import NamedTuple

MOST = 256
"""Records kept of one partition, or up to twice as many."""
MOST_BYTES = 256 * 1024
"""What they hold, or up to twice as much."""


class Stored(NamedTuple):
    """One message as it stands in a partition."""

    offset: int
    at: float
    key: bytes | None
    value: bytes | None


class Tail:
    """The newest records of one partition, in order."""

    __slots__ = ("_bytes", "_records")

    def __init__(self) -> None:
        self._records: list[Stored] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Stored) -> None:
        """Add the record after the last one that was added."""
        self._records.append(record)
        self._bytes += _size(record)
        if len(self._records) > 2 * MOST or self._bytes > 2 * MOST_BYTES:
            self._cut()

    def since(self, offset: int, limit: int) -> list[Stored]:
        """Return up to `limit` records from `offset` on; nothing where the first of them is not kept."""
        # one look: another thread may lay another list in its place
        records = self._records
        start = offset - records[0].offset if records else -1
        return records[start : start + limit] if start >= 0 else []

    def clear(self) -> None:
        """Forget all: the disk knows better."""
        self._records, self._bytes = [], 0

    def _cut(self) -> None:
        kept: list[Stored] = []
        size = 0
        for record in reversed(self._records):
            size += _size(record)
            if len(kept) == MOST or size > MOST_BYTES:
                break
            kept.append(record)
        self._records, self._bytes = kept[::-1], sum(map(_size, kept))


def _size(record: Stored) -> int:
    return len(record.key or b"") + len(record.value or b"")
