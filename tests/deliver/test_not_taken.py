"""What no gateway takes is told to somebody else: raises, calls back, lost messages, empty shifts."""

from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at, replaced
from test_answers import CHIEF, OFFICER, RANGER, Line
from test_pull_back import FIRE, Hill, fire

from alerts.roster import Roster
from schemas.notice import Due, Note
from schemas.receiver import Quiet
from schemas.roster import Group, Shift
from streams.hops.collect import over
from streams.hops.deliver import deliver
from streams.hops.route import route

KINDS = ("fire", "outbreak")


def a_line(*receivers, roster=None, ways=None):
    receivers = receivers or (RANGER, OFFICER, CHIEF)
    desk = Line(*receivers, ways=ways)
    desk.hop = deliver(receivers, ways, roster=roster)
    desk.restart()
    return desk


def told_to(desk):
    return [row.receiver for row in desk.ready() if row.receiver != "ranger"]


@pytest.mark.parametrize(
    ("grade", "kind", "minutes"),
    [
        ("I", "fire", 3),
        ("II", "fire", 10),
        ("III", "fire", 30),
        ("IV", "fire", 30),
        ("task", "fire", 30),
        ("I", "outbreak", 120),
    ],
)
def test_what_a_gateway_never_takes_is_escalated_in_time_once_and_after_a_restart(grade, kind, minutes):
    ranger = replaced(RANGER, kinds=KINDS, tasks=True)
    desk = a_line(ranger, OFFICER)
    desk.due(an_alert(grade=grade, kind=kind))
    (row,) = desk.ready()
    for attempts in (1, 2, 3):
        desk.outcome(row, "retrying", attempts=attempts)
    desk.restart()
    (wait,) = desk.waiting()
    assert wait.answer_by == at(1) + timedelta(minutes=minutes)
    desk.take(over(replaced(wait, answer_by=wait.answer_by - timedelta(seconds=1))))
    assert told_to(desk) == []
    for _ in range(2):
        desk.take(over(wait))
    assert told_to(desk) == ["officer"]
    desk.outcome(row)
    desk.restart()
    assert [one.receiver for one in desk.waiting() if one.receiver == "ranger"] == []


@pytest.mark.parametrize("grade", ["I", "II", "III", "IV", "task"])
def test_what_every_way_refuses_is_escalated_at_once(grade):
    desk = a_line(replaced(RANGER, tasks=True), OFFICER)
    desk.due(an_alert(grade=grade))
    desk.outcome(desk.ready()[0], "failed")
    assert told_to(desk) == ["officer"]
    assert [one.receiver for one in desk.waiting() if one.receiver == "ranger"] == []


@pytest.mark.parametrize("grade", ["III", "IV"])
def test_what_asks_for_no_answer_is_waited_for_until_it_is_taken(grade):
    desk = a_line()
    desk.due(an_alert(grade=grade))
    assert len(desk.waiting()) == 1
    desk.accept_all()
    assert desk.waiting() == []


def test_a_graver_revision_never_puts_an_earlier_answer_off():
    desk = a_line()
    desk.due(an_alert(1, grade="II"))
    desk.outcome(desk.ready()[0])
    desk.due(an_alert(9, "upgrade", "I"))
    (wait,) = desk.waiting()
    assert (wait.answer_by, wait.grade) == (at(11), "I")


def test_an_answer_to_an_earlier_revision_leaves_the_wait_for_the_graver_ones_acceptance():
    desk = a_line()
    desk.due(an_alert(1, grade="II"))
    desk.outcome(desk.ready()[0])
    desk.due(an_alert(2, "upgrade", "I"))
    (raise_,) = desk.ready()
    desk.answer()
    (wait,) = desk.waiting()
    taken = a_line()
    taken.rows = dict(desk.rows)
    taken.restart()
    taken.outcome(raise_)
    assert taken.waiting() == []
    desk.take(over(wait))
    assert told_to(desk) == ["officer"]


def test_quiet_hours_are_no_time_in_which_somebody_does_not_answer():
    night = Quiet(start="00:00", end="20:00")
    desk = a_line(replaced(RANGER, tasks=True, quiet=night), OFFICER)
    desk.due(an_alert(grade="task"))
    (row,) = desk.ready()
    assert desk.waiting()[0].answer_by == row.held_until + timedelta(minutes=30)
    (said,) = desk.notices
    assert (said.outcome, said.reason.code, said.reason.ref) == (
        "retrying",
        "held_back",
        row.held_until.isoformat(),
    )
    before = dict(desk.rows)
    desk.take(said)
    assert desk.rows == before


def test_a_row_that_was_queued_before_waits_began_so_early_waits_from_its_acceptance_on():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    (row,) = desk.ready()
    (wait,) = desk.waiting()
    for name, old in list(desk.rows.items()):
        desk.rows[name] = old.replace(b',"waits":"answer"', b"")
    del desk.rows[f"outbox/ranger/{wait.notice_id}"]
    desk.restart()
    desk.outcome(row)
    assert [one.answer_by for one in desk.waiting()] == [at(2) + timedelta(minutes=2)]


