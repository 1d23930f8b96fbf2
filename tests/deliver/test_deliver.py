import json

import pytest
from alerted import a_receiver, an_alert, at
from deskside import Deskside

from schemas.codec import encode
from schemas.notice import Due
from schemas.reason import Reason
from streams.hops.deliver import at_once, deliver
from streams.hops.outbox import notice_id, outbox_key, rows_written

OFFICE = a_receiver("office", tasks=True)
RANGER = a_receiver()


@pytest.fixture
def desk():
    return Deskside(RANGER, OFFICE)


def test_a_page_waits_in_the_outbox_and_counts_as_told_once_accepted(desk):
    desk.due(an_alert())
    (row,) = desk.ready()
    assert row.notice_id == notice_id("ranger", row.alert_id, 1)
    assert row.expires_at == an_alert().expires_at
    assert json.loads(row.body)["data"]["grade"] == "IV"
    assert desk.state.told["ranger"][row.alert_id].grade is None
    desk.outcome(row)
    assert desk.state.told["ranger"][row.alert_id].grade == "IV"
    assert desk.ready() == []


def test_neither_address_nor_secret_stands_in_a_row():
    desk = Deskside(a_receiver(url="https://gateway.example/token-4711", secret_env="RANGER_SECRET"))
    desk.due(an_alert())
    assert b"token-4711" not in b"".join(desk.rows.values())


@pytest.mark.parametrize("outcome", ["failed", "expired"])
def test_what_was_not_accepted_was_not_told(desk, outcome):
    desk.due(an_alert())
    desk.outcome(desk.ready()[0], outcome)
    desk.due(an_alert(2, "close"))
    assert desk.reasons() == [(2, "suppressed", "never_told")]


def test_a_raise_is_sent_although_the_first_notice_is_still_on_its_way(desk):
    desk.due(an_alert())
    desk.due(an_alert(2, "upgrade", "II"))
    assert [row.revision for row in desk.ready()] == [1, 2]
    desk.outcome(desk.ready()[1])
    assert desk.ready() == []
    assert desk.reasons() == [(1, "suppressed", "superseded_by")]


def test_the_same_grade_waits_for_the_result_and_is_then_already_told(desk):
    desk.due(an_alert())
    desk.due(an_alert(2, "new"))
    assert [row.revision for row in desk.ready()] == [1]
    desk.outcome(desk.ready()[0])
    assert desk.reasons() == [(2, "suppressed", "already_told")]


def test_the_same_grade_is_sent_when_the_first_notice_failed(desk):
    desk.due(an_alert())
    desk.due(an_alert(2, "new"))
    desk.outcome(desk.ready()[0], "failed")
    assert [row.revision for row in desk.ready()] == [2]


def test_an_end_waits_for_the_page_and_goes_to_who_got_it(desk):
    desk.due(an_alert())
    desk.due(an_alert(2, "cancel"))
    assert [row.revision for row in desk.ready()] == [1]
    desk.outcome(desk.ready()[0])
    assert [(row.revision, row.action) for row in desk.ready()] == [(2, "cancel")]


def test_an_end_whose_page_failed_tells_nobody(desk):
    desk.due(an_alert())
    desk.due(an_alert(2, "cancel"))
    desk.outcome(desk.ready()[0], "failed")
    assert desk.ready() == []
    assert desk.reasons() == [(2, "suppressed", "never_told")]


def test_an_end_is_tried_for_a_day_although_the_alert_is_over(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "expire", expires_at=at(1)))
    (row,) = desk.ready()
    assert row.expires_at > at(60 * 23)


def test_a_new_fire_after_a_told_close_is_told_again(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "close"))
    desk.accept_all()
    desk.due(an_alert(3, "new"))
    assert [row.revision for row in desk.ready()] == [3]


def test_a_new_fire_while_the_close_is_on_its_way_waits_for_it(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "close"))
    desk.due(an_alert(3, "new"))
    assert [row.revision for row in desk.ready()] == [2]
    desk.outcome(desk.ready()[0])
    assert [row.revision for row in desk.ready()] == [3]


