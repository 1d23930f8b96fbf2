"""Group commit: one thread writes what many callers submit, and one fsync serves them all."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from streams.engine import log_file
from streams.engine.log_tail import Stored, Tail

FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC}
"""What SQLite says when a disk has no room."""


@dataclass(slots=True)
class Partition:
    """Where a partition stands: `end` is the offset its next record gets."""

    id: int
    end: int
    tail: Tail = field(default_factory=Tail)


@dataclass(slots=True)
class Job:
    """What one caller wants written, whole or not at all."""

    rows: list[tuple[Partition, bytes | None, bytes | None]]
    reader: str
    moves: list[tuple[Partition, int]]
    at: float
    wrote: Callable[[], None]
    done: "Future[list[int]]" = field(default_factory=Future)


@dataclass(slots=True)
class Call:
    """A function to run in a transaction of its own."""

    run: Callable[[sqlite3.Connection], int]
    done: "Future[int]" = field(default_factory=Future)


class Commits:
    """The only writer of the file. `count` grows with every transaction."""

    def __init__(self, path: Path, on_commit: Callable[[], None]) -> None:
        self.count = 0
        self._on_commit = on_commit
        self._waiting: list[Job | Call] = []
        self._changed = threading.Condition()
        self._closed = False
        self._connection = log_file.connect(path)
        self._thread = threading.Thread(target=self._run, name="log-commit", daemon=True)
        self._thread.start()

    def put(self, item: Job | Call) -> None:
        """Queue `item`; its future tells when it is on the disk."""
        with self._changed:
            if self._closed:
                raise log_file.LogError("the log is closed")
            self._waiting.append(item)
            self._changed.notify()

    def close(self) -> None:
        """Write what is queued and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                items, self._waiting = self._waiting, []
            if not items:
                return
            wanted = [item for item in items if item.done.set_running_or_notify_cancel()]
            for kind, group in groupby(wanted, key=type):
                if kind is Job:
                    self._commit([item for item in group if isinstance(item, Job)])
                else:
                    for item in group:
                        self._call(item)

    def _call(self, call: Any) -> None:
        try:
            result = self._transaction(lambda: call.run(self._connection))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller
            call.done.set_exception(error)
        else:
            call.done.set_result(result)

    def _commit(self, jobs: list[Job]) -> None:
        try:
            offsets, ends = self._transaction(lambda: self._write(jobs))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the callers
            for job in jobs:
                job.done.set_exception(error)
            return
        for job, given in zip(jobs, offsets, strict=True):
            for (partition, key, value), offset in zip(job.rows, given, strict=True):
                partition.tail.add(Stored(offset, job.at, key, value))
        for partition, end in ends:
            partition.end = end
        for job in jobs:
            job.wrote()
        self.count += 1
        self._on_commit()
        for job, given in zip(jobs, offsets, strict=True):
            job.done.set_result(given)

    def _transaction(self, work: Callable[[], Any]) -> Any:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = work()
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error) and (
                error.sqlite_errorcode & 0xFF in FULL or error.sqlite_errorcode in FULL
            ):
                raise log_file.DiskFullError(f"nothing was written: {error}") from error
            raise
        return result

    def _write(self, jobs: list[Job]) -> tuple[list[list[int]], list[tuple[Partition, int]]]:
        ends: dict[int, tuple[Partition, int]] = {}
        offsets: list[list[int]] = []
        rows: list[tuple[int, float, bytes | None, bytes | None]] = []
        moves: list[tuple[str, int, int]] = []
        for job in jobs:
            given: list[int] = []
            for partition, key, value in job.rows:
                offset = ends.get(partition.id, (partition, partition.end))[1]
                ends[partition.id] = (partition, offset + 1)
                rows.append(((partition.id << log_file.OFFSET_BITS) + offset, job.at, key, value))
                given.append(offset)
            offsets.append(given)
            moves += [(job.reader, partition.id, offset) for partition, offset in job.moves]
        execute = self._connection.executemany
        execute("INSERT INTO record (id, at, key, value) VALUES (?, ?, ?, ?)", rows)
        execute(
            "UPDATE partition SET end = ? WHERE id = ?", [(end, number) for number, (_, end) in ends.items()]
        )
        execute("INSERT OR REPLACE INTO position (reader, partition, next) VALUES (?, ?, ?)", moves)
        return offsets, list(ends.values())
