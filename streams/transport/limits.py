"""How hard the sender tries, how often it tried, and where it finds what is to be sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from streams.hops.outbox import Pending


@dataclass(frozen=True)
class Limits:
    """How hard the sender tries. Times in seconds.

    The first waits suit a fire; the later ones are those of the Standard Webhooks specification.
    """

    waits_s: tuple[float, ...] = (5, 15, 45, 120, 300, 1800, 7200, 18000)
    jitter: float = 0.1
    timeout_s: float = 15.0
    answer_bytes: int = 64 * 1024
    per_receiver: int = 4
    look_s: float = 1.0
    report_s: float = 1.0
    ask_s: float = 5.0
    rest: float = 4.0
    """After looking through the outbox, so many times that long is waited: a full one takes no whole core."""


@dataclass
class Trial:
    """How often a row was tried, when it may be tried next (loop time), and whether that is settled."""

    attempts: int
    next_at: float = 0.0
    settled: bool = False


class Rows(Protocol):
    """The outbox rows, as written, of the partitions that are ours."""

    def rows(self) -> Iterable[Pending]:
        """Return every row."""
        ...

    def row(self, receiver: str, notice_id: str, /) -> Pending | None:
        """Return one row, None when it is gone or being changed."""
        ...
