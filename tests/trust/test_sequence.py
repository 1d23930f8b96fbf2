"""Smoke that stays counts once; a flash does not, a pause does not end it, and order does not matter."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detectors.trust.sequence import Frame, Sequencing, apart_deg, spells

START = dt.datetime(2024, 3, 15, 9, tzinfo=dt.UTC)


def frames(text, *, every_s=60, azimuth=45.0, half=2.0):
    """One frame for each character: `x` shows smoke, `.` does not."""
    return [
        Frame(
            frame_id=f"f{number:04d}",
            at=START + dt.timedelta(seconds=every_s * number),
            shown=((azimuth, half),) if mark == "x" else (),
        )
        for number, mark in enumerate(text)
    ]


def minutes(spell):
    return tuple(
        int((at - START).total_seconds() // 60) for at in (spell.began_at, spell.opened_at, spell.last_at)
    )


def test_one_frame_or_two_are_a_flash():
    assert spells(Sequencing(), frames("..x.....x...x.x.....")) == []


def test_three_of_five_open_it_and_it_is_one_until_it_is_long_gone():
    (spell,) = spells(Sequencing(), frames("x.xx....x.x.x" + "." * 25 + "x"))
    assert minutes(spell) == (0, 3, 38)
    assert spell.frames == 7


def test_after_half_an_hour_without_a_sign_it_is_another_and_must_earn_it_again():
    again = spells(Sequencing(), frames("xxx" + "." * 40 + "x.x" + "." * 3 + "xxx"))
    assert [minutes(spell) for spell in again] == [(0, 2, 2), (49, 51, 51)]


def test_frames_too_far_apart_in_time_are_no_sequence():
    assert spells(Sequencing(), frames("xxxxx", every_s=400)) == []
    assert len(spells(Sequencing(), frames("xxxxx", every_s=200))) == 1


def test_two_directions_are_two_sequences_and_a_drifting_column_is_one():
    east, west = frames("xxx", azimuth=45.0), frames("xxx", azimuth=200.0)
    both = [
        Frame(frame_id=one.frame_id, at=one.at, shown=one.shown + two.shown)
        for one, two in zip(east, west, strict=True)
    ]
    assert [spell.azimuth_deg for spell in spells(Sequencing(), both)] == [45.0, 200.0]
    drifting = [frames("x" * 5, azimuth=40.0 + 3 * number)[number] for number in range(5)]
    assert len(spells(Sequencing(), drifting)) == 1
    assert apart_deg((359.0, 1.0), (3.0, 1.0)) == 2.0


MARKS = st.text("x..", min_size=1, max_size=60)


@given(MARKS, st.data())
def test_order_and_repetition_change_nothing(marks, data):
    given_ = frames(marks)
    shuffled = data.draw(st.permutations(given_ + given_[: len(given_) // 2]))
    assert spells(Sequencing(), shuffled) == spells(Sequencing(), given_)


@given(MARKS)
def test_it_never_flaps_and_never_opens_on_less_than_was_asked(marks):
    options = Sequencing()
    found = spells(options, frames(marks))
    for one, two in pairwise(found):
        assert two.opened_at - one.last_at > dt.timedelta(seconds=options.quiet_s)
    for spell in found:
        number = int((spell.opened_at - START).total_seconds() // 60)
        assert marks[max(0, number - options.of + 1) : number + 1].count("x") >= options.needed
