"""A source silent beyond its rhythm is overdue; a gap that was scheduled is no outage."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.trust.rhythm import HIMAWARI, Gap, Rhythm, due_at, missed_slots, overdue

DAY = datetime(2024, 3, 15, tzinfo=UTC)


def at(hour, minute, second=0):
    return DAY + timedelta(hours=hour, minutes=minute, seconds=second)


def test_a_missing_slot_is_missed_and_the_two_gaps_of_every_day_are_not():
    strict = replace(HIMAWARI, grace_s=0.0, missed=1)
    assert missed_slots(strict, at(1, 0), at(1, 25)) == [at(1, 10), at(1, 20)]
    assert missed_slots(strict, at(2, 30), at(2, 49)) == []
    assert missed_slots(strict, at(2, 30), at(2, 50)) == [at(2, 50)]
    assert overdue(strict, "Himawari-9/AHI", at(14, 30), at(14, 49)) is None
    assert overdue(strict, "Himawari-9/AHI", at(14, 30), at(14, 50)).code == "overdue"


def test_what_is_still_on_its_way_is_not_missed():
    assert overdue(HIMAWARI, "h", at(1, 0), at(1, 59)) is None
    reason = overdue(HIMAWARI, "h", at(1, 0), at(2, 0))
    assert (reason.ref, reason.value, reason.threshold, reason.detail) == (
        "h",
        3600.0,
        3600.0,
        "2 expected and not heard",
    )
    assert due_at(HIMAWARI, at(1, 0)) == at(2, 0)


def test_a_gap_may_go_over_midnight():
    night = Gap(from_utc="22:00", to_utc="01:00")
    assert [night.holds(at(hour, 30)) for hour in (21, 22, 23, 0, 1)] == [False, True, True, True, False]


def test_a_patrol_once_a_day_and_a_source_silent_for_a_year():
    patrol = Rhythm(every_s=86400, grace_s=3600, missed=1, phase_s=10 * 3600)
    assert overdue(patrol, "patrol/7", at(9, 0), at(10, 59)) is None
    assert overdue(patrol, "patrol/7", at(9, 0), at(11, 0)) is not None
    assert overdue(HIMAWARI, "h", DAY - timedelta(days=366), DAY).detail == "silent beyond counting"


RHYTHMS = st.builds(
    Rhythm,
    every_s=st.sampled_from([300.0, 600.0, 3600.0, 86400.0]),
    grace_s=st.sampled_from([0.0, 900.0, 7200.0]),
    missed=st.integers(1, 4),
    phase_s=st.sampled_from([0.0, 120.0]),
    gaps=st.sampled_from([(), HIMAWARI.gaps]),
)


@given(RHYTHMS, st.integers(0, 86399), st.integers(0, 3 * 86400))
def test_it_becomes_overdue_when_it_was_said_to_and_stays_so_until_heard(rhythm, second, later):
    last = DAY + timedelta(seconds=second)
    due = due_at(rhythm, last)
    assert overdue(rhythm, "s", last, due) is not None
    assert overdue(rhythm, "s", last, due - timedelta(seconds=1)) is None
    assert overdue(rhythm, "s", last, due + timedelta(seconds=later)) is not None
    assert overdue(rhythm, "s", due, due) is None


@pytest.mark.parametrize("clock", ["24:00", "2:40", "02:60", ""])
def test_a_gap_that_is_no_time_of_day_is_refused(clock):
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"from_utc": clock, "to_utc": "03:00"}, Gap)
