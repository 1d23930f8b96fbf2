"""The embedded log: order, atomicity, one fsync for many, smaller with time, loud when there is no room."""

import asyncio
import logging
import sqlite3
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.settings import Settings
from schemas.topics import TICK
from streams.engine.log import Log, Record, read_all
from streams.engine.log_file import FORMAT, DirectoryBusyError, DiskFullError, LogError
from streams.engine.logs import close_logs
from streams.engine.writer import open_writer


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path)
    log.create("a", 2)
    log.create("rows", 1, compacted=True)
    log.create("short", 1, retention_s=100)
    yield log
    log.close()


def put(log, topic, *pairs, partition=0):
    return log.submit(Record(topic, partition, key, value) for key, value in pairs).result()


def test_offsets_count_up_by_partition_and_survive(tmp_path, log):
    assert put(log, "a", (b"k", b"1"), (b"k", b"2")) == [0, 1]
    assert put(log, "a", (b"k", b"3"), partition=1) == [0]
    assert put(log, "a", (None, None)) == [2]
    log.close()
    again = Log(tmp_path)
    assert [(s.offset, s.key, s.value) for s in again.read("a", 0, 1)] == [(1, b"k", b"2"), (2, None, None)]
    assert (again.end("a", 0), again.end("a", 1), again.partitions("a")) == (3, 1, 2)
    again.close()


def test_records_and_positions_are_one_transaction(log):
    with pytest.raises(LogError, match="no partition 7"):
        log.submit([Record("a", 0, b"k", b"1"), Record("a", 7, b"k", b"1")], "me", {("a", 0): 5})
    assert log.end("a", 0) == 0
    assert log.position("me", "a", 0) is None
    log.submit([Record("a", 0, b"k", b"1")], "me", {("a", 0): 5, ("a", 1): 2}).result()
    assert log.positions("me") == {("a", 0): 5, ("a", 1): 2}


async def test_many_callers_share_one_fsync(log):
    before = log.transactions
    offsets = await asyncio.gather(*(log.append([Record("a", 0, b"k", b"%d" % n)]) for n in range(500)))
    assert sorted(offset for (offset,) in offsets) == list(range(500))
    assert log.transactions - before < 100
    assert [stored.value for stored in log.read("a", 0, 0, 500)] == [b"%d" % n for n in range(500)]


async def test_a_caller_that_gives_up_breaks_nobody_else(log):
    gone = asyncio.create_task(log.append([Record("a", 0, b"k", b"1")]))
    await asyncio.sleep(0)
    gone.cancel()
    assert len(await log.append([Record("a", 1, b"k", b"2")])) == 1


async def test_who_waits_is_woken_by_a_write(log):
    seen = log.transactions
    waiting = asyncio.create_task(log.grown(seen, 30))
    await asyncio.sleep(0.05)
    await log.append([Record("a", 0, b"k", b"1")])
    assert await asyncio.wait_for(waiting, 60) == seen + 1
    assert await log.grown(seen + 1, 0.01) == seen + 1


def test_reads_are_bounded(log):
    big = b"x" * 1_000_000
    put(log, "a", *((b"k", big) for _ in range(10)))
    assert len(log.read("a", 0, 0)) < 8
    assert sum(len(taken) for taken in read_all(log, "a").values()) == 10


@settings(deadline=None, max_examples=15)
@given(changes=st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.binary(max_size=3)), min_size=1))
def test_compaction_changes_no_recovered_table(tmp_path_factory, changes):
    def table():
        rows = {}
        for stored in read_all(log, "rows")[0]:
            rows[stored.key] = stored.value
        return {key: value for key, value in rows.items() if value is not None}

    log = Log(tmp_path_factory.mktemp("log"))
    log.create("rows", 1, compacted=True)
    put(log, "rows", *((key.encode(), value) for key, value in changes))
    before, end = table(), log.end("rows", 0)
    log.compact()
    assert table() == before
    assert log.end("rows", 0) == end
    # Faust waits for the last offset it was promised: it must be there.
    assert read_all(log, "rows")[0][-1].offset == end - 1
    assert len(read_all(log, "rows")[0]) <= len(before) + 1
    assert log.compact() == 0
    log.close()


def test_only_compacted_topics_are_compacted(log):
    put(log, "a", (b"k", b"1"), (b"k", b"2"))
    assert log.compact() == 0
    assert len(log.read("a", 0, 0)) == 2


