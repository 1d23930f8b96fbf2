"""A notice that was given up goes out once more when it is replayed, under the same id, and only then."""

from alerted import a_receiver, an_alert, at
from deskside import Deskside

from schemas.notice import Due


def replay(desk, alert, attempts=3):
    return desk.take(Due(receiver="ranger", due_at=at(30), alert=alert, again=attempts))


def given_up(alert):
    desk = Deskside(a_receiver())
    desk.due(alert)
    (row,) = desk.ready()
    desk.outcome(row, "failed", attempts=3)
    assert desk.ready() == []
    return desk, row


def test_under_the_same_id_with_the_attempts_counted_on():
    desk, lost = given_up(an_alert())
    desk.due(an_alert())
    assert desk.ready() == [], "due again is not replayed"
    replay(desk, an_alert())
    (row,) = desk.ready()
    assert (row.notice_id, row.body, row.attempts) == (lost.notice_id, lost.body, 3)
    assert row.expires_at == lost.expires_at
    replay(desk, an_alert())
    assert desk.ready() == [row], "replayed twice goes out once"
    desk.outcome(row, attempts=4)
    assert desk.state.told["ranger"][row.alert_id].grade == "IV"
    replay(desk, an_alert())
    assert desk.ready() == []
    assert desk.reasons()[-1] == (1, "suppressed", "already_told")


def test_what_is_over_by_then_is_expired_and_what_has_ended_is_superseded():
    desk, _ = given_up(an_alert(expires_at=at(20)))
    replay(desk, an_alert(expires_at=at(20)))
    assert (desk.ready(), desk.reasons()[-1]) == ([], (1, "expired", "expired"))
    desk, _ = given_up(an_alert())
    desk.due(an_alert(2, "close"))
    replay(desk, an_alert())
    assert (desk.ready(), desk.reasons()[-1]) == ([], (1, "suppressed", "superseded_by"))
