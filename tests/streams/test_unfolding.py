"""Gzip in members, cut anywhere: nothing that stands whole is lost, and what is missing is said."""

import gzip
import itertools
import random
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.recorded import unfold
from streams.unfolding import DamagedError, pieces

NOISE = random.Random(20200330).randbytes(2_500_000).replace(b"\n", b"")
"""Hardly to be packed, so that members are as long as their content."""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(NOISE)), max_size=6), st.integers(0, 9))
def test_members_cut_anywhere_unfold_to_the_whole(cuts, level):
    ends = [0, *sorted(cuts), len(NOISE)]
    members = [gzip.compress(NOISE[start:end], level) for start, end in itertools.pairwise(ends)]
    assert unfold(b"".join(members)) == (NOISE, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(0, 600))
def test_tiny_members_and_padding_unfold_to_the_whole(contents, zeros):
    data = b"".join(gzip.compress(content, mtime=0) for content in (b"", *contents))
    assert unfold(data + b"\0" * zeros) == (b"".join(contents), None)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_cut_file_gives_its_whole_lines_and_says_that_the_rest_is_lost(data):
    lines = [b"%d,%d\n" % (number, number * number) for number in range(30_000)]
    whole = b"".join(lines)
    middle = data.draw(st.integers(0, len(whole)))
    folded = gzip.compress(whole[:middle], mtime=0) + gzip.compress(whole[middle:], mtime=0)
    content, why = unfold(folded[: data.draw(st.integers(2, len(folded) - 1))])
    assert whole.startswith(content)
    assert content == b"" or content.endswith(b"\n") or content == whole[:middle]
    assert why is not None or content == whole[:middle]


def test_what_follows_a_member_is_not_passed_over():
    content, why = unfold(gzip.compress(b"1,2\n3,4\n") + b"5,6\n")
    assert content == b"1,2\n3,4\n"
    assert why is not None
    assert why.code == "unreadable"
    assert "the rest is lost" in why.detail


@pytest.mark.parametrize("length", [1 << 24, (1 << 24) + 1, 3 << 24])
def test_content_that_ends_with_a_full_piece_is_whole(length):
    assert unfold(gzip.compress(bytes(length))) == (bytes(length), None)


def test_a_damaged_member_ends_what_can_be_read():
    second = bytearray(gzip.compress(b"3,4\n" * 1000))
    second[20] ^= 0xFF
    with pytest.raises(DamagedError):
        list(pieces(gzip.compress(b"1,2\n") + second))
    content, why = unfold(gzip.compress(b"1,2\n") + second)
    assert content.startswith(b"1,2\n")
    assert why is not None


def test_a_hundred_thousand_empty_members_take_no_time():
    packer = zlib.compressobj(wbits=31)
    empty = packer.compress(b"") + packer.flush()
    started = time.monotonic()
    assert unfold(empty * 100_000) == (b"", None)
    assert time.monotonic() - started < 10
