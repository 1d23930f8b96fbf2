"""A front that runs in a gale is one incident however often it is seen; a spark ahead is a child."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, report
from test_meeting import lines
from test_withdrawn import taken_back

from schemas.codec import decode, encode
from streams.explain.explanation import nearest

SINCE = 8 * 60
"""Minutes after the start: four in the afternoon at 102 E."""

HOURS = 5


def wide(minutes, *places):
    """One look of a satellite whose pixels of 2 km are too far off to join fires, arriving late."""
    return delivery(
        *(
            hotspot(SINCE + minutes, *place, satellite="Himawari-9", scan=2.0, frp=80.0, lag=12)
            for place in places
        )
    )


def ranger(hours, east):
    return report(
        round(SINCE + hours * 60), east, 0.2, kind="ground", who=f"patrol/{hours}", saw="flame", radius=800.0
    )


def front(speed):
    """A front that runs east, the satellite's looks every ten minutes, and rangers at its head."""
    looks = []
    for minutes in range(10, HOURS * 60, 10):
        head = speed * minutes / 60.0
        columns = [k for k in range(20) if max(0.0, head - 3.0) - 1.0 <= 2.0 * k <= head + 1.0]
        looks.append(wide(minutes, *((2.0 * k, 0.0) for k in columns)))
    rangers = [ranger(hours, speed * hours) for hours in (0.0, 2.0, 3.0, 4.5)]
    return [*map(delivery, rangers), *looks]


def living(outcome):
    return [one for one in outcome.incidents.values() if one.status in {"open", "closed"}]


def arrived(parts):
    return sorted(parts, key=lambda one: one.received_at)


@pytest.mark.parametrize("speed", [1.0, 1.5])
def test_a_front_that_runs_is_one_incident_and_nobody_is_called_for_each_sight_of_it(speed):
    outcome = judge(arrived(front(speed)), ticks=True)
    (fire,) = outcome.incidents.values()
    assert set(fire.sources) == {"Himawari-9/VIIRS", *(f"patrol/{hours}" for hours in (0.0, 2.0, 3.0, 4.5))}
    pages = [one for one in outcome.alerts if one.pages]
    assert [one.action for one in pages] == ["new", *["upgrade"] * (len(pages) - 1)]
    assert len(pages) <= 3


def test_each_sight_says_from_where_the_heat_ran_to_it_and_it_is_found_by_its_name():
    outcome = judge(arrived(front(1.5)), ticks=True)
    (fire,) = living(outcome)
    told = [why for why in fire.reasons if why.code == "front_ran"]
    seen = [ranger(hours, 1.5 * hours).observation_id for hours in (0.0, 2.0, 3.0, 4.5)]
    assert [why.detail for why in told] == [one for one in seen[1:] if one in {why.detail for why in told}]
    assert told[0].ref == seen[0]
    assert told[0].value == pytest.approx(3.0, abs=0.05)
    assert (told[0].threshold, told[0].unit) == (10.0, "km")
    assert told[0].margin == pytest.approx(7.0, abs=0.05)
    records = [decode(encode(one), dict) for one in [fire]]
    records.append({**records[0], "incident_id": "other", "reasons": [], "longitude": 102.03})
    assert nearest(records, 102.03, 28.0, seen[1])["incident_id"] == fire.incident_id


def large(minutes):
    """The pixels of one look at a large fire, its eastern edge at 2.1 km."""
    return delivery(
        *(hotspot(minutes, 0.1 + 0.4 * i, 0.4 * j, frp=45.0, lag=150) for i in range(6) for j in range(4))
    )


def test_a_spark_ahead_of_heat_that_stays_is_a_child():
    stays = [wide(minutes, (0.0, 0.0), (2.0, 0.0)) for minutes in range(0, HOURS * 60, 10)]
    spot = delivery(ranger(4.5, 4.63))
    outcome = judge(arrived([large(SINCE), *stays, spot]), ticks=True)
    assert sorted(one.relation for one in living(outcome)) == ["", "spotting"]


@given(st.sampled_from([1.0, 1.5]), st.data())
@settings(max_examples=4, deadline=None)
def test_3_a_front_ends_the_same_in_any_order_with_some_taken_back_and_after_any_restart(speed, data):
    parts = [one for one in front(speed) if one.received_at.minute % 20 < 10 or len(one.observations) == 1]
    spots = [spot for part in parts for spot in part.observations if spot.observation_id[:6] != "report"]
    back = data.draw(st.lists(st.sampled_from(spots), max_size=3, unique_by=lambda one: one.observation_id))
    end = START + dt.timedelta(days=2)
    gone = [delivery(taken_back(one)) for one in back]
    first = lines(judge([*arrived(parts), *gone], end=end))
    for origins, restarts in ((1, True), (4, False)):
        order = data.draw(st.permutations([*parts, *gone]))
        assert lines(judge(order, origins=origins, draw=data.draw, end=end, restarts=restarts)) == first
