"""Invariant 2: what comes too late pages nobody and makes one digest, told once and untold like a page."""

import json

import pytest
from alerted import a_receiver, an_alert, at
from deskside import Deskside, late, listed

from schemas.hop import Result
from streams.hops.collect import over
from streams.hops.deliver import at_once, deliver

RANGER = a_receiver()


@pytest.fixture
def desk():
    return Deskside(RANGER, a_receiver("office"))


def end_of_window(desk, receiver="ranger"):
    return desk.take(over(desk.state.collecting(receiver)))


def test_2_late_alerts_of_one_instant_make_one_digest_and_no_page(desk):
    for k in range(5):
        desk.due(late(alert_id=f"A{k}", minutes=1))
    assert desk.ready() == []
    end_of_window(desk)
    (row,) = desk.ready()
    assert row.digest
    assert listed(row) == {(f"A{k}", 1, "new") for k in range(5)}
    assert json.loads(row.body)["data"]["pages"] is False
    assert {reason.code for reason in (notice.reason for notice in desk.notices)} == {"in_digest"}
    assert {notice.reason.ref for notice in desk.notices} == {row.notice_id}
    result = desk.outcome(row)
    assert not result.outputs
    assert desk.state.rows() == []
    assert not any(key.startswith(("line/", "outbox/")) for key in desk.rows)
    assert {told.listed for told in desk.state.told["ranger"].values()} == {"IV"}


def test_each_receiver_has_a_digest_of_its_own(desk):
    for name in ("ranger", "office"):
        desk.due(late(), name)
        end_of_window(desk, name)
    assert len({row.notice_id for row in desk.ready()}) == 2


def test_its_record_says_that_it_was_a_digest(desk):
    desk.due(late())
    end_of_window(desk)
    (output,) = at_once(Result(rows={"row": desk.ready()[0]}), at(3))
    assert (output.value.action, output.value.outcome) == ("digest", "accepted")


def test_what_comes_within_the_window_joins_and_what_comes_after_starts_another(desk):
    desk.due(late(alert_id="A", minutes=0))
    desk.due(late(alert_id="B", minutes=1))
    first = desk.state.collecting("ranger").notice_id
    desk.due(late(alert_id="C", minutes=1.01))
    (row,) = desk.ready()
    assert row.notice_id == first
    assert listed(row) == {("A", 1, "new"), ("B", 1, "new")}
    assert desk.state.collecting("ranger").notice_id != first


def test_what_is_sent_does_not_change_and_what_comes_later_is_not_lost(desk):
    desk.due(late(alert_id="A", minutes=0))
    end_of_window(desk)
    (row,) = desk.ready()
    desk.due(late(alert_id="B", minutes=0))
    assert desk.ready() == [row]
    desk.outcome(row)
    assert "B" not in {one for one, told in desk.state.told["ranger"].items() if told.listed}
    end_of_window(desk)
    (second,) = desk.ready()
    assert second.notice_id != row.notice_id
    assert listed(second) == {("B", 1, "new")}


def test_1_repeats_and_restarts_change_nothing():
    plain, shaken = Deskside(RANGER), Deskside(RANGER)
    alerts = [late(alert_id=f"A{k}", minutes=k / 10) for k in range(4)]
    for k, alert in enumerate(alerts):
        plain.due(alert)
        shaken.due(alert)
        shaken.restart()
        for earlier in alerts[: k + 1]:
            assert shaken.due(earlier).rows == {}
    message = over(plain.state.collecting("ranger"))
    for desk in (plain, shaken):
        desk.take(message)
        desk.take(message)
        desk.restart()
    assert plain.rows == shaken.rows
    assert len(plain.ready()) == 1


def test_the_end_that_comes_before_it_is_sent_is_told_in_it(desk):
    desk.due(late(minutes=1))
    desk.due(an_alert(2, "close", minutes=1))
    assert desk.reasons()[-1] == (2, "suppressed", "in_digest")
    end_of_window(desk)
    (row,) = desk.ready()
    assert listed(row) == {(an_alert().alert_id, 2, "close")}
    desk.outcome(row)
    desk.due(an_alert(3, "cancel"))
    assert desk.reasons()[-1] == (3, "suppressed", "never_told")


def test_11_the_end_that_comes_while_it_is_on_its_way_waits_and_is_told(desk):
    desk.due(late())
    end_of_window(desk)
    desk.due(an_alert(2, "cancel"))
    (row,) = desk.ready()
    desk.outcome(row)
    assert [(row.action, row.revision) for row in desk.ready()] == [("cancel", 2)]


