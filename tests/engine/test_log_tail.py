"""What is kept of a log in memory is what stands on the disk, and never more than it may be."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.engine import log_tail
from streams.engine.log import Log, Record
from streams.engine.log_tail import Stored, Tail

SIZES = st.integers(0, 40)
WRITES = st.lists(st.tuples(st.integers(0, 1), st.lists(SIZES, min_size=1, max_size=6)), max_size=12)


@settings(deadline=None, max_examples=15)
@given(WRITES, st.integers(1, 9))
def test_whoever_reads_gets_what_stands_on_the_disk_wherever_he_begins(tmp_path_factory, writes, limit):
    log = Log(tmp_path_factory.mktemp("log"))
    log.create("a", 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_tail, "MOST", 4)
        patch.setattr(log_tail, "MOST_BYTES", 60)
        for number, sizes in writes:
            log.submit([Record("a", number, b"k", b"x" * size) for size in sizes]).result()
        every = [(number, start) for number in (0, 1) for start in range(log.end("a", number) + 1)]
        found = [log.read("a", number, start, limit) for number, start in every]
        # the disk is another after that, so nothing is read from memory
        log.compact()
        assert [log.read("a", number, start, limit) for number, start in every] == found
    log.close()


def test_the_newest_records_are_read_from_no_disk(tmp_path):
    log = Log(tmp_path)
    log.create("a", 1)
    log.submit([Record("a", 0, b"k", b"%d" % n) for n in range(5)]).result()
    with sqlite3.connect(log.path) as others:
        others.execute("DELETE FROM record")
    others.close()
    assert [one.value for one in log.read("a", 0, 3)] == [b"3", b"4"]
    log.compact()
    assert log.read("a", 0, 3) == []
    log.close()


def test_what_is_kept_is_bounded_by_number_and_by_size():
    tail = Tail()
    for number in range(10 * log_tail.MOST):
        tail.add(Stored(number, 0.0, b"k", b""))
        assert len(tail) <= 2 * log_tail.MOST
    assert tail.since(10 * log_tail.MOST - 2, 9)[-1].offset == 10 * log_tail.MOST - 1
    tail.add(Stored(10 * log_tail.MOST, 0.0, b"k", b"x" * 3 * log_tail.MOST_BYTES))
    assert tail.since(10 * log_tail.MOST, 9) == []
