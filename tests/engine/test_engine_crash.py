"""Kill the worker anywhere: nothing is lost, nothing is written twice, the state is that of a calm run."""

import contextlib
import random
import signal
import sqlite3
import time

import pytest
from toy import END, HOPS, IN, MIDDLE, Item, settings

from schemas.codec import encode
from streams.engine.log import Log, Record, read_all
from streams.engine.logs import create_topic
from streams.engine.places import changelog_name, topic_name

COUNT = 400
KAFKA = settings().kafka


def fill(data_dir, count=COUNT):
    log = Log(data_dir)
    for topic in (IN, MIDDLE, END):
        create_topic(log, KAFKA, topic)
    name = topic_name(KAFKA, IN)
    log.submit(
        Record(name, number % 4, b"k", encode(Item(f"item-{number}", number))) for number in range(count)
    ).result()
    log.close()


def found(data_dir):
    """Return keys that came out, and the rows of every hop and partition."""
    log = Log(data_dir)
    told = [stored.key for taken in read_all(log, topic_name(KAFKA, END)).values() for stored in taken]
    rows = {}
    for hop in HOPS:
        for partition, taken in read_all(log, changelog_name(KAFKA, hop.name)).items():
            for stored in taken:
                rows[hop.name, partition, stored.key] = stored.value
    middle = [stored.key for taken in read_all(log, topic_name(KAFKA, MIDDLE)).values() for stored in taken]
    log.close()
    return sorted(told), middle, rows


def ended(process):
    _, errors = process.communicate(timeout=180)
    assert process.returncode in {0, -signal.SIGKILL}, errors
    return process.returncode == 0


@pytest.mark.slow
def test_killed_anywhere_ends_like_a_calm_run(run_toy, tmp_path):
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    fill(calm)
    fill(wild)
    assert ended(run_toy(calm, COUNT))
    places = ("step:37", "write:1", "written:1", "write:2", "step:111", "written:3")
    # how much one batch takes is not fixed: a run may be at its end before it comes to the last of them
    assert sum(not ended(run_toy(wild, COUNT, kill=place)) for place in places) >= 4
    assert ended(run_toy(wild, COUNT))
    told, middle, rows = found(wild)
    assert told == sorted(f"item-{number}".encode() for number in range(COUNT)), "lost or written twice"
    assert sorted(middle) == told
    calm_told, _, calm_rows = found(calm)
    assert calm_told == told
    # The order in which partitions meet in the middle may differ; within a partition it may not.
    partitioned = {key: row for key, row in rows.items() if key[0] == "count"}
    assert partitioned == {key: row for key, row in calm_rows.items() if key[0] == "count"}
    assert rows["total", 0, b"sum"] == total_of(middle)


def total_of(middle):
    """Return the row of an uninterrupted run over the same middle."""
    hop = HOPS[1]
    state = hop.open(None, 0, {})
    rows = {}
    for key in middle:
        number = int(key.decode().removeprefix("item-"))
        rows |= hop.step(None, state, Item(key.decode(), number + 1), None).rows
    return encode(rows["sum"])


@pytest.mark.slow
def test_killed_at_random_moments(run_toy, tmp_path):
    count = 12_000
    fill(tmp_path, count)
    dice = random.Random(5)
    process = run_toy(tmp_path, count)
    kills = 0
    while kills < 6 and process.poll() is None:
        ahead = read_end(tmp_path)
        while read_end(tmp_path) == ahead and process.poll() is None:
            time.sleep(0.01)
        time.sleep(dice.random() * 0.2)
        process.kill()
        process.communicate()
        kills += 1
        process = run_toy(tmp_path, count)
    assert kills >= 3, "too quick to be killed"
    assert ended(process)
    told, middle, rows = found(tmp_path)
    assert told == sorted(f"item-{number}".encode() for number in range(count))
    assert rows["total", 0, b"sum"] == total_of(middle)


def read_end(data_dir):
    """Return how many records a running worker has written, from beside it."""
    with contextlib.closing(sqlite3.connect(f"file:{data_dir}/log.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT sum(end) FROM partition").fetchone()[0]
