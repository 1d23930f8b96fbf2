import pytest
from alerted import T0, a_receiver, an_alert
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy import ENDING, Told, combine, decide, lineage, witness
from alerts.routing import RANK
from schemas.reason import REASONS

ALERT = "F20200330-AAAAAAAA"
RANGER = a_receiver()


def told(grade="IV", revision=1, **fields):
    given = {"receiver": "ranger", "alert_id": ALERT, "touched_at": T0, "channel": "webhook"} | fields
    return Told(grade=grade, revision=revision, **given)


@pytest.mark.parametrize(
    ("before", "alert", "code"),
    [
        (None, an_alert(), "first_notice"),
        (told(), an_alert(2, "upgrade", "II"), "grade_raised"),
        (told("II"), an_alert(2, "upgrade", "II"), "already_told"),
        (told("I"), an_alert(2, "new", "III"), "already_told"),
        (told(None), an_alert(5, "new", "IV"), "first_notice"),
        (None, an_alert(pages=False, late=True), "not_paging"),
        (told(), an_alert(2, "update"), "not_paging"),
        (told(), an_alert(2, "confirm"), "not_paging"),
        (None, an_alert(grade="task"), "task_not_wanted"),
        (told("task"), an_alert(2, "upgrade", "IV"), "grade_raised"),
        (None, an_alert(2, "close"), "never_told"),
        (told(None), an_alert(3, "cancel"), "never_told"),
        (told(), an_alert(2, "close"), "untold"),
        (told(), an_alert(2, "cancel"), "untold"),
        (told(), an_alert(2, "expire"), "untold"),
        (told("II"), an_alert(2, "downgrade", "IV"), "untold"),
        (told(into="F20200330-BBBBBBBB"), an_alert(2, "close"), "superseded_by"),
        (told(None, ended=7), an_alert(6, "upgrade", "I"), "superseded_by"),
        (told("I", revision=6), an_alert(5, "downgrade", "II"), "superseded_by"),
    ],
)
def test_decision_and_its_reason(before, alert, code):
    decision = decide(before, alert, RANGER)
    assert decision.reason.code == code
    assert decision.send == (code in {"first_notice", "grade_raised", "untold"})
    assert code in REASONS


def test_a_task_is_sent_once_to_those_who_want_tasks():
    office = a_receiver(tasks=True)
    assert decide(None, an_alert(grade="task"), office).send
    assert decide(told("task"), an_alert(2, grade="task"), office).reason.code == "already_told"


def test_below_the_minimum_grade_is_not_wanted():
    assert decide(None, an_alert(), a_receiver(minimum_grade="II")).reason.code == "not_wanted"


def test_what_was_told_under_another_id_of_the_lineage_counts():
    rows = {"B": told("III", alert_id="B")}
    alert = an_alert(4, "new", "III", lineage=("B",))
    held = combine(alert.alert_id, (rows[one] for one in lineage(alert) if one in rows))
    assert decide(held, alert, RANGER).reason.code == "already_told"


def test_the_end_of_a_merged_alert_does_not_end_the_one_that_lives_on():
    rows = {ALERT: told("II")}
    last_word = an_alert(9, "cancel", alert_id="B", lineage=(ALERT, "B"))
    held = combine("B", (rows[one] for one in lineage(last_word) if one in rows))
    assert decide(held, last_word, RANGER).reason.code == "never_told"


@given(st.permutations(range(1, 12)))
def test_every_revision_is_new_exactly_once_in_any_order(order):
    seen = told(None, 0)
    for revision in order:
        assert not seen.saw(revision)
        seen = witness(seen, an_alert(revision, "update"))
        assert seen.saw(revision)
    assert seen.gaps == ()


grades = st.sampled_from(["task", "IV", "III", "II", "I"])
actions = st.sampled_from(["new", "update", "upgrade", "downgrade", "confirm", "cancel", "expire", "close"])


@given(st.none() | grades, actions, grades, st.booleans(), st.booleans())
def test_nobody_is_told_twice_without_a_raise_nor_untold_who_was_not_told(held, action, grade, pages, tasks):
    alert = an_alert(5, action, grade, pages=pages and grade != "task")
    decision = decide(told(held, 4) if held else None, alert, a_receiver(tasks=tasks))
    if decision.send and action in {"new", "upgrade"}:
        assert held is None or RANK[grade] > RANK[held]
        assert alert.pages or (grade == "task" and tasks)
    if decision.send and action not in {"new", "upgrade"}:
        assert held is not None
    if held and (action in ENDING or action == "downgrade"):
        assert decision.send
