"""Calls back follow a fire through merges, know its last reach, and wait for the answer meant for them."""

import pytest
from alerted import an_alert, at
from test_pull_back import FIRE, Hill, fire

from alerts.pull_back import Afield, why_back
from schemas.hop import Result
from schemas.notice import Answer, Notice, Position
from schemas.reason import Reason
from streams.hops.collect import over
from streams.hops.outbox import Outbox
from streams.telling import living

HEIR = "F20200330-YYYYYYYY"
INSIDE = {"longitude": 102.2, "latitude": 27.83}


def heir(revision, azimuth_deg=0.0, **fields):
    """The fire that theirs went on in."""
    return fire(
        revision,
        azimuth_deg=azimuth_deg,
        alert_id=HEIR,
        incident_id=HEIR,
        lineage=(HEIR, FIRE),
        supersedes=(FIRE,),
        **fields,
    )


def waits(hill):
    return [row for row in hill.state.rows() if row.order and row.answer_by is not None]


@pytest.fixture
def hill():
    return Hill()


@pytest.mark.parametrize("restarts", [False, True])
def test_who_walks_into_a_reach_that_is_known_is_called_at_once(hill, restarts):
    hill.looks(fire(1))
    hill.sent(longitude=102.2, latitude=27.95)
    assert hill.called() == []
    if restarts:
        hill.restart()
    hill.sent(**INSIDE)
    (row,) = hill.called()
    assert (row.reason.detail, row.revision, row.alert_id) == ("reach", 1, FIRE)
    hill.sent(**INSIDE)
    assert len(hill.called()) == 1


def test_who_is_put_down_in_a_reach_is_called_and_again_after_half_an_hour_under_an_id_of_its_own(hill):
    hill.looks(fire(1))
    for minute in (2, 20, 40):
        hill.take(Position(receiver="ranger", at=at(minute), alert_id="F-OTHER", **INSIDE))
    assert len({row.notice_id for row in hill.called()}) == 2


def test_who_takes_up_an_alert_after_the_wind_has_turned_is_called(hill):
    hill.due(fire(1, "new", azimuth_deg=0.0))
    hill.looks(fire(2, azimuth_deg=100.0))
    hill.take(Answer(receiver="ranger", alert_id=FIRE, at=at(5)))
    assert [row.reason.detail for row in hill.called()] == ["wind_turned"]
    hill.take(Answer(receiver="ranger", alert_id=FIRE, at=at(50)))
    assert len(hill.called()) == 1


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_fire_that_has_ended_calls_nobody_who_comes_there_later_in_any_order(hill, order):
    words = {1: fire(1), 2: an_alert(2, "close", "III")}
    for revision in order:
        hill.looks(words[revision])
    hill.sent(**INSIDE)
    assert hill.called() == []
    again = Hill()
    again.looks(fire(1))
    again.take(Position(receiver="ranger", at=at(60 * 24 * 9), **INSIDE))
    assert again.called() == []


def test_an_older_place_that_comes_late_moves_nobody(hill):
    hill.take(Position(receiver="ranger", at=at(9), longitude=102.2, latitude=27.95))
    hill.take(Position(receiver="ranger", at=at(2), **INSIDE))
    hill.looks(fire(10))
    assert hill.called() == []


def test_the_wind_that_turns_after_a_merge_calls_those_who_went_to_the_fire_before(hill):
    hill.looks(fire(1))
    hill.take(Answer(receiver="ranger", alert_id=FIRE, at=at(2)))
    hill.looks(heir(3, azimuth_deg=10.0))
    assert hill.called() == []
    hill.looks(heir(4, azimuth_deg=100.0))
    assert [(row.alert_id, row.reason.detail) for row in hill.called()] == [(HEIR, "wind_turned")]
    hill.looks(heir(9, azimuth_deg=100.0))
    assert len(hill.called()) == 1


def test_a_spot_fire_of_what_their_fire_went_on_in_calls_back(hill):
    hill.sent()
    hill.looks(heir(1))
    hill.looks(an_alert(2, alert_id="F-SPOT", reasons=(Reason(code="spotting", ref=HEIR),)))
    assert [row.reason.detail for row in hill.called()] == ["spot_fire"]


def test_a_fire_that_burns_again_under_another_alert_is_still_theirs(hill):
    hill.take(Answer(receiver="ranger", alert_id=f"{FIRE}-2", at=at(0)))
    hill.looks(fire(1))
    hill.looks(heir(2, azimuth_deg=120.0))
    assert [row.reason.detail for row in hill.called()] == ["wind_turned"]


