"""What nobody answered is told to the next in line whatever they hold: as it now is, and who is silent."""

from alerted import a_receiver, an_alert, at, replaced
from hypothesis import given
from hypothesis import strategies as st
from test_answers import CHIEF, OFFICER, RANGER
from test_not_taken import a_line, told_to

from alerts.escalation import standing_in
from schemas.notice import Answer, Due
from schemas.reason import Reason
from streams.hops.collect import over


def waits(desk, name="ranger"):
    return [row for row in desk.waiting() if row.receiver == name]


def unanswered(desk, name="ranger"):
    (wait,) = waits(desk, name)
    return desk.take(over(wait))


def held(desk, name="officer"):
    return [(one.grade, one.revision) for one in desk.state.told[name].values()]


def test_an_officer_who_holds_the_alert_and_answered_it_is_told_that_nobody_else_did():
    officer = replaced(OFFICER, areas=(), minimum_grade="IV")
    desk = a_line(RANGER, officer, CHIEF)
    alert = an_alert(grade="I")
    for name in ("ranger", "officer"):
        desk.due(alert, name)
    own = {row.receiver: row for row in desk.ready()}["officer"]
    desk.accept_all()
    desk.take(Answer(receiver="officer", alert_id=alert.alert_id, at=at(2)))
    unanswered(desk)
    (row,) = desk.ready()
    assert (row.receiver, row.instead_of, row.reason.code) == ("officer", "ranger", "unanswered_by")
    assert row.notice_id != own.notice_id, "a gateway would drop it as a repeat"
    assert '"ref":"ranger"' in row.body.replace(" ", "")
    assert "2020-03-30T08:01+00:00" in row.body
    desk.accept_all()
    assert waits(desk, "officer"), "this too waits for an answer"


def test_its_repeat_says_nothing_and_a_line_that_leads_back_comes_to_an_end():
    officer = replaced(OFFICER, escalate_to=("ranger",))
    desk = a_line(RANGER, officer)
    desk.due(an_alert(grade="I"))
    for _ in range(6):
        desk.accept_all()
        for wait in desk.waiting():
            desk.take(over(wait))
    assert desk.ready() == []
    due = Due(receiver="officer", due_at=at(9), alert=an_alert(grade="I"), instead_of="ranger")
    before = dict(desk.rows)
    desk.take(due)
    assert desk.rows == before


def test_a_refusing_line_that_leads_back_comes_to_an_end():
    desk = a_line(RANGER, replaced(OFFICER, escalate_to=("ranger",)))
    desk.due(an_alert(grade="I"))
    for _ in range(8):
        if rows := desk.ready():
            desk.outcome(rows[0], "failed")
    assert desk.ready() == []


def test_what_was_lowered_before_the_time_was_over_is_not_escalated_as_it_was():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    desk.accept_all()
    for name in ("ranger", "officer", "chief"):
        desk.due(an_alert(2, "downgrade", "IV"), name)
    desk.accept_all()
    unanswered(desk)
    assert (told_to(desk), waits(desk)) == ([], [])


def test_a_grade_that_still_asks_for_an_answer_is_escalated_as_it_is_now():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    desk.accept_all()
    for name in ("ranger", "officer", "chief"):
        desk.due(an_alert(2, "downgrade", "II"), name)
    desk.accept_all()
    unanswered(desk)
    (row,) = desk.ready()
    assert (row.receiver, row.revision, row.grade, row.action) == ("officer", 2, "II", "update")
    desk.accept_all()
    assert held(desk) == [("II", 2)]


def test_what_no_gateway_took_is_escalated_though_it_was_lowered():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    desk.due(an_alert(2, "downgrade", "IV"))
    unanswered(desk)
    (row,) = [row for row in desk.ready() if row.receiver == "officer"]
    assert (row.revision, row.grade) == (2, "IV")


def test_a_corrected_place_is_what_the_next_in_line_is_told():
    desk = a_line()
    desk.due(an_alert(grade="I"))
    desk.accept_all()
    corrected = (Reason(code="place_corrected", detail="x"),)
    for name in ("ranger", "officer", "chief"):
        desk.due(an_alert(2, "update", "I", longitude=103.0, reasons=corrected), name)
    desk.accept_all()
    unanswered(desk)
    (row,) = desk.ready()
    assert (row.revision, '"longitude":103.0' in row.body) == (2, True)
    desk.accept_all()
    assert held(desk) == [("I", 2)]


def test_a_wait_goes_on_in_the_alert_that_its_own_ended_in():
    desk = a_line()
    first = an_alert(grade="I")
    desk.due(first)
    desk.accept_all()
    heir = {"alert_id": "F-HEIR", "supersedes": (first.alert_id,), "lineage": ("F-HEIR", first.alert_id)}
    merged = (Reason(code="merged_into", ref="F-HEIR"),)
    for name in ("ranger", "officer"):
        desk.due(an_alert(3, "update", "I", minutes=2, pages=False, **heir), name)
        desk.due(an_alert(2, "cancel", "I", minutes=2, reasons=merged), name)
    unanswered(desk)
    (row,) = desk.ready()
    assert (row.receiver, row.alert_id, row.revision) == ("officer", "F-HEIR", 3)
    desk.accept_all()
    desk.due(an_alert(4, "cancel", "I", **heir))
    assert waits(desk) == []


def test_one_who_stands_in_keeps_the_newer_revision_they_hold():
    desk = a_line(RANGER, replaced(OFFICER, areas=(), minimum_grade="IV"), CHIEF)
    desk.due(an_alert(grade="II"))
    desk.accept_all()
    desk.due(an_alert(2, "upgrade", "I"), "officer")
    desk.accept_all()
    unanswered(desk)
    desk.accept_all()
    assert held(desk) == [("I", 2)]


def test_a_newer_revision_of_their_own_takes_no_escalation_away():
    desk = a_line(RANGER, replaced(OFFICER, areas=(), minimum_grade="IV"), CHIEF)
    desk.due(an_alert(grade="II"))
    desk.accept_all()
    unanswered(desk)
    desk.due(an_alert(2, "upgrade", "I"), "officer")
    own = next(row for row in desk.ready() if not row.instead_of)
    desk.outcome(own)
    assert [row.instead_of for row in desk.ready()] == ["ranger"]


def test_neither_budget_nor_quiet_hours_nor_an_open_result_holds_an_escalation_back():
    desk = a_line(RANGER, a_receiver("officer", minimum_grade="IV"), CHIEF)
    desk.due(an_alert(grade="task"), "ranger")
    desk.due(an_alert(grade="I"), "officer")
    desk.take(Due(receiver="officer", due_at=at(2), alert=an_alert(grade="I"), instead_of="ranger"))
    assert [row.instead_of for row in desk.ready() if row.receiver == "officer"] == ["", "ranger"]


@given(who=st.text(min_size=1, max_size=12), minutes=st.integers(0, 5000))
def test_who_is_silent_stands_once_and_is_the_last(who, minutes):
    once = standing_in(an_alert(), who, at(minutes), "Asia/Shanghai")
    twice = standing_in(once, "other", at(minutes), "Asia/Shanghai")
    (said,) = [one for one in twice.reasons if one.code == "unanswered_by"]
    assert (said.ref, said.detail[-6:]) == ("other", "+08:00")
    assert twice.reasons[0] == an_alert().reasons[0]
