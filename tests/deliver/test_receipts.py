"""Accepted is not delivered: without a receipt in time the next way is tried, once each."""

from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at
from deskside import Deskside
from vendors import ways

from alerts.policy import Told
from alerts.segments import units
from schemas.notice import Due, Note, Receipt
from schemas.receiver import Way
from streams.hops.collect import over

HEARS = {"by": "callback", "status": "s", "id": "id", "text": "t"}
OUT = ways(
    gateway_sms={"url": "https://sms.example/send", "hears": HEARS},
    voice={"url": "https://voice.example/call"},
)
RANGER = a_receiver(
    channel="gateway-sms", phone="13800138000", then=(Way(channel="voice"),), escalate_to=("officer",)
)
OFFICER = a_receiver("officer", minimum_grade="I", areas=("999999",))


@pytest.fixture
def desk():
    return Deskside(RANGER, OFFICER, ways=OUT)


def waits(desk):
    return [row for row in desk.state.rows() if row.receipt_by is not None]


def receipt(desk, *, delivered=True, notice_id=""):
    row = desk.ready()[0].notice_id if not notice_id and desk.ready() else notice_id
    return Receipt(receiver="ranger", at=at(5), delivered=delivered, notice_id=row)


def taken(desk, grade="II"):
    desk.due(an_alert(grade=grade))
    (row,) = desk.ready()
    desk.outcome(row)
    return row


def test_the_wait_is_three_minutes_from_acceptance_for_fire_i_and_ii(desk):
    taken(desk)
    (wait,) = waits(desk)
    assert wait.receipt_by == at(2) + timedelta(minutes=3) - timedelta(minutes=1)
    assert not wait.ready


@pytest.mark.parametrize("fields", [{"grade": "III"}, {"grade": "I", "kind": "outbreak"}])
def test_what_is_less_grave_is_not_sent_again_for_want_of_a_receipt(fields):
    desk = Deskside(a_receiver(**{**vars_of(RANGER), "kinds": ("fire", "outbreak")}), OFFICER, ways=OUT)
    desk.due(an_alert(**fields))
    desk.accept_all()
    (wait,) = waits(desk)
    desk.take(over(wait))
    assert desk.state.rows() == []
    assert desk.notices == []


def vars_of(receiver):
    return {"channel": receiver.channel, "phone": receiver.phone, "then": receiver.then}


def test_without_a_receipt_the_next_way_is_tried_under_the_same_id_and_once(desk):
    row = taken(desk)
    (wait,) = waits(desk)
    desk.take(over(wait))
    (again,) = desk.ready()
    assert (again.notice_id, again.channel, again.way, again.dead) == (row.notice_id, "voice", 1, (0,))
    assert (2, "undelivered", "no_receipt") not in desk.reasons()
    assert desk.reasons() == [(1, "undelivered", "no_receipt")]
    desk.take(over(wait))
    assert desk.ready() == [again]
    desk.outcome(again)
    assert waits(desk) == [], "voice gives no receipts, and the first way is dead"
    assert desk.state.told["ranger"][row.alert_id].channel == "voice"


def test_a_receipt_in_time_and_no_other_way_is_tried(desk):
    row = taken(desk)
    (wait,) = waits(desk)
    desk.take(receipt(desk, notice_id=row.notice_id))
    assert waits(desk) == []
    told = desk.state.told["ranger"][row.alert_id]
    assert (told.delivered, told.delivered_at) == (1, at(5))
    desk.take(over(wait))
    assert desk.ready() == []


def test_a_receipt_that_says_never_goes_on_at_once(desk):
    row = taken(desk)
    desk.take(receipt(desk, delivered=False, notice_id=row.notice_id))
    assert [one.channel for one in desk.ready()] == ["voice"]


def test_a_receipt_quicker_than_the_word_of_acceptance_counts(desk):
    desk.due(an_alert(grade="I"))
    (row,) = desk.ready()
    desk.take(receipt(desk))
    desk.outcome(row)
    assert waits(desk) == []
    assert desk.state.told["ranger"][row.alert_id].grade == "I"


def test_what_was_taken_after_its_end_came_by_is_waited_for_neither_for_receipt_nor_for_answer(desk):
    desk.due(an_alert(grade="II"))
    (row,) = desk.ready()
    desk.due(an_alert(2, "cancel", "II"))
    desk.outcome(row)
    (end,) = desk.state.rows()
    assert (end.action, end.ready) == ("cancel", True)


