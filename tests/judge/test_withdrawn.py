"""What a source takes back counts no more, in any order, pages nobody and untells who was told."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living, report
from test_invariants import END, EXAMPLES, OBSERVATIONS, holding

from schemas.observation import Retraction


def taken_back(one, minutes=30):
    return Retraction(
        observation_id=f"back-{one.observation_id}",
        source=one.source,
        observed_at=one.observed_at,
        received_at=one.received_at + dt.timedelta(minutes=minutes),
        retracts=one.observation_id,
    )


def paging(outcome):
    return [(alert.alert_id, alert.revision) for alert in outcome.alerts if alert.pages]


@given(OBSERVATIONS, st.data())
@EXAMPLES
def test_2_taken_back_before_or_after_it_is_as_if_never_said(observations, data):
    names = sorted({one.observation_id for one in observations})
    gone = data.draw(st.sets(st.sampled_from(names)))
    backs = [taken_back(one) for one in {one.observation_id: one for one in observations}.values()]
    backs = [back for back in backs if back.retracts in gone]
    stay = [delivery(one) for one in observations if one.observation_id not in gone]
    mixed = data.draw(st.permutations([delivery(one) for one in [*observations, *backs]]))
    outcome, clean = judge(mixed, end=END), judge(stay, end=END)
    assert living(outcome) == living(clean)
    assert holding(outcome) == holding(clean)
    for back in backs:
        assert outcome.silences[back.observation_id].reason.code == "takes_back"
        assert outcome.silences[back.retracts].reason.code in {"withdrawn", "too_late"}


@given(OBSERVATIONS, st.data())
@settings(EXAMPLES, max_examples=30)
def test_2_restored_in_any_order_it_is_as_if_never_taken_back(observations, data):
    spots = list({one.observation_id: one for one in observations}.values())
    backs = [taken_back(one) for one in data.draw(st.lists(st.sampled_from(spots), min_size=1, unique=True))]
    again = [taken_back(one, 60) for one in backs if data.draw(st.booleans())]
    gone = {one.retracts for one in backs} - {
        one.retracts for one in backs if one.observation_id in {each.retracts for each in again}
    }
    stay = [delivery(one) for one in observations if one.observation_id not in gone]
    mixed = data.draw(st.permutations([delivery(one) for one in [*observations, *backs, *again, *again[:1]]]))
    outcome, clean = judge(mixed, end=END), judge(stay, end=END)
    assert living(outcome) == living(clean)
    assert holding(outcome) == holding(clean)


def test_taken_back_and_restored_it_is_told_again_and_twice_restored_nothing_more():
    spot = hotspot(0, 0.0, frp=120.0)
    ranger = report(5, 0.1, who="a", kind="ground")
    call = report(6, 0.2, who="b", kind="ground")
    backs = [taken_back(one, 10) for one in (spot, ranger, call)]
    restored = [delivery(taken_back(one, 20)) for one in backs]
    given_ = [delivery(one) for one in (spot, ranger, call, *backs)]
    outcome = judge([*given_, *restored, *restored], end=START + dt.timedelta(hours=4))
    (one,) = [each for each in outcome.incidents.values() if each.status == "open"]
    assert one.observation_count == 3
    actions = [alert.action for alert in outcome.alerts]
    assert actions.count("cancel") == 1
    assert actions[actions.index("cancel") + 1] == "new"
    assert outcome.silences.keys() & {spot.observation_id, ranger.observation_id} == set()
    third = judge([*given_, *restored, delivery(taken_back(taken_back(backs[0], 20), 30))], end=END)
    assert third.silences[spot.observation_id].reason.code == "withdrawn"


@given(OBSERVATIONS, st.data())
@EXAMPLES
def test_5_taking_back_survives_restarts_and_pages_nobody(observations, data):
    gone = data.draw(st.sets(st.sampled_from(sorted({one.observation_id for one in observations}))))
    last = {one.observation_id: one for one in observations if one.observation_id in gone}
    backs = [delivery(taken_back(one), at=END) for one in last.values()]
    given_ = [delivery(one) for one in observations]
    before = judge(given_, end=END, restarts=True)
    after = judge([*given_, *backs], end=END, restarts=True)
    assert set(paging(after)) == set(paging(before))
    again = judge([*given_, *backs, *backs], end=END, restarts=True)
    assert len(again.alerts) == len(after.alerts)


def chain():
    """Three pixels in a row, the outer two linked by the middle one alone."""
    return [hotspot(minute, east, frp=90.0) for minute, east in ((0, 0.0), (1, 1.3), (2, 2.6))]


def test_a_fire_wholly_taken_back_is_cancelled_and_nothing_calls_it_false():
    spots = chain()
    backs = [delivery(taken_back(one)) for one in spots]
    outcome = judge([delivery(*spots), *backs], ticks=True)
    last = outcome.alerts[-1]
    assert (last.action, last.reasons[0].code, last.pages) == ("cancel", "withdrawn", False)
    assert "误报" not in last.headline["zh"] + last.description["zh"]
    assert living(outcome) == []


def test_what_is_left_in_pieces_is_told_to_nobody_anew():
    ends = [
        said
        for east in (0.0, 2.6)
        for said in (report(9, east, who=f"a{east}"), report(10, east, who=f"b{east}", kind="ground"))
    ]
    spots = [*chain(), *ends]
    told = judge([delivery(*spots)], ticks=True)
    outcome = judge([delivery(*spots), delivery(taken_back(spots[1]))], ticks=True)
    assert {one.grade for one in outcome.incidents.values()} <= {"III", "IV", "II", "I"}
    assert len(living(told)) == 1
    assert len(living(outcome)) == 2
    assert paging(outcome) == paging(told) != []


def test_a_fire_not_yet_told_still_pages_after_one_pixel_was_taken_back():
    spots = chain()
    outcome = judge([delivery(taken_back(spots[1])), delivery(*spots)], ticks=True)
    assert len(living(outcome)) == 2
    assert {alert.incident_id for alert in outcome.alerts} == {
        one.incident_id for one in outcome.incidents.values() if one.status == "open"
    }


@pytest.mark.parametrize("first", ["witness", "back"])
def test_a_witness_taken_back_vouches_for_no_masked_place(first):
    works = [
        hotspot(8 * 1440 * i - 112 * 1440, 0.1 * (i % 3), satellite="Aqua", scan=1.0, frp=12.0)
        for i in range(15)
    ]
    seen = report(30, who="tower", kind="ground")
    pair = [delivery(seen), delivery(taken_back(seen))]
    spot = delivery(hotspot(0, 0.0, satellite="Aqua", scan=1.0, frp=12.0))
    order = [spot, *pair] if first == "witness" else [*reversed(pair), spot]
    outcome = judge([*map(delivery, works[:-1]), *order], end=START + dt.timedelta(days=2))
    opened = judge([*map(delivery, works[:-1]), spot, pair[0]], end=START + dt.timedelta(hours=9))
    assert [one.status for one in recent(outcome)] == (["false_alarm"] if first == "witness" else [])
    assert [one.status for one in recent(opened)] == ["open"]


def recent(outcome):
    return [one for one in outcome.incidents.values() if one.opened_at >= START and one.status != "merged"]
