"""A durable log in one SQLite file: topics in partitions, any offset readable, one fsync for many."""

import asyncio
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from streams.engine import log_file, log_upkeep
from streams.engine.log_commit import Call, Commits, Job, Partition
from streams.engine.log_tail import Stored

logger = logging.getLogger(__name__)

READ_BYTES = 4 * 1024 * 1024
"""How much one read returns at most, so that nobody holds the event loop for long."""
NEARLY_FULL = 512 * 1024 * 1024
"""Free bytes below which the log warns."""
ROOM_CHECK_S = 5.0
WARN_EVERY_S = 60.0


class Record(NamedTuple):
    """One message to append. `at` is seconds since 1970, the time of appending."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None


Place = tuple[str, int]
"""Topic and partition."""


class Log:
    """Every topic of one data directory. Safe to use from any thread of the program that holds it."""

    def __init__(self, directory: Path, *, nearly_full_bytes: int = NEARLY_FULL) -> None:
        self.directory = directory
        self.path = directory / "log.sqlite"
        self.nearly_full = self.full = False
        self.closed = False
        self._nearly_full_bytes = nearly_full_bytes
        self._checked_at = self._warned_at = float("-inf")
        self._guard = threading.Lock()
        self._sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock_file = log_file.hold(directory)
        try:
            self._reads = log_file.connect(self.path)
            log_file.prepare(self._reads, self.path)
            self._partitions: dict[Place, Partition] = {}
            self._positions: dict[tuple[str, Place], int] = {}
            self._load()
            self._commits = Commits(self.path, self._woken)
        except BaseException:
            self._lock_file.close()
            raise

    def _load(self) -> None:
        rows = self._reads.execute(
            "SELECT p.id, t.name, p.number, p.end FROM partition p JOIN topic t ON t.id = p.topic"
        )
        known = dict(self._partitions)
        for number, topic, partition, end in rows.fetchall():
            known.setdefault((topic, partition), Partition(number, end))
        self._partitions = known
        places = {partition.id: place for place, partition in self._partitions.items()}
        for reader, number, offset in self._reads.execute(
            "SELECT reader, partition, next FROM position"
        ).fetchall():
            self._positions[reader, places[number]] = offset

    def create(
        self, topic: str, partitions: int, *, compacted: bool = False, retention_s: float | None = None
    ) -> None:
        """Create `topic` unless it is there; raises `LogError` when it is there with other partitions."""
        there = self.partitions(topic)
        if there and there != partitions:
            raise log_file.LogError(f"topic {topic} has {there} partitions, not {partitions}")
        self._run(
            lambda connection: log_upkeep.create(connection, topic, partitions, (compacted, retention_s))
        )
        if not there:
            with self._guard:
                self._load()

    @property
    def transactions(self) -> int:
        """How many transactions this program has written."""
        return self._commits.count

    def topics(self) -> tuple[str, ...]:
        """Return the names of all topics."""
        return tuple(sorted({topic for topic, _ in self._partitions}))

    def partitions(self, topic: str) -> int:
        """Return how many partitions `topic` has, 0 when it does not exist."""
        return sum(1 for name, _ in self._partitions if name == topic)

    def end(self, topic: str, partition: int) -> int:
        """Return the offset that the next record will get."""
        return self._partition(topic, partition).end

    def start(self, topic: str, partition: int) -> int:
        """Return the offset of the first record still there, or `end` when there is none."""
        found = self._partition(topic, partition)
        low = found.id << log_file.OFFSET_BITS
        with self._guard:
            row = self._reads.execute(
                "SELECT min(id) FROM record WHERE id >= ? AND id < ?", (low, low + found.end)
            ).fetchone()
        return found.end if row[0] is None else int(row[0]) - low

    def position(self, reader: str, topic: str, partition: int) -> int | None:
        """Return the offset from which `reader` goes on, or None when it never committed."""
        return self._positions.get((reader, (topic, partition)))

    def positions(self, reader: str) -> dict[Place, int]:
        """Return every committed position of `reader`."""
        return {place: offset for (name, place), offset in self._positions.items() if name == reader}

    def submit(
        self, records: Iterable[Record] = (), reader: str = "", positions: Mapping[Place, int] | None = None
    ) -> "Future[list[int]]":
        """Write records and positions in one transaction, shared with other callers.

        The future holds the offsets of the records, in order, once all of it is on the disk. It raises
        `DiskFullError` when the disk has no room: then nothing of it was written.
        """
        self._look_at_room()
        rows = [(self._partition(topic, partition), key, value) for topic, partition, key, value in records]
        wanted = dict(positions or {})
        moves = [(self._partition(*place), offset) for place, offset in wanted.items()]

        def wrote() -> None:
            self._positions.update({(reader, place): offset for place, offset in wanted.items()})

        job = Job(rows, reader, moves, time.time(), wrote)
        self._commits.put(job)
        return job.done

    async def append(
        self, records: Iterable[Record] = (), reader: str = "", positions: Mapping[Place, int] | None = None
    ) -> list[int]:
        """Await `submit`."""
        return await asyncio.wrap_future(self.submit(records, reader, positions))

    def read(self, topic: str, partition: int, offset: int, limit: int = 500) -> list[Stored]:
        """Return up to `limit` records from `offset` on, and at most about `READ_BYTES`."""
        found = self._partition(topic, partition)
        if offset >= found.end:
            return []
        if kept := found.tail.since(offset, limit):
            return kept
        low = found.id << log_file.OFFSET_BITS
        taken: list[Stored] = []
        size = 0
        with self._guard:
            rows = self._reads.execute(
                "SELECT id, at, key, value FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
                (low + offset, low + found.end, limit),
            )
            for number, at, key, value in rows:
                taken.append(Stored(number - low, at, key, value))
                size += len(key or b"") + len(value or b"")
                if size >= READ_BYTES:
                    rows.close()
                    break
        return taken

    async def grown(self, seen: int, at_most_s: float) -> int:
        """Wait until something was written after `seen`, or `at_most_s`; return what is seen now."""
        if self._commits.count == seen:
            sleeper = (asyncio.get_running_loop(), asyncio.Event())
            self._sleepers.add(sleeper)
            try:
                if self._commits.count == seen:
                    # not wait_for: in Python 3.11 it loses a cancellation that comes with the result
                    async with asyncio.timeout(at_most_s):
                        await sleeper[1].wait()
            except TimeoutError:
                pass
            finally:
                self._sleepers.discard(sleeper)
        return self._commits.count

    def compact(self, at_least: int = 1) -> int:
        """Keep the last record of each key in compacted topics; return how many records went."""
        return self._run(lambda connection: log_upkeep.compact(connection, at_least))

    def expire(self, now: float) -> int:
        """Drop records older than their topic's retention that every reader has passed; return how many."""
        return self._run(lambda connection: log_upkeep.expire(connection, now))

    def _run(self, work: Callable[[sqlite3.Connection], int]) -> int:
        call = Call(work)
        self._commits.put(call)
        done = call.done.result()
        for partition in self._partitions.values():
            partition.tail.clear()
        return done

    def close(self) -> None:
        """Finish what was submitted and let go of the directory."""
        self.closed = True
        self._commits.close()
        self._reads.close()
        self._lock_file.close()

    def _partition(self, topic: str, partition: int) -> Partition:
        try:
            return self._partitions[topic, partition]
        except KeyError:
            raise log_file.LogError(f"no partition {partition} of topic {topic}") from None

    def _woken(self) -> None:
        for loop, woken in tuple(self._sleepers):
            if not loop.is_closed():
                loop.call_soon_threadsafe(woken.set)

    def _look_at_room(self) -> None:
        now = time.monotonic()
        if now - self._checked_at < ROOM_CHECK_S:
            return
        self._checked_at = now
        free = shutil.disk_usage(self.directory).free
        self.nearly_full = free < self._nearly_full_bytes
        self.full = free < self._nearly_full_bytes // 8
        if self.nearly_full and now - self._warned_at >= WARN_EVERY_S:
            self._warned_at = now
            logger.warning("the disk of %s is nearly full: %d MB free", self.directory, free // 1_000_000)


def read_all(log: Log, topic: str) -> dict[int, Sequence[Stored]]:
    """Return everything in `topic` by partition; for small topics and tests."""
    found: dict[int, Sequence[Stored]] = {}
    for partition in range(log.partitions(topic)):
        taken: list[Stored] = []
        offset = 0
        while more := log.read(topic, partition, offset):
            taken += more
            offset = more[-1].offset + 1
        found[partition] = taken
    return found
