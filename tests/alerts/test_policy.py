import pytest
from alerted import T0, a_receiver, an_alert
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy import ENDING, TELLING, Told, combine, decide, lineage, witness
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
        (None, an_alert(pages=False, late=True), "in_digest"),
        (None, an_alert(pages=False), "not_paging"),
        (None, an_alert(grade="task", late=True), "task_not_wanted"),
        (told(None, listed="IV"), an_alert(2, pages=False, late=True), "already_told"),
        (told(None, listed="IV"), an_alert(2, "upgrade", "III", pages=False, late=True), "in_digest"),
        (told("III"), an_alert(2, "upgrade", "III", pages=False, late=True), "already_told"),
        (told(None, listed="IV"), an_alert(2, "upgrade", "IV"), "first_notice"),
        (told("IV", listed="II"), an_alert(2, "upgrade", "III"), "grade_raised"),
        (told(None, listed="IV"), an_alert(2, "close"), "untold"),
        (told(None, listed="IV"), an_alert(2, "update"), "already_told"),
        (None, an_alert(2, "update"), "reached_area"),
        (told(None), an_alert(2, "update", "II"), "reached_area"),
        (None, an_alert(2, "update", late=True), "not_paging"),
        (None, an_alert(2, "update", "task"), "not_paging"),
        (told(None, ended=3), an_alert(2, "update"), "superseded_by"),
        (told(), an_alert(2, "update"), "already_told"),
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
    assert decision.send == (code in {"first_notice", "grade_raised", "untold", "reached_area"})
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


graded = st.sampled_from(["IV", "III", "II", "I"])
grades = st.sampled_from(["task", "IV", "III", "II", "I"])
actions = st.sampled_from(["new", "update", "upgrade", "downgrade", "confirm", "cancel", "expire", "close"])


flags = st.tuples(st.booleans(), st.booleans(), st.booleans())


@given(st.none() | grades, st.none() | graded, actions, grades, flags)
def test_nobody_is_told_twice_without_a_raise_nor_untold_who_was_not_told(held, listed, action, grade, flags):
    pages, late, tasks = flags
    pages = pages and grade != "task" and not late and action in TELLING
    alert = an_alert(5, action, grade, pages=pages, late=late)
    before = told(held, 4, listed=listed) if held or listed else None
    decision = decide(before, alert, a_receiver(tasks=tasks))
    if decision.send and action in TELLING:
        assert held is None or RANK[grade] > RANK[held]
        assert alert.pages or (grade == "task" and tasks)
    if decision.send and action == "update":  # it reached the receiver, or a raise had fallen into a silence
        assert all(RANK[grade] > RANK[one] for one in (held, listed) if one)
        assert not late
        assert grade != "task"
    if decision.send and action not in {*TELLING, "update"}:
        assert held or listed
    if (held or listed) and (action in ENDING or action == "downgrade"):
        assert decision.send
    if decision.reason.code == "in_digest":
        assert late
        assert not alert.pages
        assert all(RANK[grade] > RANK[one] for one in (held, listed) if one)
        assert not decision.send


@given(st.none() | grades, actions, graded, st.booleans())
def test_an_area_that_was_not_reached_hears_nothing(held, action, grade, late):
    elsewhere = a_receiver(areas=("1",))
    before = told(held, 4) if held else None
    decision = decide(before, an_alert(5, action, grade, late=late), elsewhere)
    assert not decision.send or before is not None


def test_holdings_of_a_lineage_are_put_together():
    rows = (told("IV", alert_id="B"), told(None, alert_id="C", listed="II"))
    held = combine(ALERT, rows)
    assert (held.grade, held.listed, held.heard) == ("IV", "II", "II")
    assert combine("B", rows).listed == "II"
