"""The rows of a hop carry their format: a later program may go on from them, an earlier one refuses."""

import asyncio
import dataclasses

import pytest
from toy import END, HOPS, IN, Item, settings, until_told

from schemas.codec import encode
from streams.engine.app import create_app
from streams.engine.log import Record, read_all
from streams.engine.logs import close_logs, create_topic, open_log
from streams.engine.places import changelog_name, topic_name
from streams.engine.rows import FORMAT, RowsTooNewError, format_row, readable
from streams.engine.worker import WorkerFailedError, run_worker

KAFKA = settings().kafka


def fill(data_dir, numbers):
    log = open_log(data_dir, KAFKA)
    create_topic(log, KAFKA, IN)
    create_topic(log, KAFKA, END)
    name = topic_name(KAFKA, IN)
    log.submit(
        Record(name, number % 2, b"k", encode(Item(f"item-{number}", number))) for number in numbers
    ).result()


async def run(data_dir, expect, version):
    hops = [dataclasses.replace(hop, version=version) for hop in HOPS]
    app = create_app(settings(), hops, broker="embedded://", data_dir=data_dir)
    stop = asyncio.Event()
    waiting = asyncio.create_task(until_told(expect, settings(), "embedded://", data_dir, stop))
    try:
        await asyncio.wait_for(run_worker(app, stop), 30)
    finally:
        waiting.cancel()


def kept(data_dir, hop):
    """Return by partition the rows of a hop in the order written."""
    log = open_log(data_dir, KAFKA)
    return {
        partition: [(one.key.decode(), one.value) for one in found]
        for partition, found in read_all(log, changelog_name(KAFKA, hop)).items()
    }


@pytest.fixture(autouse=True)
def _closed():
    yield
    close_logs()


async def test_the_format_is_written_with_the_first_rows_and_with_those_of_a_later_program(tmp_path):
    fill(tmp_path, range(10))
    await run(tmp_path, 10, version=1)
    rows = kept(tmp_path, "count")
    assert [rows[partition][0] for partition in (0, 1)] == [(FORMAT, b'{"v":1}')] * 2
    assert not rows[2]
    assert not rows[3]
    fill(tmp_path, range(10, 20))
    await run(tmp_path, 20, version=1)
    assert [key for key, _ in kept(tmp_path, "count")[0]].count(FORMAT) == 1
    fill(tmp_path, range(20, 30))
    await run(tmp_path, 30, version=2)
    assert [row for key, row in kept(tmp_path, "count")[0] if key == FORMAT] == [b'{"v":1}', b'{"v":2}']


async def test_rows_of_a_later_program_end_the_worker_and_nothing_is_judged_without_them(tmp_path):
    fill(tmp_path, range(10))
    await run(tmp_path, 10, version=3)
    before = kept(tmp_path, "count")
    fill(tmp_path, range(10, 12))
    with pytest.raises(WorkerFailedError, match="of format 3; this program reads up to 2"):
        await run(tmp_path, 12, version=2)
    assert kept(tmp_path, "count") == before
    log = open_log(tmp_path, KAFKA)
    assert log.position("toy.worker", topic_name(KAFKA, IN), 0) == 5
    assert all(not found for found in read_all(log, f"{KAFKA.prefix}dead-letter.v1").values())
    # With the later program again nothing is missing.
    close_logs()
    await run(tmp_path, 12, version=3)


def test_rows_without_a_format_are_of_the_first_and_a_format_that_is_none_is_refused():
    assert readable("judge", 1, {"c/1": b"x"}) == {"c/1": b"x"}
    assert readable("judge", 1, {FORMAT: format_row(1), "c/1": b"x"}) == {"c/1": b"x"}
    with pytest.raises(RowsTooNewError, match="hop judge are of format 2"):
        readable("judge", 1, {FORMAT: format_row(2)})
    with pytest.raises(RowsTooNewError, match="unknown format"):
        readable("judge", 1, {FORMAT: b"\xff"})
