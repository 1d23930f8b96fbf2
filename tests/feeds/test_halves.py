"""A file read in two halves, each by a process of its own, is the file read in one piece."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from streams import feeds, halves
from streams.feeds.base import Limits

LIMITS = Limits(datetime(2026, 11, 1, tzinfo=UTC))
HEAD = b"latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,frp"
OTHER = b"longitude,latitude,frp,scan,track,acq_date,acq_time,satellite,brightness"
GOOD = b"28.%03d,102.01,322.85,0.48,0.46,2024-03-01,1900,N,5.71"
BAD = b"98.%03d,2.0,1,0.4,0.4,2024-03-01,1900,N,1"
ROWS = st.sampled_from([GOOD, GOOD, GOOD, BAD, b"half,a,row,%d", b"", b"# %d", b"28,\xe9\x07"])


def read_apart(data, cores=2):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(halves, "LEAST", 1)
        return halves.parsed(data, LIMITS, cores)


@given(st.lists(ROWS, max_size=24), st.sampled_from([b"\n", b"\n", b"\r\n"]))
@example([GOOD] * 9 + [OTHER] + [b"102.0,28.%d,1,0.4,0.4,2024-03-01,1900,N,310"] * 5, b"\n")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_in_two_halves_or_in_one_piece_it_is_the_same(rows, end):
    lines = [row % number if b"%" in row else row for number, row in enumerate(rows)]
    data = end.join([HEAD, *lines, b""])
    assert read_apart(data) == feeds.read(data, LIMITS)


def test_a_second_process_reads_the_second_half_alone(monkeypatch):
    given_, plain = [], feeds.read
    monkeypatch.setattr(feeds, "read", lambda data, limits: given_.append(data) or plain(data, limits))
    data = b"\n".join([HEAD, *(GOOD % number for number in range(40)), b""])
    assert len(read_apart(data).observations) == 40
    assert len(given_) == 1
    assert len(given_[0]) < 0.6 * len(data)
    assert len(read_apart(data, cores=1).observations) == 40
    assert given_[1] == data


@pytest.mark.parametrize("before", [b"", b"# fires\n", b'"x",'])
def test_what_does_not_stand_under_one_header_is_read_in_one_piece(before, monkeypatch):
    monkeypatch.setattr(halves, "forked", None)
    other = b"" if before else b"\n" + OTHER
    rows = b"\n".join(GOOD % number for number in range(5))
    data = before + HEAD + other + b"\n" + rows + b"\n"
    assert read_apart(data) == feeds.read(data, LIMITS)


def test_where_the_other_process_fails_this_one_reads_all(monkeypatch):
    monkeypatch.setattr(halves, "_read", lambda *_: None)
    data = b"\n".join([HEAD, *(GOOD % number for number in range(40)), b""])
    assert read_apart(data) == feeds.read(data, LIMITS)
