"""What is taken back goes every way by which it was told; one answer stops whoever was told instead."""

import pytest
from alerted import a_receiver, an_alert, at, replaced
from deskside import Deskside
from test_answers import CHIEF, OFFICER, RANGER, Line
from test_receipts import OUT, receipt, taken, waits
from test_receipts import RANGER as SMS_FIRST

from alerts.routing import goes_out
from schemas.notice import Answer
from schemas.receiver import Way
from streams.hops.collect import over
from streams.transport.lanes import lane_of

FIRE = "F20200330-AAAAAAAA"


@pytest.fixture
def desk():
    return Deskside(SMS_FIRST, a_receiver("officer"), ways=OUT)


def by_two_ways(desk):
    """A fire whose text message no receipt came of, so that it was called out too."""
    taken(desk)
    desk.take(over(waits(desk)[0]))
    desk.outcome(desk.ready()[0])


@pytest.mark.parametrize("action", ["cancel", "close", "downgrade"])
def test_what_was_told_by_two_ways_is_taken_back_by_both_and_neither_waits_for_the_other(desk, action):
    by_two_ways(desk)
    desk.restart()
    desk.due(an_alert(2, action, "III"))
    rows = desk.ready()
    assert [(row.channel, row.way, row.action) for row in rows] == [
        ("voice", 1, action),
        ("gateway-sms", 0, action),
    ]
    assert len({row.notice_id for row in rows}) == len({lane_of(row) for row in rows}) == 2
    assert rows[1].body.startswith("【")
    for row in rows:
        desk.outcome(row)
    told = desk.state.told["ranger"][FIRE]
    assert told.grade == ("III" if action == "downgrade" else None)
    assert [one.way for one in desk.ready()] == []
    if action == "downgrade":
        desk.due(an_alert(3, "cancel", "III"))
        assert sorted(row.way for row in desk.ready()) == [0, 1], "still held by both"


@pytest.mark.parametrize("first_beside", [False, True])
def test_what_is_taken_back_goes_once_by_each_way_whichever_fails(desk, first_beside):
    by_two_ways(desk)
    desk.due(an_alert(2, "cancel", "II"))
    main, beside = desk.ready()
    took = []
    if first_beside:
        took.append(beside.way)
        desk.outcome(beside)
    desk.outcome(main, "failed")
    for row in desk.ready():
        took.append(row.way)
        desk.outcome(row)
    assert took == [0]
    assert desk.ready() == []


def test_a_way_that_lost_the_message_told_nobody_and_takes_nothing_back(desk):
    row = taken(desk)
    desk.take(receipt(desk, delivered=False, notice_id=row.notice_id))
    desk.outcome(desk.ready()[0])
    desk.due(an_alert(2, "cancel", "II"))
    assert [one.way for one in desk.ready()] == [1]


def test_a_further_way_that_fails_stays_there_and_a_new_raise_makes_it_out_of_date(desk):
    by_two_ways(desk)
    desk.due(an_alert(2, "cancel", "II"))
    first, second = desk.ready()
    desk.outcome(first)
    desk.outcome(second, "retrying", attempts=3)
    assert [(one.way, one.notice_id) for one in desk.ready()] == [(0, f"{first.notice_id}_w0")]
    desk.due(an_alert(3, "new", "II"))
    assert [(one.revision, one.way) for one in desk.ready()] == [(3, 0)]
    assert desk.reasons()[-1] == (2, "suppressed", "superseded_by")


def test_after_a_merge_both_ways_are_taken_back(desk):
    by_two_ways(desk)
    desk.due(an_alert(1, grade="I", alert_id="F2", lineage=(FIRE,), supersedes=(FIRE,)))
    desk.outcome(desk.ready()[0])
    for wait in waits(desk):
        desk.take(receipt(desk, notice_id=wait.notice_id.removeprefix("receipt_")))
    desk.due(an_alert(2, "cancel", "I", alert_id="F2"))
    assert sorted(row.way for row in desk.ready()) == [0, 1]


def test_a_telephone_on_any_way_is_that_of_somebody_who_goes_out():
    walker = a_receiver(then=(Way(channel="gateway-sms", phone="13800138000"),))
    assert goes_out(walker)
    assert not goes_out(replaced(walker, goes_out=False))
    assert not goes_out(a_receiver(then=(Way(channel="wecom", secret_env="R"),)))


class Alone(Line):
    """A line whose passed-on answers come back in as well."""

    def take(self, message):
        result = super().take(message)
        for output in result.outputs:
            if isinstance(output.value, Answer):
                self.notices.remove(output.value)
                super().take(output.value)
        return result


def in_line():
    desk = Alone(RANGER, OFFICER, CHIEF)
    desk.due(an_alert(grade="I"))
    desk.accept_all()
    desk.time_passes()
    desk.accept_all()
    return desk


def test_an_answer_after_the_escalation_stops_those_who_were_told_instead():
    desk = in_line()
    assert [one.receiver for one in desk.waiting()] == ["officer"]
    desk.restart()
    desk.answer()
    assert desk.waiting() == []
    assert desk.state.told["officer"][FIRE].answered_at is None, "they have not answered themselves"
    assert desk.state.afield == {}
    desk = in_line()
    desk.time_passes()
    desk.accept_all()
    assert [one.receiver for one in desk.waiting()] == []
    desk = in_line()
    desk.answer("officer")
    assert desk.waiting() == []


def test_a_passed_on_answer_ends_no_wait_of_ones_own():
    desk = Alone(RANGER, OFFICER, CHIEF)
    desk.due(an_alert(grade="I"))
    desk.take(Answer(receiver="ranger", alert_id=FIRE, at=at(2), relayed=True))
    assert [one.receiver for one in desk.waiting()] == ["ranger"]
