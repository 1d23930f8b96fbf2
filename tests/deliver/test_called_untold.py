"""Whoever was called back or woken hears of the end: of a fire they were never told of too, and at night."""

import pytest
from alerted import a_receiver, an_alert, at
from deskside import Deskside
from test_pull_back import FIRE, OUT, RANGER, Hill, ellipse

from schemas.notice import Due, Position
from schemas.reason import Reason
from schemas.receiver import Quiet

OTHER = "F20200330-BBBBBBBB"


@pytest.fixture
def hill():
    hill = Hill()
    hill.take(Position(receiver="ranger", at=at(0), longitude=102.2, latitude=27.83, radius_m=50.0))
    return hill


def near(hill, revision=1, action="update", alert_id=FIRE, **fields):
    fields = {"pages": False, "reach_1h": ellipse(0.0), "alert_id": alert_id, **fields}
    alert = an_alert(revision, action, "III", **fields)
    return hill.take(Due(receiver="ranger", due_at=alert.issued_at, alert=alert, guard=True))


def sent(hill):
    return [(row.alert_id, row.action, row.channel) for row in hill.ready() if not row.order]


@pytest.mark.parametrize("action", ["cancel", "close", "expire"])
def test_who_was_called_back_from_a_fire_nobody_told_them_of_hears_of_its_end_once(hill, action):
    near(hill)
    hill.accept_all()
    hill.restart()
    near(hill, 2, "downgrade")
    assert sent(hill) == []
    near(hill, 3, action)
    assert sent(hill) == [(FIRE, action, "gateway-sms")]
    hill.accept_all()
    near(hill, 4, "new")
    near(hill, 5, action)
    assert sent(hill) == [], "whom the fire that burns again did not call hears nothing of it"


def test_who_was_not_called_or_whom_no_call_reached_hears_nothing(hill):
    near(hill, 2, "cancel", alert_id=OTHER)
    near(hill)
    near(hill, 2, "cancel")
    assert hill.ready() == []


def test_of_a_fire_that_went_on_in_another_the_end_of_that_is_told(hill):
    near(hill)
    hill.accept_all()
    near(hill, 2, "close", reasons=(Reason(code="merged_into", ref=OTHER),))
    assert sent(hill) == []
    near(hill, 1, "cancel", alert_id=OTHER, supersedes=(FIRE,), minutes=9)
    assert sent(hill) == [(OTHER, "cancel", "gateway-sms")]


@pytest.mark.parametrize(
    ("grade", "action", "now", "held"),
    [
        ("I", "downgrade", "III", False),
        ("II", "cancel", "III", False),
        ("III", "downgrade", "IV", True),
        ("III", "cancel", "III", True),
    ],
)
def test_what_woke_somebody_is_taken_back_in_their_quiet_hours_too(grade, action, now, held):
    line = Deskside(a_receiver(quiet=Quiet(start="00:00", end="23:59")))
    line.due(an_alert(1, "new", grade))
    line.accept_all()
    line.due(an_alert(2, action, now, pages=False))
    (row,) = line.ready()
    assert (row.action, row.held_until is not None) == (action, held)


def test_a_call_back_alone_is_no_page_of_the_fire(hill):
    near(hill)
    hill.accept_all()
    alert = an_alert(2, "upgrade", "II")
    hill.take(Due(receiver="ranger", due_at=alert.issued_at, alert=alert))
    assert [(row.action, row.reason.code) for row in hill.ready()] == [("upgrade", "first_notice")]
    assert RANGER.channel in OUT
