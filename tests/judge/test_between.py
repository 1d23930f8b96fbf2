"""A coarse pixel between two fires that finer ones tell apart: two incidents, and it is of the nearer."""

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge
from test_meeting import lines
from test_withdrawn import taken_back

END = START + dt.timedelta(days=2)
LEFT = [hotspot(0, 0.0), hotspot(0, 0.4)]
RIGHT = [hotspot(0, 5.0), hotspot(0, 5.4)]


def wide(minutes, east, north=0.0):
    """A pixel of 8 km, whose error covers both fires."""
    return hotspot(minutes, east, north, satellite="Himawari-9", scan=8.0, lag=12)


def seen(outcome):
    """How many observations each living fire has, from west to east."""
    living = [one for one in outcome.incidents.values() if one.status in {"open", "closed"}]
    return [one.observation_count for one in sorted(living, key=lambda one: one.longitude)]


@pytest.mark.parametrize(("east", "counts"), [(1.5, [3, 2]), (4.0, [2, 3])])
def test_a_pixel_between_two_fires_is_of_the_nearer_whichever_comes_first(east, counts):
    parts = [delivery(*LEFT), delivery(*RIGHT), delivery(wide(30, east))]
    outcomes = [judge(order, end=END) for order in permutations(parts)]
    assert [seen(one) for one in outcomes] == [counts] * 6
    assert all(lines(one) == lines(outcomes[0]) for one in outcomes)


def test_what_is_left_of_a_fire_that_was_taken_back_goes_to_the_other():
    given_ = [delivery(*LEFT), delivery(*RIGHT), delivery(wide(30, 1.5))]
    back = [delivery(taken_back(one)) for one in LEFT]
    assert seen(judge([*given_, *back], end=END)) == [3]
    assert lines(judge([*given_, *back], end=END)) == lines(judge(given_[1:], end=END))


def test_a_fire_that_finer_pixels_part_is_told_as_two():
    parts = [delivery(wide(-60, 2.0)), delivery(wide(-50, 3.0)), delivery(*LEFT), delivery(*RIGHT)]
    outcome = judge(parts, end=END)
    assert seen(outcome) == [3, 3]
    assert len({one.incident_id for one in outcome.alerts}) == 2


@st.composite
def scenes(draw):
    east, north = st.floats(-6.0, 12.0), st.floats(-4.0, 4.0)
    coarse = [wide(10 * k - 60, draw(east), draw(north)) for k in range(draw(st.integers(1, 5)))]
    spots = [*LEFT, *RIGHT, *coarse]
    back = draw(st.lists(st.sampled_from(spots), max_size=2, unique_by=lambda one: one.observation_id))
    return spots, back


@given(scenes(), st.data())
@settings(max_examples=8, deadline=None)
def test_2_and_3_coarse_pixels_end_the_same_in_any_order_and_after_any_restart(scene, data):
    spots, back = scene
    first = lines(judge([delivery(one) for one in spots if one not in back], end=END))
    mixed = [delivery(one) for one in spots] + [delivery(taken_back(one)) for one in back]
    for origins, restarts in ((1, True), (4, False)):
        order = data.draw(st.permutations(mixed))
        assert lines(judge(order, origins=origins, draw=data.draw, end=END, restarts=restarts)) == first
