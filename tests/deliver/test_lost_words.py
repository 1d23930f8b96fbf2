"""A receipt that says never is a failure of a note and of a digest too: again, another way, then given up."""

import pytest
from alerted import an_alert, at, replaced
from deskside import Deskside, late
from test_receipts import OFFICER, OUT, RANGER, note

from schemas.notice import Receipt
from streams.hops.collect import over

NO_OTHER = replaced(RANGER, then=(), escalate_to=())


def a_desk(ranger):
    return Deskside(ranger, OFFICER, ways=OUT)


def put_out(desk, what):
    """Make one note or one digest ready."""
    if what == "note":
        desk.take(note("ranger"))
    else:
        desk.due(late(1))
        desk.due(late(2, alert_id="F20200330-BBBBBBBB"))
        (open_still,) = desk.state.rows()
        desk.take(over(open_still))
    (row,) = desk.ready()
    return row


def receipt(desk, row, *, delivered):
    said = Receipt(receiver="ranger", at=at(90), delivered=delivered, notice_id=row.notice_id)
    return desk.take(said)


@pytest.mark.parametrize("what", ["note", "digest"])
def test_it_goes_by_the_next_way_when_the_first_has_lost_it(what):
    desk = a_desk(RANGER)
    row = put_out(desk, what)
    desk.outcome(row)
    desk.restart()
    receipt(desk, row, delivered=False)
    (again,) = desk.ready()
    assert (again.notice_id, again.channel, again.body != "") == (row.notice_id, "voice", True)
    desk.outcome(again)
    assert [key for key in desk.rows if key.startswith(("outbox/", "line/"))] == []


@pytest.mark.parametrize("what", ["note", "digest"])
def test_without_another_way_it_is_tried_three_times_and_then_given_up(what):
    desk = a_desk(NO_OTHER)
    row = put_out(desk, what)
    for attempts in (1, 2, 3):
        (again,) = desk.ready()
        assert again.body == row.body
        desk.outcome(again, attempts=attempts)
        receipt(desk, row, delivered=False)
    assert desk.ready() == []
    last = desk.notices[-1]
    assert (last.notice_id, last.outcome, last.reason.code) == (row.notice_id, "failed", "no_receipt")
    assert [key for key in desk.rows if key.startswith(("outbox/", "line/"))] == []


@pytest.mark.parametrize("what", ["note", "digest"])
@pytest.mark.parametrize("delivered", [True, None])
def test_what_arrived_or_of_which_nothing_is_heard_is_not_sent_again_and_leaves_nothing(what, delivered):
    desk = a_desk(RANGER)
    row = put_out(desk, what)
    desk.outcome(row)
    if delivered:
        receipt(desk, row, delivered=True)
    else:
        (wait,) = [one for one in desk.state.rows() if one.receipt_by is not None]
        desk.take(over(wait))
    assert desk.ready() == []
    assert [key for key in desk.rows if key.startswith(("outbox/", "line/"))] == []


@pytest.mark.parametrize("what", ["note", "digest"])
def test_one_that_is_quicker_than_the_word_of_acceptance_counts(what):
    desk = a_desk(RANGER)
    row = put_out(desk, what)
    receipt(desk, row, delivered=False)
    desk.outcome(desk.ready()[0])
    assert [one.channel for one in desk.ready()] == ["voice"]


@pytest.mark.parametrize(("grade", "said"), [("I", ["undelivered"]), ("II", ["undelivered"]), ("III", [])])
def test_a_grave_fire_of_which_no_receipt_ever_came_is_loud_where_there_is_no_other_way(grade, said):
    desk = a_desk(NO_OTHER)
    desk.due(an_alert(grade=grade))
    (row,) = desk.ready()
    desk.outcome(row)
    (wait,) = [one for one in desk.state.rows() if one.receipt_by is not None]
    for _ in range(2):
        desk.take(over(wait))
    assert [(one.outcome, one.notice_id) for one in desk.notices] == [(one, row.notice_id) for one in said]
    assert [one for one in desk.state.rows() if one.receipt_by is not None] == []
    assert desk.state.told["ranger"][row.alert_id].grade == grade, "it may have arrived: its end is told"