def test_the_gateways_own_id_leads_back_too(desk):
    from msgspec.structs import replace

    from streams.hops.concluding import instant

    desk.due(an_alert(grade="I"))
    (row,) = desk.ready()
    desk.take(replace(instant(row, at(1)), ref="900^0"))
    desk.take(Receipt(receiver="ranger", at=at(2), delivered=True, ref="other"))
    assert len(waits(desk)) == 1
    desk.take(Receipt(receiver="ranger", at=at(2), delivered=True, ref="900^0"))
    assert waits(desk) == []


def test_an_answer_says_more_than_a_receipt_and_an_end_needs_none(desk):
    from schemas.notice import Answer

    taken(desk)
    desk.take(Answer(receiver="ranger", alert_id="F20200330-AAAAAAAA", at=at(2)))
    assert desk.state.rows() == []
    other = Deskside(RANGER, OFFICER, ways=OUT)
    taken(other)
    other.due(an_alert(2, "cancel", "II"))
    assert waits(other) == []


def test_the_wait_outlives_a_restart(desk):
    taken(desk)
    desk.restart()
    (wait,) = waits(desk)
    desk.take(over(wait))
    assert [one.channel for one in desk.ready()] == ["voice"]


def test_a_late_or_foreign_receipt_changes_nothing(desk):
    before = dict(desk.rows)
    for delivered in (True, False):
        desk.take(Receipt(receiver="ranger", at=at(2), delivered=delivered, notice_id="notice_x"))
        desk.take(Receipt(receiver="nobody", at=at(2), delivered=delivered, notice_id="notice_x"))
    assert desk.rows == before


def note(name="officer", code="unreadable", **values):
    return Note(note_id=f"note_{code}", receiver=name, at=at(1), code=code, values=values)


def test_a_note_is_sent_once_and_is_no_alert(desk):
    for _ in range(2):
        desk.take(note(who="ranger", text="来人"))
        desk.accept_all()
    (row,) = [one for one in desk.notices if not isinstance(one, Due)] or [None]
    assert row is None or row.action == "note"
    assert list(desk.state.told["officer"]) == ["note_unreadable"]
    assert desk.state.told["officer"]["note_unreadable"] == Told(
        receiver="officer", alert_id="note_unreadable", touched_at=at(1), revision=1
    )


def test_coordinates_follow_in_a_second_message_once_the_first_was_taken_and_only_where_asked():
    table = {"url": "https://x.example", "second_part": True}
    ranger = a_receiver(channel="gateway-sms", phone="13800138000")
    desk = Deskside(
        ranger, ways=ways(gateway_sms=table, office={"signature": "西昌森防", "link": "https://f.cn"})
    )
    desk.due(an_alert(grade="II"))
    (first,) = desk.ready()
    assert "坐标" not in first.body
    desk.outcome(first)
    (second,) = desk.ready()
    assert second.notice_id == f"{first.notice_id}_2"
    assert second.body.startswith("【西昌森防】坐标27.80000,102.20000") or "坐标" in second.body
    assert units(second.body) <= 70
    desk.outcome(second)
    desk.outcome(first)
    assert desk.ready() == [], "a repeat sends nothing more"
    desk.due(an_alert(2, "cancel", "II"))
    desk.accept_all()
    assert len([one for one in desk.notices if one.outcome == "accepted"]) == 0
    assert desk.state.told["ranger"][first.alert_id].grade is None
    plain = Deskside(ranger, ways=ways(gateway_sms={"url": "https://x.example"}))
    plain.due(an_alert(grade="II"))
    plain.outcome(plain.ready()[0])
    assert plain.ready() == []


def test_a_note_goes_by_the_first_way_that_takes_free_words():
    templates = {
        "template_tell": "A",
        "template_end": "B",
        "template_leave": "D",
        "template_lower": "E",
        "template_digest": "C",
    }
    by_template = a_receiver(channel="aliyun-sms", phone="13800138000", then=(Way(channel="gateway-sms"),))
    desk = Deskside(by_template, ways=ways(aliyun_sms=templates, gateway_sms={"url": "https://x.example"}))
    desk.take(note("ranger", "how_to_answer"))
    (row,) = desk.ready()
    assert (row.channel, row.way) == ("gateway-sms", 1)
    assert row.body.startswith("【西昌森防】未能识别")
    alone = Deskside(a_receiver(channel="aliyun-sms", phone="13800138000"), ways=ways(aliyun_sms=templates))
    alone.take(note("ranger", "how_to_answer"))
    assert alone.reasons() == [(1, "failed", "gateway_refused")]