@pytest.fixture
def hill():
    made = Hill()
    made.sent(longitude=102.2, latitude=27.83)
    made.looks(fire(1))
    return made


def notes(result):
    return [one.value.receiver for one in result.outputs if isinstance(one.value, Note)]


def calls(hill):
    return [row for row in hill.state.rows() if row.order and row.answer_by is not None]


def test_a_call_back_that_keeps_failing_is_told_to_the_officer_within_three_minutes_of_when_it_was_due(hill):
    (row,) = hill.called()
    (wait,) = calls(hill)
    assert wait.answer_by == at(1) + timedelta(minutes=3)
    for attempts in (1, 2):
        hill.outcome(row, "retrying", attempts=attempts)
    hill.restart()
    assert notes(hill.take(over(wait))) == ["officer"]
    assert notes(hill.take(over(wait))) == []


@pytest.mark.parametrize("last", ["failed", "expired"])
def test_a_call_back_that_no_way_takes_is_told_to_the_officer_at_once_and_once(hill, last):
    hill.outcome(hill.called()[0], "failed")
    (wait,) = calls(hill)
    (row,) = hill.called()
    assert row.channel == "voice"
    assert notes(outcome(hill, row, last)) == ["officer"]
    assert notes(hill.take(over(wait))) == []
    assert hill.state.rows() == []


def outcome(desk, row, what):
    from schemas.reason import Reason
    from streams.hops.concluding import conclude

    return desk.take(conclude(row, what, at(2), Reason(code="gateway_refused"), attempts=row.attempts + 1))


def test_a_call_back_is_on_the_record_as_due_and_its_record_calls_nobody(hill):
    (due,) = [one for one in hill.notices if isinstance(one, Due)]
    assert (due.receiver, due.alert.order, due.alert.alert_id) == ("ranger", "pull_back", FIRE)
    before = dict(hill.rows)
    hill.take(due)
    assert hill.rows == before


NOBODY = Group(name="shift", shifts=(Shift(who=("officer",), start="01:00", end="02:00"),))


def test_an_empty_shift_is_stood_in_for_by_the_duty_office_and_then_by_whoever_the_group_names():
    ranger = replaced(RANGER, escalate_to=("shift",))
    for officers, expected in [(("chief",), ["chief"]), ((), ["officer"])]:
        desk = a_line(ranger, OFFICER, CHIEF, roster=Roster({"shift": NOBODY}, "UTC", officers))
        desk.due(an_alert(grade="I"))
        desk.outcome(desk.ready()[0], "failed")
        assert told_to(desk) == expected
        assert desk.reasons() == []


def test_when_there_is_nobody_at_all_that_is_said_loudly_and_stands_as_given_up():
    empty = Group(name="shift", shifts=(Shift(who=("ranger",), start="01:00", end="02:00"),))
    desk = a_line(replaced(RANGER, escalate_to=("shift",)), roster=Roster({"shift": empty}, "UTC"))
    desk.due(an_alert(grade="I"))
    desk.accept_all()
    desk.time_passes()
    (said,) = desk.notices
    assert (said.outcome, said.action, said.reason.code) == ("failed", "escalation", "nobody_to_tell")
    assert (said.receiver, said.reason.detail) == ("ranger", "shift")


def test_a_find_that_the_next_in_line_may_not_see_goes_to_one_who_may_with_the_reason_on_record():
    marked = {"kinds": KINDS, "audience": ("quarantine",)}
    ranger = replaced(RANGER, **marked)
    chief = replaced(CHIEF, **marked)
    desk = a_line(ranger, OFFICER, chief, roster=Roster(officers=("chief",)))
    desk.due(an_alert(grade="I", kind="outbreak", audience="quarantine"))
    desk.outcome(desk.ready()[0], "failed")
    assert told_to(desk) == ["chief"]
    assert desk.reasons()[-1] == (1, "suppressed", "not_its_audience")


def test_who_stands_in_hears_the_end_too():
    hop = route((RANGER, OFFICER, CHIEF, a_receiver("duty", minimum_grade="I")), Roster(officers=("duty",)))
    state = hop.open(hop.options, 0, {})
    hop.step(hop.options, state, an_alert(grade="IV"), at())
    ended = hop.step(hop.options, state, an_alert(2, "cancel", "IV"), at())
    assert [output.key for output in ended.outputs] == ["ranger", "officer", "chief", "duty"]


def test_a_wait_of_one_who_is_in_the_settings_no_more_goes_to_the_duty_office():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    (wait,) = desk.waiting()
    desk.hop = deliver((OFFICER,), roster=Roster(officers=("officer",)))
    desk.take(over(wait))
    assert told_to(desk) == ["officer"]
    assert wait not in desk.waiting()
