"""Spot fires and candidates for one: linked to the large fire, in whatever order anything comes."""

import datetime as dt

import msgspec
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, report
from test_withdrawn import taken_back

from detectors.region import Layer, Region
from schemas.observation import Reading
from streams.lines import INCIDENT_FIELDS

NIGHT = 19 * 60
"""Minutes after the start at which it is deep night at 102 E."""

DAY = 6 * 60
END = START + dt.timedelta(days=12)
EXAMPLES = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def large(minutes=NIGHT, *, rows=4, columns=5, **more):
    """The pixels of one look at a large fire, its eastern edge at 1.6 km."""
    return [hotspot(minutes, 0.4 * i, 0.4 * j, **more) for i in range(columns) for j in range(rows)]


def lone(minutes=NIGHT, east=4.2, north=0.5, **more):
    return hotspot(minutes, east, north, frp=4.0, **more)


def village():
    """A region with one village, 1.2 km east of where the lone pixel lies."""
    place = shapely.Point(102.0 + 5.4 / 98.2, 28.0 + 0.5 / 111.195)
    return Region(
        "county", {"settlements": Layer.of("settlements", [place], ["village-1"], ["village"], [{}])}
    )


def told(outcome):
    return {one.incident_id: one for one in outcome.incidents.values() if one.status in {"open", "closed"}}


def lines(outcome):
    """What incidents.ndjson says, whatever the order of keys in a footprint."""
    shown = ({name: getattr(one, name) for name in INCIDENT_FIELDS} for one in told(outcome).values())
    return sorted(msgspec.json.encode(one, order="deterministic") for one in shown)


def parent_of(outcome):
    return max(told(outcome).values(), key=lambda one: one.observation_count)


def of_lone(outcome, one):
    return [
        alert for alert in outcome.alerts if alert.observation_count == 1 and alert.longitude == one.longitude
    ]


def test_a_lone_night_pixel_ahead_of_a_large_fire_is_a_task_on_it_and_no_incident():
    spot = lone()
    outcome = judge([delivery(*large()), delivery(spot)], ticks=True)
    assert len(told(outcome)) == 1
    fire = parent_of(outcome)
    (candidate,) = fire.candidates
    (task,) = of_lone(outcome, spot)
    assert (task.action, task.grade, task.pages) == ("new", "task", False)
    assert (task.incident_id, task.parent, task.relation) == (fire.incident_id,) * 2 + ("spotting_candidate",)
    assert (candidate.candidate_id, candidate.distance_km) == (task.alert_id, 2.6)
    assert fire.observation_count == 21
    assert outcome.silences == {}
    why = next(reason for reason in task.reasons if reason.code == "spotting_candidate")
    assert (why.ref, why.value, why.threshold) == (fire.incident_id, 2.6, 5.0)
    assert "wind not known" in why.detail


@pytest.mark.parametrize(
    "agrees",
    [
        lone(NIGHT + 3, 4.5),
        lone(NIGHT + 50, 4.3, satellite="NPP"),
        report(NIGHT + 20, 4.2, 0.5),
        report(NIGHT + 20, 4.2, 0.5, who="camera", kind="ground"),
    ],
    ids=["pixel", "pass", "call", "ground"],
)
def test_it_is_a_child_once_something_else_agrees_and_keeps_its_id(agrees):
    before = judge([delivery(*large()), delivery(lone())], ticks=True)
    after = judge([delivery(*large()), delivery(lone()), delivery(agrees)], ticks=True)
    child = next(one for one in told(after).values() if one.relation == "spotting")
    fire = parent_of(after)
    assert child.parent == fire.incident_id
    assert child.incident_id == parent_of(before).candidates[0].candidate_id
    assert fire.candidates == ()
    assert [a.alert_id for a in after.alerts if a.parent][-1] == child.incident_id
    assert [a.incident_id for a in after.alerts if a.parent][-1] == child.incident_id


