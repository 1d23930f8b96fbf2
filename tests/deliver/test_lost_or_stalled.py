"""Messages that were taken and lost, and gateways that stall: tried elsewhere, or given up loudly."""

from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at, replaced
from deskside import Deskside
from test_answers import OFFICER
from test_not_taken import a_line, notes, told_to
from test_pull_back import FIRE, Hill, fire
from test_receipts import OUT, waits

from alerts.roster import Roster
from schemas.notice import Answer, Receipt
from schemas.receiver import Way
from streams.hops.collect import over
from streams.hops.deliver import deliver


def one_way(**fields):
    given = {"channel": "gateway-sms", "phone": "13800138000", "escalate_to": ("officer",)} | fields
    return a_line(a_receiver(**given), OFFICER, ways=OUT)


def never(desk, row, minutes=3.0):
    return desk.take(Receipt(receiver="ranger", at=at(minutes), delivered=False, notice_id=row.notice_id))


@pytest.mark.parametrize("grade", ["I", "IV"])
def test_a_receipt_that_says_never_is_a_failure_tried_again_and_then_given_up_and_escalated(grade):
    desk = one_way()
    desk.due(an_alert(grade=grade))
    for tried in (1, 2, 3):
        (row,) = [one for one in desk.ready() if one.receiver == "ranger"]
        assert (row.held_until is not None) == (tried > 1), "not in the same second"
        desk.outcome(row, attempts=tried)
        desk.restart()
        never(desk, row)
    assert [one.outcome for one in desk.notices] == ["undelivered"] * 3 + ["failed"]
    assert told_to(desk) == ["officer"]
    told = desk.state.told["ranger"][FIRE]
    assert (told.grade, told.listed) == (None, grade), "no page any more, yet its end is told"
    never(desk, row)
    assert len(desk.notices) == 4
    desk.due(an_alert(2, "cancel", grade))
    assert "ranger" in [one.receiver for one in desk.ready()]


def test_a_receipt_that_says_never_before_the_acceptance_is_read_counts_too():
    desk = one_way()
    desk.due(an_alert(grade="IV"))
    (row,) = desk.ready()
    never(desk, row)
    desk.outcome(row, attempts=1)
    assert desk.reasons() == [(1, "undelivered", "no_receipt")]
    (again,) = desk.ready()
    assert again.held_until is not None
    desk.outcome(again, attempts=2)
    (wait,) = waits(desk)
    assert desk.notices[-1].outcome == "undelivered", "the second try has a chance of its own"
    desk.take(over(wait))
    assert len(desk.ready()) == 1, "and silence after it counts as never"


def test_a_call_back_that_never_arrived_by_any_way_goes_to_the_officer():
    hill = Hill(a_receiver(channel="gateway-sms", phone="13800138000"), a_receiver("officer"))
    hill.hop = deliver(tuple(hill.hop.options.receivers.values()), OUT, roster=Roster(officers=("officer",)))
    hill.sent(longitude=102.2, latitude=27.83)
    hill.looks(fire(1))
    for tried in (1, 2, 3):
        (row,) = [one for one in hill.called() if one.ready]
        hill.outcome(row, attempts=tried)
        last = never(hill, row)
    assert notes(last) == ["officer"]
    assert hill.state.rows() == []


def test_an_answer_ends_the_wait_for_a_receipt_that_says_never():
    desk = one_way()
    desk.due(an_alert(grade="IV"))
    (row,) = desk.ready()
    desk.outcome(row)
    desk.take(Answer(receiver="ranger", alert_id=FIRE, at=at(2)))
    never(desk, row)
    assert desk.notices == []


STALLING = a_receiver(then=(Way(channel="webhook", url="https://other.example/hook"),))


@pytest.mark.parametrize(
    ("grade", "wait_s", "way"),
    [("I", 21, 1), ("I", 19, 0), ("IV", 121, 1), ("IV", 60, 0), ("task", 86_400, 0)],
)
def test_a_gateway_that_asks_for_a_long_wait_is_left_at_once_by_what_cannot_wait(grade, wait_s, way):
    desk = Deskside(replaced(STALLING, tasks=True))
    desk.due(an_alert(grade=grade))
    desk.outcome(desk.ready()[0], "retrying", wait_s=float(wait_s))
    assert [row.way for row in desk.ready()] == [way]


def test_a_gateway_that_was_left_for_its_long_wait_is_not_asked_before_it_is_over():
    desk = Deskside(STALLING)
    desk.due(an_alert(grade="I"))
    desk.outcome(desk.ready()[0], "retrying", wait_s=600.0)
    (row,) = desk.ready()
    for attempts in (2, 3):
        desk.outcome(row, "retrying", attempts=attempts)
        desk.restart()
    assert [one.way for one in desk.ready()] == [1]
    refused = Deskside(STALLING)
    refused.rows = dict(desk.rows)
    refused.restart()
    refused.outcome(refused.ready()[0], "failed")
    (row,) = refused.ready()
    assert (row.way, row.held_until) == (0, at(1) + timedelta(seconds=600))


def test_without_another_way_a_long_wait_is_kept_and_the_next_in_line_told_in_time():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    desk.outcome(desk.ready()[0], "retrying", wait_s=86_400.0)
    desk.time_passes()
    assert told_to(desk) == ["officer"]


def test_without_an_escalation_a_lost_message_is_given_up_all_the_same():
    desk = one_way(escalate_to=())
    desk.due(an_alert(grade="II"))
    for tried in (1, 2, 3):
        (row,) = desk.ready()
        desk.outcome(row, attempts=tried)
        never(desk, row)
    assert desk.notices[-1].outcome == "failed"
    assert desk.state.rows() == []


def test_a_receipt_that_an_older_revision_never_came_sends_and_escalates_nothing_out_of_date():
    desk = one_way()
    desk.due(an_alert(1, grade="IV"))
    (first,) = desk.ready()
    desk.outcome(first)
    desk.due(an_alert(2, "upgrade", "III"))
    (second,) = [one for one in desk.ready() if one.revision == 2]
    desk.outcome(second)
    never(desk, first)
    assert desk.ready() == []
    assert desk.reasons()[-2:] == [(1, "undelivered", "no_receipt"), (1, "suppressed", "superseded_by")]
    never(desk, second)
    assert [one.revision for one in desk.ready()] == [2], "what holds now is sent again"
