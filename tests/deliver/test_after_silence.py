"""What a silence held back is told when it ends, as it then is, unless it ended or was told before."""

import pytest
from alerted import a_receiver, an_alert, at
from hypothesis import given, settings
from hypothesis import strategies as st
from test_missed_raise import a_desk

from schemas.reason import Reason
from schemas.silencing import Silencing
from streams.hops.collect import over

SILENCE = Silencing(author="a", reason="burn", start=at(0), until=at(60), up_to="III")


def quiet(*receivers, silences=(SILENCE,), **fields):
    return a_desk(*(receivers or (a_receiver(),)), silences=silences, **fields)


def time_passes(desk):
    for row in [one for one in desk.state.rows() if one.silent_until is not None]:
        desk.take(over(row))


def ready(desk):
    return [(row.revision, row.action, row.grade, row.reason.code) for row in desk.ready()]


@pytest.mark.parametrize("restarts", [False, True])
def test_what_still_burns_is_told_when_the_silence_ends_as_it_then_is(restarts):
    desk = quiet()
    desk.due(an_alert(1, grade="IV"))
    desk.due(an_alert(5, "update", "IV", headline={"zh": "五", "en": "five"}))
    assert desk.ready() == []
    if restarts:
        desk.restart()
    (row,) = desk.state.rows()
    assert row.ends_at == at(60)
    time_passes(desk)
    assert ready(desk) == [(5, "update", "IV", "reached_area")]
    assert "五" in desk.ready()[0].body
    desk.accept_all()
    assert desk.state.rows() == []
    desk.due(an_alert(70, "update", "IV"))
    assert desk.ready() == []


def test_a_task_and_a_raise_are_told_too_and_what_has_ended_is_not():
    desk = quiet(a_receiver(tasks=True))
    desk.due(an_alert(1, grade="task"))
    desk.due(an_alert(2, "update", "task"))
    desk.due(an_alert(1, grade="III", alert_id="F2"))
    desk.due(an_alert(3, "close", "III", alert_id="F2"))
    time_passes(desk)
    assert ready(desk) == [(2, "new", "task", "first_notice")]


def test_a_lower_grade_meanwhile_is_told_as_what_it_is_then():
    desk = quiet()
    desk.due(an_alert(1, grade="III"))
    desk.due(an_alert(2, "downgrade", "IV"))
    time_passes(desk)
    assert ready(desk) == [(2, "new", "IV", "first_notice")]


def test_a_raise_beyond_the_silence_leaves_nothing_behind():
    desk = quiet()
    desk.due(an_alert(1, grade="III"))
    desk.due(an_alert(2, "upgrade", "II"))
    assert ready(desk) == [(2, "upgrade", "II", "first_notice")]
    desk.accept_all()
    assert desk.state.rows() == []


def test_a_longer_silence_holds_on_and_one_of_the_desk_ends_by_itself():
    longer = Silencing(author="b", reason="drill", start=at(30), until=at(90), up_to="IV")
    desk = quiet(silences=(SILENCE, longer))
    desk.due(an_alert(1, grade="IV"))
    time_passes(desk)
    assert desk.ready() == []
    (row,) = desk.state.rows()
    assert row.ends_at == at(90)
    time_passes(desk)
    assert ready(desk) == [(1, "new", "IV", "first_notice")]
    why = Reason(code="silence_set", ref=at(20).isoformat(), rule="III", detail="works")
    desk = quiet(silences=())
    desk.due(an_alert(1, grade="IV", reasons=(Reason(code="opened"), why)))
    assert [row.ends_at for row in desk.state.rows()] == [at(20)]
    time_passes(desk)
    assert ready(desk) == [(1, "new", "IV", "first_notice")]


def test_who_stands_in_for_somebody_hears_of_it_when_the_silence_ends():
    silence = Silencing(author="a", reason="x", start=at(0), until=at(60), receivers=("officer",))
    ranger = a_receiver(escalate_to=("officer",), tasks=True)
    desk = quiet(ranger, a_receiver("officer"), silences=(silence,))
    desk.due(an_alert(1, grade="task"))
    (wait,) = [one for one in desk.state.rows() if one.answer_by is not None]
    for output in desk.take(over(wait)).outputs:
        desk.take(output.value)
    assert [row.receiver for row in desk.ready()] == ["ranger"]
    time_passes(desk)
    (row,) = [one for one in desk.ready() if one.receiver == "officer"]
    assert (row.instead_of, row.reason.code) == ("ranger", "unanswered_by")


STEPS = st.lists(st.sampled_from(["IV", "III", "II", "update", "end", "time"]), min_size=1, max_size=7)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_after_the_silence_they_hold_what_burns_once_and_nothing_that_does_not(steps):
    desk, grade = quiet(), None
    for revision, step in enumerate(steps, 1):
        if step == "time":
            continue
        if grade is None:
            action, grade = "new", step if step in {"IV", "III", "II"} else "IV"
        elif step == "end":
            action = "close"
        elif step in {"update", grade}:
            action = "update"
        else:
            action, grade = ("upgrade" if step < grade else "downgrade"), step
        desk.due(an_alert(revision, action, grade))
        desk.accept_all()
        grade = None if action == "close" else grade
    time_passes(desk)
    told = [row.revision for row in desk.ready()]
    desk.accept_all()
    assert desk.state.rows() == []
    held = desk.state.told.get("ranger", {}).get("F20200330-AAAAAAAA")
    assert (held is not None and held.grade) == (grade or (None if held else False))
    assert len(told) <= 1