def test_a_fire_that_begins_by_day_or_with_two_pixels_is_a_child_at_once():
    by_day = judge([delivery(*large(DAY)), delivery(lone(DAY))], ticks=True)
    assert sorted(one.relation for one in told(by_day).values()) == ["", "spotting"]
    pair = judge([delivery(*large()), delivery(lone(), lone(east=4.6))], ticks=True)
    assert sorted(one.relation for one in told(pair).values()) == ["", "spotting"]


@pytest.mark.parametrize(
    ("fire", "spot"),
    [
        (large(), lone(east=7.0)),
        (large(), lone(NIGHT + 361)),
        (large(rows=1), lone()),
        (large(rows=2, columns=2), lone()),
        (large(NIGHT + 10), lone(NIGHT)),
    ],
    ids=["too far", "too late", "a line spans no area", "small", "before it"],
)
def test_what_is_no_spot_fire_is_an_incident_of_its_own(fire, spot):
    outcome = judge([delivery(*fire), delivery(spot)], ticks=True)
    assert sorted(one.relation for one in told(outcome).values()) == ["", ""]
    assert all(one.candidates == () for one in told(outcome).values())


def wind(speed_ms, from_deg, minutes=NIGHT - 5):
    at = START + dt.timedelta(minutes=minutes)
    head = {"source": "station/1", "frame": "wgs84", "longitude": 102.03, "latitude": 28.01}
    head |= {"observed_at": at, "received_at": at}
    said = {"wind_speed_ms": speed_ms, "wind_direction_deg": from_deg}
    return delivery(
        *(
            Reading(observation_id=f"{q}/{minutes}", quantity=q, value=value, **head)
            for q, value in said.items()
        )
    )


@pytest.mark.parametrize(
    ("blows", "minutes", "relation"),
    [
        ((12.0, 270.0), DAY, "spotting"),
        ((12.0, 90.0), DAY, ""),
        ((6.0, 270.0), DAY, ""),
        ((6.0, 270.0), NIGHT, "spotting_candidate"),
        ((12.0, 90.0), NIGHT, ""),
    ],
    ids=["a gale towards it", "a gale away from it", "a breeze", "a breeze at night", "upwind at night"],
)
def test_where_the_wind_is_known_it_decides(blows, minutes, relation):
    given_ = [wind(*blows, minutes - 5), delivery(*large(minutes)), delivery(lone(minutes))]
    outcome = judge(given_, ticks=True)
    (mine,) = [a for a in outcome.alerts if a.observation_count == 1]
    assert mine.relation == relation
    why = [reason.detail for reason in mine.reasons if reason.code.startswith("spotting")]
    assert why == ([f"wind {blows[0]:.1f} m/s from {blows[1]:.0f} deg"] if relation else [])


def test_a_settlement_near_it_makes_a_lone_night_pixel_a_child_at_once():
    outcome = judge([delivery(*large()), delivery(lone())], ticks=True, region=village())
    child = next(one for one in told(outcome).values() if one.relation == "spotting")
    assert next(reason for reason in child.reasons if reason.code == "threatens").ref == "village-1"
    assert parent_of(outcome).candidates == ()


def test_a_pixel_told_as_a_fire_becomes_a_task_when_the_large_fire_comes_late_and_nobody_is_paged_for_it():
    outcome = judge([delivery(lone()), delivery(*large())], ticks=True)
    assert len(told(outcome)) == 1
    (candidate,) = parent_of(outcome).candidates
    mine = [alert for alert in outcome.alerts if alert.alert_id == candidate.candidate_id]
    assert [alert.action for alert in mine] == ["new", "update"]
    assert mine[-1].reasons[0].code == "kin_changed"
    assert not any(alert.pages for alert in mine)
    gone = outcome.incidents[candidate.candidate_id]
    assert (gone.status, gone.merged_into) == ("merged", parent_of(outcome).incident_id)