def test_a_close_that_failed_leaves_the_receiver_told(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "close"))
    desk.due(an_alert(3, "new"))
    desk.outcome(desk.ready()[0], "failed")
    assert desk.reasons() == [(3, "suppressed", "already_told")]


def test_a_raise_does_not_wait_for_a_close_on_its_way(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "close"))
    desk.due(an_alert(3, "new", "I"))
    assert [row.revision for row in desk.ready()] == [2, 3]


def test_a_raise_that_was_overtaken_by_an_update_is_not_lost(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(3, "update", "II"))
    desk.due(an_alert(2, "upgrade", "II"))
    (row,) = desk.ready()
    assert (row.revision, row.reason.code) == (3, "grade_raised")
    refused = dict(desk.rows)
    desk.accept_all()
    assert desk.reasons()[-1] == (2, "suppressed", "already_told")
    desk.rows = refused
    desk.restart()
    desk.outcome(row, "failed")
    assert [one.revision for one in desk.ready()] == [2]


def test_a_page_that_was_overtaken_by_the_end_pages_nobody(desk):
    desk.due(an_alert(3, "close"))
    desk.due(an_alert(2, "upgrade", "II"))
    assert desk.ready() == []
    assert desk.reasons() == [(3, "suppressed", "never_told"), (2, "suppressed", "superseded_by")]


def test_an_expired_alert_is_not_sent(desk):
    desk.take(Due(receiver="ranger", due_at=at(60 * 48), alert=an_alert()))
    assert desk.ready() == []
    assert desk.reasons() == [(1, "expired", "expired")]


def test_tasks_go_unpaged_to_the_office_alone(desk):
    task = an_alert(grade="task")
    desk.due(task)
    desk.due(task, "office")
    (row,) = desk.ready()
    assert row.receiver == "office"
    assert json.loads(row.body)["data"]["pages"] is False
    assert desk.reasons() == [(1, "suppressed", "task_not_wanted")]


def test_what_takes_back_goes_by_the_channel_on_which_it_was_told(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "close"))
    assert desk.ready()[0].channel == "webhook"


def test_after_a_merge_the_holders_of_the_lost_alert_hear_the_end_of_the_one_that_lives_on(desk):
    desk.due(an_alert(alert_id="B", grade="III"))
    desk.accept_all()
    desk.due(an_alert(4, "update", "III", alert_id="A", supersedes=("B",), lineage=("A", "B")))
    desk.due(an_alert(2, "cancel", alert_id="B", lineage=("A", "B"), minutes=5))
    assert desk.ready() == []
    desk.due(an_alert(5, "upgrade", "III", alert_id="A", lineage=("A", "B")))
    assert desk.reasons()[-1] == (5, "suppressed", "already_told")
    desk.due(an_alert(6, "close", alert_id="A"))
    assert [(row.alert_id, row.action) for row in desk.ready()] == [("A", "close")]


def test_a_merge_neither_takes_back_nor_tells_the_same_grade_again(desk):
    merged = (Reason(code="merged_into", ref="A"),)
    desk.due(an_alert(alert_id="B"))
    desk.accept_all()
    desk.due(an_alert(2, "close", alert_id="B", reasons=merged))
    desk.due(an_alert(2, "upgrade", alert_id="A", supersedes=("B",), minutes=3))
    assert desk.ready() == []
    assert desk.reasons() == [(2, "suppressed", "superseded_by"), (2, "suppressed", "already_told")]
    desk.due(an_alert(3, "upgrade", "II", alert_id="A", supersedes=("B",)))
    desk.accept_all()
    desk.due(an_alert(4, "close", "II", alert_id="A", supersedes=("B",)))
    assert [row.action for row in desk.ready()] == ["close"]