@pytest.mark.parametrize(("alert_id", "late"), [("F-OTHER", True), (FIRE, False)])
def test_no_answer_to_another_alert_or_from_before_it_was_taken_ends_the_wait(hill, alert_id, late):
    hill.sent(**INSIDE)
    hill.looks(fire(1))
    (row,) = hill.called()
    if late:
        hill.outcome(row)
    hill.take(Answer(receiver="ranger", alert_id=alert_id, at=at(1)))
    if not late:
        hill.outcome(hill.called()[0])
    (wait,) = waits(hill)
    (note, *_) = [output.value for output in hill.take(over(wait)).outputs]
    assert note.code == "unanswered"


def test_an_answer_known_before_the_word_that_the_call_was_taken_ends_the_wait(hill):
    hill.sent(**INSIDE)
    hill.looks(fire(1))
    (row,) = hill.called()
    hill.take(Answer(receiver="ranger", alert_id=FIRE, at=at(9)))
    assert len(waits(hill)) == 1
    hill.restart()
    hill.outcome(row)
    assert waits(hill) == []


def test_an_answer_under_the_name_of_the_heir_ends_the_wait(hill):
    hill.sent(**INSIDE)
    hill.looks(fire(1))
    hill.outcome(hill.called()[0])
    hill.looks(heir(2))
    hill.take(Answer(receiver="ranger", alert_id=HEIR, at=at(9)))
    assert waits(hill) == []


def test_a_call_that_every_way_refused_is_made_again_by_the_next_revision(hill):
    hill.sent(**INSIDE)
    hill.looks(fire(1))
    for _way in range(2):
        assert hill.state.afield["ranger"].called
        hill.outcome(hill.called()[0], "failed")
    assert (hill.called(), hill.state.afield["ranger"].called) == ([], {})
    hill.looks(fire(5))
    assert [row.revision for row in hill.called()] == [5]


def test_an_end_stops_a_call_that_no_gateway_took_and_its_wait(hill):
    hill.sent(**INSIDE)
    hill.looks(fire(1))
    hill.outcome(hill.called()[0], "retrying")
    hill.looks(an_alert(3, "cancel", "III"))
    assert (hill.called(), waits(hill)) == ([], [])
    (last,) = [one for one in hill.notices if isinstance(one, Notice) and one.outcome == "suppressed"]
    assert (last.action, last.reason.code, last.reason.ref) == ("pull_back", "superseded_by", f"{FIRE}.3")
    for end, merged in ((an_alert(3, "cancel", "III"), False), (None, True)):
        other = Hill()
        other.sent(**INSIDE)
        other.looks(fire(1))
        if not merged:  # taken: they may be on their way, so their word is still waited for
            other.outcome(other.called()[0])
        went_on = an_alert(3, "cancel", "III", reasons=(Reason(code="merged_into", ref=HEIR),))
        other.looks(end or went_on)
        assert (len(other.called()), len(waits(other))) == (int(merged), 1)


def test_who_stands_inside_a_fire_whose_reach_nobody_knows_is_called(hill):
    hill.sent(longitude=102.2, latitude=27.81)
    hill.looks(an_alert(1, "update", "III", radius_m=2000.0))
    assert [row.reason.detail for row in hill.called()] == ["in_fire"]
    outside = Afield(receiver="r", touched_at=at(0), longitude=102.2, latitude=27.83, placed_at=at(0))
    assert not why_back(outside, an_alert(1, "update", "III", radius_m=2000.0), at(1))


def test_of_too_many_fires_those_that_burn_and_are_graded_stay(monkeypatch):
    monkeypatch.setattr(living, "FIRES", 2)
    state, result = Outbox(), Result()
    for minute, (name, grade, action) in enumerate(
        [("F1", "II", "new"), ("F2", "task", "new"), ("F3", "III", "close"), ("F4", "task", "new")]
    ):
        living.follow(state, result, an_alert(minute + 1, action, grade, alert_id=name))
    assert sorted(state.living) == ["F1", "F4"]
    assert sorted(key for key, row in result.rows.items() if row is not None) == ["living/F1", "living/F4"]


@pytest.mark.parametrize("was_taken", [False, True])
def test_who_is_back_is_called_no_more_and_nobody_waits_for_their_word(hill, was_taken):
    hill.sent(**INSIDE)
    hill.looks(fire(1))
    (row,) = hill.called()
    if was_taken:
        hill.outcome(row)
    hill.take(Position(receiver="ranger", at=at(9), back=True))
    hill.restart()
    assert (hill.called(), waits(hill), hill.state.afield) == ([], [], {})
    if not was_taken:
        last = [one for one in hill.notices if isinstance(one, Notice)][-1]
        assert (last.action, last.outcome, last.reason.code) == ("pull_back", "suppressed", "back_safe")
    hill.looks(fire(40))
    assert hill.called() == []