def test_a_tie_found_late_opens_no_closed_fire_again():
    later = delivery(hotspot(NIGHT + 2 * 1440, 300.0))
    second = delivery(lone(NIGHT + 3, 4.5), at=START + dt.timedelta(minutes=NIGHT + 2 * 1440 + 200))
    outcome = judge([delivery(*large()), delivery(lone()), later, second], ticks=True)
    fire = parent_of(outcome)
    assert (fire.status, fire.candidates) == ("closed", ())
    mine = [alert.action for alert in outcome.alerts if alert.alert_id == fire.incident_id]
    assert mine == ["new", "close"]


def test_a_large_fire_taken_back_leaves_the_pixel_an_incident_again():
    fire = large()
    given_ = [delivery(*fire), delivery(lone()), *(delivery(taken_back(one)) for one in fire)]
    outcome = judge(given_, ticks=True)
    (left,) = told(outcome).values()
    assert (left.relation, left.parent, left.observation_count) == ("", None, 1)


def test_a_second_version_and_a_late_pixel_page_nobody_for_a_child():
    child = [lone(), lone(NIGHT + 50, 4.3, satellite="NPP")]
    first = judge([delivery(*large()), delivery(*child)], ticks=True)
    again = judge(
        [
            delivery(*large()),
            delivery(*child),
            delivery(lone(version="2.0")),
            delivery(lone(NIGHT - 300, 4.4)),
        ],
        ticks=True,
    )
    pages = [(a.alert_id, a.grade) for a in first.alerts if a.pages]
    assert [(a.alert_id, a.grade) for a in again.alerts if a.pages] == pages


@st.composite
def scenes(draw):
    """A large fire seen in one or two looks, lone pixels and calls round it, some late, some taken back."""
    fire = large(rows=draw(st.integers(2, 4)), columns=draw(st.integers(2, 5)))
    if draw(st.booleans()):
        fire += large(NIGHT + draw(st.integers(40, 500)), satellite="NPP", rows=3)
    spots = draw(
        st.lists(
            st.builds(
                lone,
                st.integers(NIGHT - 30, NIGHT + 420),
                st.sampled_from([2.4, 3.0, 3.3, 4.2, 4.6, 5.5, 6.4, 7.0]),
                st.sampled_from([0.0, 0.5, 2.0, -3.0]),
                satellite=st.sampled_from(["N20", "NPP"]),
            ),
            min_size=1,
            max_size=5,
        )
    )
    calls = draw(st.lists(st.builds(report, st.integers(NIGHT, NIGHT + 300), st.just(4.2)), max_size=1))
    later = draw(
        st.lists(st.builds(lone, st.just(NIGHT + 6 * 1440), st.sampled_from([0.4, 4.2])), max_size=1)
    )
    every = list({one.observation_id: one for one in [*fire, *spots, *calls, *later]}.values())
    gone = draw(st.lists(st.sampled_from(every), max_size=3, unique_by=lambda one: one.observation_id))
    parts = draw(st.integers(1, len(fire)))
    given_ = [delivery(*fire[i : i + parts]) for i in range(0, len(fire), parts)]
    given_ += [delivery(one) for one in every if one not in fire]
    return given_ + [delivery(taken_back(one)) for one in gone]


@given(scenes(), st.sampled_from([1, 4, 16]), st.data())
@EXAMPLES
def test_3_children_candidates_and_former_fires_are_the_same_in_any_order_over_any_partitions(
    scene, origins, data
):
    first = judge(scene, end=END)
    for _ in range(2):
        order = data.draw(st.permutations(scene))
        other = judge(order, origins=origins, draw=data.draw, end=END, restarts=data.draw(st.booleans()))
        assert lines(other) == lines(first)
    told_ = sum(one.observation_count for one in told(first).values())
    names = {one.observation_id for each in scene for one in each.observations}
    assert told_ + len(first.silences) == len(names)
    for one in told(first).values():
        assert all(kin in first.incidents for kin in (one.parent, one.reburn_of) if kin)