def test_old_records_go_but_none_that_a_reader_still_needs(log):
    put(log, "short", (b"k", b"1"), (b"k", b"2"), (b"k", b"3"))
    later = time.time() + 1000
    log.submit((), "me", {("short", 0): 2}).result()
    assert log.expire(time.time()) == 0
    assert log.expire(later) == 2
    assert [stored.value for stored in log.read("short", 0, 0)] == [b"3"]
    assert log.start("short", 0) == 2
    log.submit((), "me", {("short", 0): 3}).result()
    assert log.expire(later) == 1
    assert log.start("short", 0) == log.end("short", 0) == 3
    assert put(log, "short", (b"k", b"4")) == [3]


def test_what_is_kept_for_ever_stays(log):
    put(log, "a", (b"k", b"1"))
    assert log.expire(time.time() + 10**10) == 0


def test_another_partition_count_is_refused(log):
    with pytest.raises(LogError, match="has 2 partitions, not 3"):
        log.create("a", 3)
    log.create("a", 2)


def test_a_newer_or_foreign_file_is_refused(tmp_path, log):
    log.close()
    connection = sqlite3.connect(tmp_path / "log.sqlite")
    connection.execute(f"PRAGMA user_version={FORMAT + 1}")
    connection.close()
    with pytest.raises(LogError, match="use a newer program"):
        Log(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    connection = sqlite3.connect(other / "log.sqlite")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(LogError, match="not a log of this program"):
        Log(other)
    with pytest.raises(LogError):
        Log(other)  # the lock of the refused attempt is free again


@pytest.mark.usefixtures("log")
def test_one_process_holds_the_directory(tmp_path, root):
    code = "import sys, pathlib; from streams.engine.log import Log; Log(pathlib.Path(sys.argv[1]))"
    other = subprocess.run(
        [sys.executable, "-c", code, tmp_path], cwd=root, capture_output=True, text=True, check=False
    )
    assert other.returncode != 0
    assert DirectoryBusyError.__name__ in other.stderr
    assert "is in use by process" in other.stderr


FULL_DISK = """
import pathlib, resource, sys
from streams.engine.log import Log, Record, read_all
from streams.engine.log_file import DiskFullError
log = Log(pathlib.Path(sys.argv[1]))
log.create("a", 1)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
written = refused = 0
for number in range(40):
    try:
        log.submit([Record("a", 0, b"k", b"x" * 100_000)], "me", {("a", 0): number}).result()
        written += 1
    except DiskFullError:
        refused += 1
assert written and refused, (written, refused)
assert len(read_all(log, "a")[0]) == log.end("a", 0) == written
assert log.position("me", "a", 0) == written - 1
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert log.submit([Record("a", 0, b"k", b"y")]).result() == [written]
print("survived")
"""


def test_without_room_nothing_is_written_and_it_goes_on_with_room(tmp_path, root):
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path], cwd=root, capture_output=True, text=True, check=False
    )
    assert run.stdout == "survived\n", run.stderr


async def test_nearly_full_is_loud_and_then_ingress_is_refused(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        log = Log(tmp_path, nearly_full_bytes=10**18)
        log.create("a", 1)
        put(log, "a", (b"k", b"1"))
    assert log.nearly_full
    assert log.full
    assert "nearly full" in caplog.text
    log.close()


async def test_ingress_leaves_the_last_room_to_the_hops(tmp_path):
    from datetime import UTC, datetime

    from schemas.dead_letter import Tick
    from streams.engine.logs import open_log

    asked = Settings()
    async with open_writer(asked, broker="embedded://", data_dir=tmp_path) as writer:
        await writer.send(TICK, "0", Tick(at=datetime.now(UTC)))
        open_log(tmp_path, asked.kafka).full = True
        with pytest.raises(DiskFullError):
            await writer.send(TICK, "0", Tick(at=datetime.now(UTC)))
    async with open_writer(asked, broker="embedded://", data_dir=tmp_path, last_room=True) as results:
        await results.send(TICK, "0", Tick(at=datetime.now(UTC)))
    close_logs()


def test_a_closed_log_says_so(tmp_path):
    log = Log(tmp_path)
    log.create("a", 1)
    log.close()
    with pytest.raises(LogError, match="closed"):
        log.submit([Record("a", 0, b"k", b"1")])
