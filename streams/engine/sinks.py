"""Where a micro-batch is written: one transaction on the embedded log; outputs, then rows, on Kafka."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from schemas.dead_letter import DeadLetter
from streams.engine.log import Log, Record
from streams.engine.outlet import Outlet
from streams.engine.pulse import Pulse


@dataclass(slots=True)
class Written:
    """What a micro-batch yields: messages, rows by partition, and how far it has come."""

    records: list[Record] = field(default_factory=list)
    rows: dict[int, dict[str, bytes | None]] = field(default_factory=dict)
    positions: dict[tuple[str, int], int] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)
    size: int = 0

    def add_records(self, records: list[Record]) -> None:
        """Add messages to send."""
        self.records += records
        self.size += sum(len(record.value or b"") for record in records)

    def add_rows(self, partition: int, rows: dict[str, bytes | None]) -> None:
        """Add rows; of one key only the last is kept."""
        if rows:
            self.rows.setdefault(partition, {}).update(rows)
            self.size += sum(len(value or b"") for value in rows.values())

    def changes(self, changelog: str) -> list[Record]:
        """Return the rows as records of their changelog."""
        return [
            Record(changelog, partition, key.encode(), value)
            for partition, rows in self.rows.items()
            for key, value in rows.items()
        ]


class Sink(Protocol):
    """Writes a micro-batch so that a crash at any moment loses nothing; `spy` is told between two parts.

    After `give_up_s` seconds of trying the worker ends: somebody else may have its partitions by then.
    """

    spy: Callable[[str], None] | None
    give_up_s: float

    async def write(self, written: Written) -> None:
        """Return when all of it is acknowledged; raises when any is not, and may be called again."""


class EmbeddedSink:
    """Outputs, rows and positions in one transaction: a crash leaves all or nothing."""

    def __init__(self, log: Log, group: str, changelog: str) -> None:
        self.spy: Callable[[str], None] | None = None
        # Nobody else can have the partitions, a full disk may be emptied: the watchdog has the last word.
        self.give_up_s = float("inf")
        self._log = log
        self._group = group
        self._changelog = changelog

    async def write(self, written: Written) -> None:
        """Return when the transaction is on the disk."""
        records = written.records + written.changes(self._changelog)
        await self._log.append(records, self._group, written.positions)


class KafkaSink:
    """Outputs first, then rows; Faust commits the positions of messages that were let go.

    A crash between the two sends the same outputs with the same ids again. Rows first would lose them.
    """

    def __init__(self, outlet: Outlet, changelog: str, pulse: Pulse) -> None:
        self.spy: Callable[[str], None] | None = None
        self.give_up_s = 0.75 * pulse.limit_s
        self._pulse = pulse
        self._outlet = outlet
        self._changelog = changelog

    async def write(self, written: Written) -> None:
        """Return when the brokers have acknowledged every output and every row.

        Raises `FrozenError` when the worker stood still for so long that it may own nothing any more.
        """
        self._pulse.check()
        await self._outlet.send(written.records)
        if self.spy is not None:
            self.spy("rows")
        self._pulse.check()
        sent = (
            self._outlet.send_whole(self._changelog, number, rows) for number, rows in written.rows.items()
        )
        # All are awaited, also when one fails: the next attempt must not overtake what is still on its way.
        for outcome in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