def test_11_the_end_after_a_digest_that_failed_tells_nobody(desk):
    desk.due(late())
    end_of_window(desk)
    desk.due(an_alert(2, "cancel"))
    desk.outcome(desk.ready()[0], "failed")
    assert desk.reasons()[-1] == (2, "suppressed", "never_told")
    assert desk.state.rows() == []


def test_a_page_of_the_same_grade_follows_a_digest_once(desk):
    desk.due(late())
    end_of_window(desk)
    desk.accept_all()
    desk.due(an_alert(2, "upgrade"))
    assert [row.reason.code for row in desk.ready()] == ["first_notice"]
    desk.accept_all()
    desk.due(an_alert(3, "new"))
    assert desk.reasons()[-1] == (3, "suppressed", "already_told")


def test_a_page_waits_for_no_digest(desk):
    desk.due(late())
    end_of_window(desk)
    desk.due(an_alert(2, "upgrade"))
    assert [row.digest for row in desk.ready()] == [True, False]


def test_a_late_raise_while_the_digest_is_open_takes_the_place_of_its_line(desk):
    desk.due(late(minutes=1))
    desk.due(late(2, "upgrade", "II", minutes=1))
    end_of_window(desk)
    (row,) = desk.ready()
    assert listed(row) == {(an_alert().alert_id, 2, "upgrade")}
    assert row.grade == "II"


def test_a_downgrade_of_what_was_only_listed_leaves_the_page_to_come(desk):
    desk.due(late(grade="II"))
    end_of_window(desk)
    desk.accept_all()
    desk.due(an_alert(2, "downgrade", "III"))
    desk.accept_all()
    told = desk.state.told["ranger"][an_alert().alert_id]
    assert (told.grade, told.listed) == (None, "III")
    desk.due(an_alert(3, "upgrade", "III"))
    assert len(desk.ready()) == 1


def test_a_late_alert_waits_for_the_page_on_its_way(desk):
    desk.due(an_alert(grade="II"))
    desk.due(late(2, "upgrade", "III"))
    assert desk.state.collecting("ranger") is None
    desk.outcome(desk.ready()[0], "failed")
    assert desk.state.collecting("ranger") is not None


def test_an_alert_that_took_over_a_listed_one_takes_its_line(desk):
    desk.due(late(alert_id="B", minutes=1))
    desk.due(late(2, "upgrade", "III", alert_id="A", minutes=1, supersedes=("B",)))
    end_of_window(desk)
    assert listed(desk.ready()[0]) == {("A", 2, "upgrade")}
    desk.accept_all()
    desk.due(an_alert(3, "close", alert_id="A", supersedes=("B",)))
    assert [row.action for row in desk.ready()] == ["close"]


def test_a_receiver_that_is_gone_from_the_settings_ends_its_digest(desk):
    desk.due(late())
    message = over(desk.state.collecting("ranger"))
    desk.hop = deliver((a_receiver("office"),))
    desk.restart()
    desk.take(message)
    assert desk.notices[-1].outcome == "failed"
    assert not any(key.startswith(("line/", "outbox/")) for key in desk.rows)


def test_old_news_of_other_places_or_grades_is_in_no_digest():
    desk = Deskside(a_receiver(minimum_grade="III"), a_receiver("there", areas=("1",)))
    for name in ("ranger", "there"):
        desk.due(late(), name)
        assert desk.state.collecting(name) is None
    assert {code for _, _, code in desk.reasons()} == {"not_wanted"}


def test_five_hundred_late_alerts_make_one_message_under_20_kb_the_worst_first(desk):
    for k in range(500):
        grade = "II" if k == 250 else "IV"
        desk.due(late(alert_id=f"A{k}", grade=grade, minutes=1, headline={"zh": "火" * 100, "en": "f" * 100}))
    end_of_window(desk)
    (row,) = desk.ready()
    assert len(row.body.encode()) < 20_000
    data = json.loads(row.body)["data"]
    assert data["count"] == 500
    assert data["omitted"] == 500 - len(data["alerts"])
    assert len(data["alerts"]) > 20
    assert data["alerts"][0]["alert_id"] == "A250"
    assert "Ⅱ级1起、Ⅳ级499起" in data["title"]["zh"]
    assert max(len(raw) for key, raw in desk.rows.items() if key.startswith("line/")) < 1000


def test_a_line_with_an_endless_headline_is_given_without_it(desk):
    desk.due(late(headline={"zh": "火" * 9000}))
    end_of_window(desk)
    (line,) = json.loads(desk.ready()[0].body)["data"]["alerts"]
    assert "headline" not in line
