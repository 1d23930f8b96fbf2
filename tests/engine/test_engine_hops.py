"""Hops on `embedded://`: what cannot be judged is kept with the reason, state is exact, time passes."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from toy import END, HOPS, IN, MIDDLE, Item, settings

from schemas.codec import decode, encode
from schemas.dead_letter import KEPT_BYTES, DeadLetter
from schemas.hop import Hop, Output, Result
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import DEAD_LETTER, DETECTION, OBSERVATION
from streams.engine.app import create_app
from streams.engine.base import log_of
from streams.engine.log import Record, read_all
from streams.engine.logs import close_logs
from streams.engine.places import changelog_name, topic_name
from streams.engine.worker import Worker, WorkerFailedError, run_worker
from streams.engine.writer import open_writer

ASKED = settings()
EMBEDDED = "embedded://"


@pytest.fixture(autouse=True)
def closed():
    yield
    close_logs()


class Running:
    """A worker over `hops` in this loop."""

    def __init__(self, data_dir, hops=HOPS, asked=ASKED, limit_s=60, **options):
        self.app = create_app(asked, hops, broker=EMBEDDED, data_dir=data_dir, **options)
        self.log = log_of(self.app)
        self.worker = Worker(self.app, limit_s=limit_s)
        self.stop = asyncio.Event()

    async def __aenter__(self):
        self.task = asyncio.create_task(self.worker.run(self.stop))
        while not self.worker.ready and not self.task.done():  # noqa: ASYNC110 - a test looks from outside
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_):
        self.stop.set()
        await self.task

    def values(self, topic, asked=ASKED):
        found = read_all(self.log, topic_name(asked.kafka, topic))
        return [decode(stored.value, topic.value) for taken in found.values() for stored in taken]

    async def until(self, true, at_most_s=60):
        async with asyncio.timeout(at_most_s):
            while not true():
                assert not self.task.done(), self.task.exception()
                await asyncio.sleep(0.01)


def create_end(log):
    from streams.engine.logs import create_topic

    create_topic(log, ASKED.kafka, END)


async def test_messages_go_through_and_state_is_found_again(tmp_path):
    async with Running(tmp_path) as running:
        create_end(running.log)
        async with open_writer(ASKED, broker=EMBEDDED, data_dir=tmp_path) as writer:
            await asyncio.gather(*(writer.send(IN, f"k{n}", Item(f"i{n}", n)) for n in range(50)))
            await running.until(lambda: len(running.values(END)) == 50)
            assert running.worker.ready
    async with Running(tmp_path) as running, open_writer(ASKED, broker=EMBEDDED, data_dir=tmp_path) as writer:
        states = running.app.hop_loops["total"].states([0])
        assert states[0].sum.count == 50
        await writer.send(IN, "k0", Item("i0", 0))  # a repeat: the recovered state knows it
        await writer.send(IN, "k0", Item("i50", 50))
        await running.until(lambda: len(running.values(END)) == 51)
        await asyncio.sleep(0.2)
        assert len(running.values(END)) == 51
    assert running.app.crash_reason is None


async def test_what_cannot_be_read_or_judged_is_kept_and_leaves_no_trace(tmp_path):
    told = []
    hostile = [b"", b"\xff\xfe\x00", b"not json", b'{"id": 3}', b"[" * 100_000, b"x" * (KEPT_BYTES + 9)]
    async with Running(tmp_path, on_dead_letter=told.append) as running:
        create_end(running.log)
        name = topic_name(ASKED.kafka, IN)
        good = [Record(name, 0, b"k", encode(Item(f"i{n}", n))) for n in range(5)]
        bad = [Record(name, 0, b"cam-7", raw) for raw in hostile]
        failing = Record(name, 0, b"cam-8", encode(Item("no", -1)))
        await running.log.append([*good[:2], *bad, failing, *good[2:]])
        await running.until(lambda: len(running.values(END)) == 5)
        letters = running.values(DEAD_LETTER)
        await running.until(lambda: len(told) == len(hostile) + 1)
        state = running.app.hop_loops["count"].states([0])[0]
    assert state.sum.count == 5, "the failed step left something behind"
    assert len(letters) == len(hostile) + 1
    by_hash = {letter.sha256: letter for letter in letters}
    for raw in hostile:
        letter = by_hash[hashlib.sha256(raw).hexdigest()]
        assert (letter.raw, letter.length) == (raw[:KEPT_BYTES], len(raw))
        assert (letter.source, letter.stage, letter.reason.code) == ("cam-7", "count", "unreadable")
    (failed,) = (letter for letter in letters if letter.reason.code == "step_failed")
    assert "negative size" in failed.reason.detail
    assert failed.position == f"{name}/0/{2 + len(hostile)}"
    assert all(isinstance(letter, DeadLetter) for letter in told)


async def test_what_a_step_writes_and_where_it_stands_are_one_transaction(tmp_path):
    """Between any two transactions, positions, outputs and rows tell the same count."""
    async with Running(tmp_path, HOPS[:1]) as running:
        from streams.engine.logs import create_topic

        create_topic(running.log, ASKED.kafka, MIDDLE)
        name, log = topic_name(ASKED.kafka, IN), running.log
        records = [Record(name, 0, b"k", encode(Item(f"i{n}", n))) for n in range(400)]
        writing = asyncio.create_task(write_slowly(log, records))
        seen = set()
        group = running.app.conf.id
        changelog = changelog_name(ASKED.kafka, "count")
        while log.position(group, name, 0) != 400:
            await log.grown(log.transactions, 1)
            with log_snapshot(log) as look:
                seen.add(look(group, name, topic_name(ASKED.kafka, MIDDLE), changelog))
        await writing
    assert len(seen) > 3
    assert all(position == outputs == count for position, outputs, count in seen)


async def write_slowly(log, records):
    for start in range(0, len(records), 20):
        await log.append(records[start : start + 20])
        await asyncio.sleep(0.002)


class log_snapshot:  # noqa: N801 - reads as what it is
    """One consistent view of the file: position, outputs, and the count in the newest row."""

    def __init__(self, log):
        import sqlite3

        self.connection = sqlite3.connect(f"file:{log.path}?mode=ro", uri=True)

    def __enter__(self):
        self.connection.execute("BEGIN")
        return self.look

    def __exit__(self, *_):
        self.connection.close()

    def look(self, group, source, output, changelog):
        find = "SELECT p.id FROM partition p JOIN topic t ON t.id = p.topic WHERE t.name = ? AND p.number = 0"
        ids = [self.connection.execute(find, (name,)).fetchone()[0] for name in (source, output, changelog)]
        position = self.connection.execute(
            "SELECT next FROM position WHERE reader = ? AND partition = ?", (group, ids[0])
        ).fetchone()
        (outputs,) = self.connection.execute("SELECT end FROM partition WHERE id = ?", (ids[1],)).fetchone()
        row = self.connection.execute(
            "SELECT value FROM record WHERE key = ? AND id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
            (b"sum", ids[2] << 40, (ids[2] + 1) << 40),
        ).fetchone()
        from toy import Sum

        return (position or (0,))[0], outputs, decode(row[0], Sum).count if row else 0


async def test_live_ticks_reach_every_partition(tmp_path):
    asked = Settings(tick_s=0.1)

    def nothing(_options, _state, _message, _now):
        return Result()

    hop = Hop("observe", (OBSERVATION,), lambda *_: None, nothing, lambda message: message.received_at)
    before = datetime.now(UTC)
    async with Running(tmp_path, [hop], asked) as running:
        name = topic_name(asked.kafka, OBSERVATION)
        await running.until(lambda: all(running.log.end(name, n) >= 2 for n in range(8)))
        ticks = running.values(OBSERVATION, asked)
    assert all(isinstance(tick, Delivery) and not tick.observations for tick in ticks)
    assert all(before <= tick.received_at <= datetime.now(UTC) for tick in ticks)
    assert len({tick.delivery_id for tick in ticks}) == len(ticks)


async def test_without_live_ticks_no_clock_speaks(tmp_path):
    hop = Hop("observe", (OBSERVATION,), lambda *_: None, lambda *_: Result(), lambda m: m.received_at)
    async with Running(tmp_path, [hop], Settings(tick_s=0.05), live_ticks=False) as running:
        await asyncio.sleep(0.5)
        assert running.values(OBSERVATION, Settings()) == []


async def test_rows_that_cannot_be_opened_end_the_worker_and_lose_nothing(tmp_path):
    def broken(_options, _partition, _rows):
        raise ValueError("rows of another version")

    hop = replace(HOPS[0], open=broken)
    running = Running(tmp_path, [hop])
    with pytest.raises(WorkerFailedError, match="another version"):  # noqa: PT012 - raised on leaving
        async with running:
            name = topic_name(ASKED.kafka, IN)
            await running.log.append([Record(name, 0, b"k", encode(Item("i", 1)))])
            await asyncio.wait_for(running.task, 60)
    assert not running.worker.ready
    assert running.values(DEAD_LETTER) == []
    assert running.log.position(running.app.conf.id, name, 0) is None


async def test_a_worker_that_cannot_write_stands_still_and_ends(tmp_path):
    running = Running(tmp_path, HOPS[:1], limit_s=1)  # MIDDLE does not exist: outputs have nowhere to go
    with pytest.raises(WorkerFailedError, match="stands still"):  # noqa: PT012 - raised on leaving
        async with running:
            name = topic_name(ASKED.kafka, IN)
            await running.log.append([Record(name, 0, b"k", encode(Item("i", 1)))])
            await asyncio.wait_for(running.task, 60)


async def test_sigterm_stops_cleanly(tmp_path):
    import os
    import signal

    app = create_app(ASKED, HOPS, broker=EMBEDDED, data_dir=tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    task = asyncio.create_task(run_worker(app))
    async with asyncio.timeout(60):
        while signal.getsignal(signal.SIGTERM) is before:  # noqa: ASYNC110 - it would end the tests
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 60)
    assert app.crash_reason is None


def test_hops_whose_topics_differ_in_partitions_are_refused(tmp_path):
    torn = replace(HOPS[0], topics=(OBSERVATION, DETECTION))
    with pytest.raises(ValueError, match="same number of partitions"):
        create_app(ASKED, [torn], broker=EMBEDDED, data_dir=tmp_path)


def test_creating_an_app_starts_nothing_and_opens_no_web_server(tmp_path):
    app = create_app(ASKED, HOPS, broker=EMBEDDED, data_dir=tmp_path)
    assert not app.conf.web_enabled
    assert not app.started


async def test_a_value_no_broker_would_take_is_refused_not_tried_for_ever(tmp_path):
    def huge(_options, _state, item, _now):
        return Result([Output(END, item.id, Item("x" * 3_000_000, 1))])

    async with Running(tmp_path, [replace(HOPS[0], step=huge)]) as running:
        name = topic_name(ASKED.kafka, IN)
        await running.log.append([Record(name, 0, b"k", encode(Item("i", 1)))])
        await running.until(lambda: running.values(DEAD_LETTER))
        (refused,) = running.values(DEAD_LETTER)
    assert refused.reason.code == "step_failed"
    assert "at most" in refused.reason.detail
