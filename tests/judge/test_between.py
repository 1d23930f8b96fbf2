"""A coarse pixel between two fires that finer ones tell apart: two incidents, and it is of the nearer."""

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge
from test_graded import looked
from test_meeting import lines
from test_withdrawn import taken_back

from schemas.codec import decode, encode
from streams.explain.explanation import nearest

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


def told_of(outcome, code):
    """The reasons with a code that each living fire gives, from west to east."""
    living = [one for one in outcome.incidents.values() if one.status == "open"]
    return [
        [why for why in one.reasons if why.code == code]
        for one in sorted(living, key=lambda one: one.longitude)
    ]


def test_a_coarse_pixel_that_had_a_choice_says_which_fire_it_was_given_to_and_by_what_margin():
    pixel = wide(30, 1.5)
    outcome = judge([delivery(*LEFT), delivery(*RIGHT), delivery(pixel)], end=END - dt.timedelta(days=2))
    (mine,), theirs = told_of(outcome, "nearest_of")
    other = max(outcome.incidents.values(), key=lambda one: one.longitude)
    assert (mine.ref, mine.detail, theirs) == (other.incident_id, pixel.observation_id, [])
    assert 0.0 < mine.value < mine.threshold
    assert mine.margin == pytest.approx(mine.threshold - mine.value, abs=0.011)
    records = [decode(encode(one), dict) for one in outcome.incidents.values()]
    # by its place it would be of the other fire, which is wherever it is asked for
    found = nearest(records, other.longitude, other.latitude, pixel.observation_id)
    assert found["incident_id"] != other.incident_id
    assert nearest(records, other.longitude, other.latitude)["incident_id"] == other.incident_id


STRONG = [hotspot(0, 0.4 * k, frp=60.0, lag=30) for k in range(2)]
BESIDE = [hotspot(0, 5.0 + 0.4 * k, frp=60.0, lag=30) for k in range(2)]


def test_a_look_is_not_in_vain_that_saw_in_reach_of_a_fire_what_another_was_given():
    look = looked(120, "Terra/MODIS")
    pixel = hotspot(120, 3.8, 1.0, satellite="Terra", scan=8.0, frp=60.0, lag=10)
    parts = [delivery(*STRONG), delivery(*BESIDE), delivery(look), delivery(pixel)]
    end = START + dt.timedelta(hours=4)
    blind = told_of(judge(parts[:3], end=end), "looked_in_vain")
    assert [len(one) for one in blind] == [1, 1]
    for order in permutations(parts):
        assert told_of(judge(order, end=end), "looked_in_vain") == [[], []]
    assert told_of(judge([*parts, delivery(taken_back(pixel))], end=end), "looked_in_vain") == blind