def test_retries_are_counted_and_change_nothing_else(desk):
    desk.due(an_alert())
    desk.outcome(desk.ready()[0], "retrying", attempts=3)
    desk.restart()
    assert desk.ready()[0].attempts == 3


def test_a_fire_that_reaches_an_area_by_an_update_pages_there_once():
    desk = Deskside(a_receiver(areas=("513401",)))
    desk.due(an_alert(places=()))
    desk.due(an_alert(2, "update", places=()))
    assert desk.ready() == []
    desk.due(an_alert(3, "update"))
    (row,) = desk.ready()
    assert row.reason.code == "reached_area"
    assert json.loads(row.body)["data"]["pages"] is True
    desk.due(an_alert(4, "update"))
    assert desk.ready() == [row]
    desk.outcome(row)
    assert desk.reasons()[-1] == (4, "suppressed", "already_told")
    desk.due(an_alert(5, "close"))
    assert [row.action for row in desk.ready()] == ["close"]


def test_the_end_waits_for_the_page_to_a_reached_area(desk):
    desk.due(an_alert(2, "update"))
    desk.due(an_alert(3, "close"))
    assert [row.revision for row in desk.ready()] == [2]
    desk.outcome(desk.ready()[0])
    assert [row.action for row in desk.ready()] == ["close"]


def test_a_raise_does_not_wait_for_the_page_to_a_reached_area(desk):
    desk.due(an_alert(2, "update"))
    desk.due(an_alert(3, "upgrade", "II"))
    assert [row.revision for row in desk.ready()] == [2, 3]


def test_an_ordinary_update_after_a_page_says_that_it_was_told(desk):
    desk.due(an_alert())
    desk.accept_all()
    desk.due(an_alert(2, "update"))
    assert desk.reasons() == [(2, "suppressed", "already_told")]


def test_what_a_step_changed_is_given_as_it_is_on_the_disk(desk):
    desk.due(an_alert())
    (page,) = desk.ready()
    key = outbox_key(page)
    assert rows_written(desk.state, {key: None, "told/x": b"{}"}) == []
    desk.outcome(page, "retrying", attempts=3)
    assert rows_written(desk.state, {key: encode(page)}) == [page]
    assert [row.attempts for row in rows_written(desk.state, {})] == [3]
    desk.outcome(page)
    assert rows_written(desk.state, {key: encode(page)}) == [page]
    assert rows_written(desk.state, {}) == []


def test_time_passing_changes_nothing(desk):
    assert desk.take(Due(receiver="ranger", due_at=at(), alert=None)).rows == {}


def test_a_receiver_of_an_unknown_channel_is_refused_by_name():
    with pytest.raises(ValueError, match=r"receivers\.ranger\.channel"):
        deliver((a_receiver(channel="pigeon"),))


def test_in_replay_gateways_accept_at_once(desk):
    outputs = at_once(desk.due(an_alert()), at(1))
    for output in outputs:
        desk.take(output.value)
    assert desk.state.told["ranger"][an_alert().alert_id].grade == "IV"


DAY = 60 * 24


def test_what_ended_a_month_ago_is_forgotten(desk):
    desk.due(an_alert(alert_id="OLD"))
    desk.accept_all()
    desk.due(an_alert(2, "close", alert_id="OLD"))
    desk.accept_all()
    desk.due(an_alert(minutes=40 * DAY))
    assert set(desk.state.told["ranger"]) == {an_alert().alert_id}
    assert not any("OLD" in key for key in desk.rows)


def test_11_what_is_still_held_is_remembered_until_its_end_however_late(desk):
    desk.due(an_alert(alert_id="OLD"))
    desk.accept_all()
    for k in range(20):
        desk.due(an_alert(alert_id=f"A{k}", minutes=(40 + k) * DAY))
    desk.restart()
    desk.due(an_alert(2, "close", alert_id="OLD", minutes=70 * DAY))
    assert [row.action for row in desk.ready() if row.alert_id == "OLD"] == ["close"]
