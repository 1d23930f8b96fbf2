"""A raise that fell into a silence or a rest is told to its holders with the next revision after that."""

from alerted import a_receiver, an_alert, at
from deskside import Deskside, late
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy import Told, decide
from alerts.roster import Roster
from alerts.routing import RANK
from schemas.receiver import Budget
from schemas.roster import Group, Shift
from schemas.silencing import Silencing
from streams.hops.deliver import deliver


def a_desk(*receivers, **fields):
    desk = Deskside(*receivers)
    desk.hop = deliver(receivers, **fields)
    desk.restart()
    return desk


def test_a_raise_in_a_silence_is_told_with_the_next_revision_after_it():
    silence = Silencing(author="a", reason="burn", start=at(1.5), until=at(10), up_to="III")
    desk = a_desk(a_receiver(), silences=(silence,))
    desk.due(an_alert(1, grade="IV"))
    desk.accept_all()
    desk.due(an_alert(2, "upgrade", "III"))
    desk.due(an_alert(5, "update", "III"))
    assert desk.reasons() == [(2, "suppressed", "silenced"), (5, "suppressed", "silenced")]
    desk.due(an_alert(30, "update", "III"))
    (row,) = desk.ready()
    assert (row.revision, row.reason.code, row.reason.detail) == (30, "grade_raised", "IV to III")
    desk.accept_all()
    desk.due(an_alert(31, "update", "III"))
    assert desk.reasons()[-1] == (31, "suppressed", "already_told")


def test_a_raise_to_i_while_off_duty_is_told_when_they_are_back_and_asks_for_an_answer():
    shifts = [
        (("ranger",), "16:00", "16:02"),
        (("other",), "16:02", "16:20"),
        (("ranger",), "16:20", "23:00"),
    ]
    group = Group(name="g", shifts=tuple(Shift(who=who, start=a, end=b) for who, a, b in shifts))
    ranger = a_receiver(on_duty_in="g", escalate_to=("other",))
    desk = a_desk(ranger, a_receiver("other"), roster=Roster({"g": group}, zone="Asia/Shanghai"))
    desk.due(an_alert(1, grade="IV"))
    desk.accept_all()
    desk.due(an_alert(5, "upgrade", "I"))
    assert desk.ready() == []
    desk.due(an_alert(30, "update", "I"))
    (row,) = desk.ready()
    assert (row.grade, row.reason.code, row.waits) == ("I", "grade_raised", "answer")
    assert '"pages":true' in row.body


def test_a_raise_that_stands_in_the_open_digest_is_no_page_for_the_next_revision():
    desk = a_desk(a_receiver())
    desk.due(an_alert(1, grade="IV"))
    desk.accept_all()
    desk.due(late(2, "upgrade", "III"))
    desk.due(an_alert(3, "update", "III"))
    assert desk.ready() == []
    assert desk.reasons()[-1] == (3, "suppressed", "already_told")


def test_a_raise_that_was_missed_passes_the_budget():
    desk = a_desk(a_receiver(budget=Budget(count=1, reserve=0)))
    desk.due(an_alert(1, grade="IV"))
    desk.accept_all()
    desk.due(an_alert(3, "update", "III"))
    assert [row.revision for row in desk.ready()] == [3]


GRADES = st.sampled_from(list(RANK))


@settings(max_examples=60)
@given(held=GRADES, now=GRADES, action=st.sampled_from(["update", "confirm"]), old=st.booleans())
def test_a_holder_hears_of_a_raise_and_of_nothing_less(held, now, action, old):
    told = Told(receiver="ranger", alert_id="F20200330-AAAAAAAA", touched_at=at(), grade=held, revision=1)
    found = decide(told, an_alert(2, action, now, late=old), a_receiver(tasks=True))
    assert found.send == (RANK[now] > RANK[held] and not old)
