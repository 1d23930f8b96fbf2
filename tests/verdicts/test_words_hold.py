"""A word stands until its author says another or takes it back, and what it obliged to goes with it."""

import datetime as dt

import pytest
from answered_words import actions, heard, last, told, verdict
from judged import START, delivery, judge, report

from schemas.act import DeclareOut, EnterFigures, Reopen, Undo
from streams.said import delivered

CALL = delivery(report(0, who="patrol", kind="ground"))
FIRE = last(judge([CALL])).incident_id
CONFIRMED = verdict(20, 0, FIRE, level="county", author="Li")


def act(kind, minutes, **fields):
    at = START + dt.timedelta(minutes=minutes)
    settled = {"author": "duty-1", "at": at, "received_at": at}
    return delivered(kind(act_id=f"{kind.__name__}-{minutes}", incident_id=FIRE, **settled, **fields))


def due(*steps, hours=None, **more):
    end = None if hours is None else START + dt.timedelta(hours=hours)
    given = [CALL, *(one if hasattr(one, "delivery_id") else told(one) for one in steps)]
    given.sort(key=lambda one: one.received_at)
    asked = last(judge(given, ticks=True, end=end, **more)).report_duty
    return {one.code for one in asked.holds if one.code.startswith("sc_")}


@pytest.mark.parametrize("level", ["county", "city", "province"])
@pytest.mark.parametrize("code", [0, 9])
def test_that_it_is_still_being_checked_takes_back_no_ruling_however_often_it_is_said(level, code):
    ruled = verdict(30, code, FIRE, level=level, author="Li")
    checked = (verdict(31 + n, 10, FIRE, level=level, author="Li") for n in range(20))
    once, often = heard(CALL, ruled), heard(CALL, ruled, *checked)
    assert (last(often).feedback.state, last(often).feedback.code) == (level, code)
    assert actions(often) == actions(once)
    assert last(often).probability == last(once).probability


def test_nobody_drowns_what_another_found():
    found = verdict(30, 0, FIRE, author="ranger-1")
    denied = [verdict(31 + n, 9, FIRE, author="ranger-2") for n in range(20)]
    once, often = heard(CALL, found, denied[0]), heard(CALL, found, *denied)
    assert last(often).probability == last(once).probability
    assert last(often).feedback.contradicted


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("level", ["field", "county"])
def test_of_two_words_of_one_second_fire_stands_and_an_officer_is_asked_whatever_their_ids(names, level):
    yes = verdict(30, 0, FIRE, level="county", author="Li", name=names[0])
    no = verdict(30, 9, FIRE, level=level, author="Wang", name=names[1])
    outcome = heard(CALL, yes, no)
    assert (last(outcome).feedback.ruling, last(outcome).feedback.contradicted) == ("fire", True)
    assert "cancel" not in actions(outcome)


@pytest.mark.parametrize("restarts", [False, True])
def test_figures_that_were_taken_back_oblige_to_no_report(restarts):
    dead = act(EnterFigures, 30, deaths=3)
    assert "sc_casualties" in due(dead, restarts=restarts)
    assert "sc_casualties" not in due(dead, act(Undo, 40, of="EnterFigures-30"), restarts=restarts)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_fire_that_was_not_out_after_all_burns_on(restarts):
    more = delivery(report(30 * 60, 0.1, who="z", kind="ground"))
    again = (act(DeclareOut, 30), act(Reopen, 40), more)
    assert "sc_day_burning" in due(*again, restarts=restarts)


@pytest.mark.parametrize(
    ("words", "hours", "is_due"),
    [
        ((CONFIRMED,), 23.9, False),
        ((CONFIRMED,), 24, True),
        ((CONFIRMED,), 60, True),
        ((), 60, False),
        ((CONFIRMED, act(DeclareOut, 60)), 60, False),
    ],
)
def test_a_confirmed_fire_that_nobody_saw_again_and_nobody_declared_out_is_due_after_a_day(
    words, hours, is_due
):
    assert ("sc_day_burning" in due(*words, hours=hours)) is is_due
