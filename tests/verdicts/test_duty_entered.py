"""What only people can say of a fire, an officer enters: cases that asked for it hold, and clocks run."""

import datetime as dt

import pytest
from answered_words import last, told, verdict
from judged import START, delivery, judge, report

from schemas.act import DeclareOut, EnterFigures
from streams.said import delivered

CALL = delivery(report(0, who="patrol", kind="ground"))
FIRE = last(judge([CALL])).incident_id
CONFIRMED = told(verdict(20, 0, FIRE, level="county", author="Li"))


def act(kind, minutes, **fields):
    at = START + dt.timedelta(minutes=minutes)
    settled = {"author": "duty-1", "at": at, "received_at": at}
    return delivered(kind(act_id=f"{kind.__name__}-{minutes}", incident_id=FIRE, **settled, **fields))


def entered(*acts, restarts=False):
    return last(judge([CALL, CONFIRMED, *acts], ticks=True, restarts=restarts))


def asked(one):
    held = {trigger.code for trigger in one.report_duty.holds}
    return lambda code: True if code in held else None if code in one.report_duty.unknown else False


@pytest.mark.parametrize(
    ("fields", "code", "holds"),
    [
        ({}, "sc_told_elsewhere", None),
        ({"is_told_elsewhere": True}, "sc_told_elsewhere", True),
        ({"is_told_elsewhere": False}, "sc_told_elsewhere", False),
        ({}, "sc_needs_support", None),
        ({"needs_support": ("province",)}, "sc_needs_support", True),
        ({"needs_support": ("province",)}, "cn_needs_support", False),
        ({"needs_support": ()}, "sc_needs_support", False),
    ],
)
@pytest.mark.parametrize("restarts", [False, True])
def test_a_case_that_asks_a_person_holds_by_what_was_entered(fields, code, holds, restarts):
    given = [act(EnterFigures, 30, **fields)] if fields else []
    assert asked(entered(*given, restarts=restarts))(code) is holds


def test_what_is_entered_of_one_thing_says_nothing_of_the_others_and_the_newest_counts():
    one = entered(
        act(EnterFigures, 30, is_dangerous=True, deaths=1),
        act(EnterFigures, 40, is_told_elsewhere=True),
        act(EnterFigures, 50, is_dangerous=False),
    )
    said = one.entered
    assert (said.is_dangerous, said.is_told_elsewhere, said.deaths) == (False, True, 1)
    assert said.needs_support is None


def test_a_report_that_is_to_go_out_is_none_that_went_out_and_no_far_day_stops_the_line():
    far = dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)
    one = entered(act(EnterFigures, 30, is_told_elsewhere=True, reported_at=far))
    assert one.entered.reported_at == START + dt.timedelta(minutes=30)
    due = {one.clock: one.due_at for one in one.report_duty.deadlines}
    assert due["further"] == START + dt.timedelta(minutes=150)


def test_after_a_report_the_next_one_is_due_in_two_hours_until_the_fire_is_out():
    sent = act(EnterFigures, 30, is_told_elsewhere=True, reported_at=START + dt.timedelta(minutes=28))
    due = {one.clock: one.due_at for one in entered(sent).report_duty.deadlines}
    assert due["further"] == START + dt.timedelta(minutes=28 + 120)
    ended = entered(sent, act(DeclareOut, 60)).report_duty.deadlines
    assert "further" not in {one.clock for one in ended}
    assert {one.clock: one.due_at for one in ended}["final"] == START + dt.timedelta(minutes=120)
