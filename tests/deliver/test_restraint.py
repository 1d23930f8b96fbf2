"""Silences and budgets: each with its reason, and neither in the way of what is grave or takes back."""

import json
from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at, replaced
from deskside import Deskside
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy import Decision, Told
from alerts.restraint import budgeted, silenced
from alerts.routing import RANK
from schemas.reason import Reason
from schemas.receiver import Budget, Way
from schemas.settings import Settings
from schemas.silencing import Silencing
from streams.config import ConfigError, load_settings
from streams.hops.collect import over
from streams.hops.deliver import deliver
from streams.hops.whom import in_service
from streams.region import demo_region

YES = Decision(send=True, reason=Reason(code="first_notice"))
HUSH = Silencing(author="值班员甲", reason="计划烧除", until=at(600))


def hushed(silence=HUSH, alert=None, receiver=None, minutes=1):
    return silenced(YES, (silence,), alert or an_alert(), receiver or a_receiver(), at(minutes))


def test_a_silence_says_whose_it_is_why_and_until_when():
    reason = hushed().reason
    assert (reason.code, reason.rule) == ("silenced", "值班员甲")
    assert reason.detail == "计划烧除 (until 2020-03-30T18:00:00+00:00)"


@pytest.mark.parametrize(
    ("fields", "alert", "minutes", "holds"),
    [
        ({}, an_alert(), 599, True),
        ({}, an_alert(), 600, False),
        ({"start": at(10)}, an_alert(), 9, False),
        ({}, an_alert(grade="II"), 1, False),
        ({"up_to": "IV"}, an_alert(grade="III"), 1, False),
        ({"up_to": "task"}, an_alert(grade="task"), 1, True),
        ({}, an_alert(2, "cancel"), 1, False),
        ({}, an_alert(2, "downgrade"), 1, False),
        ({"areas": ("513400",)}, an_alert(), 1, True),
        ({"areas": ("513300",)}, an_alert(), 1, False),
        ({"kinds": ("outbreak",)}, an_alert(), 1, False),
        ({"incidents": ("7KQ2",)}, an_alert(), 1, True),
        ({"incidents": ("other",)}, an_alert(), 1, False),
        ({"receivers": ("ranger",)}, an_alert(), 1, True),
        ({"receivers": ("office",)}, an_alert(), 1, False),
    ],
)
def test_what_a_silence_covers(fields, alert, minutes, holds):
    assert hushed(replaced(HUSH, **fields), alert, minutes=minutes).send is not holds


def desk_with(*silences, **fields):
    desk = Deskside(a_receiver(**fields), a_receiver("office"))
    desk.hop = deliver((a_receiver(**fields), a_receiver("office")), silences=silences)
    return desk


def test_a_silence_mutes_one_of_two_and_afterwards_the_fire_is_told():
    desk = desk_with(replaced(HUSH, receivers=("ranger",), until=at(5)))
    desk.due(an_alert())
    desk.due(an_alert(), "office")
    assert [row.receiver for row in desk.ready()] == ["office"]
    assert desk.reasons() == [(1, "suppressed", "silenced")]
    desk.due(an_alert(6, "update"))
    assert [row.reason.code for row in desk.ready() if row.receiver == "ranger"] == ["reached_area"]


def test_a_raise_to_two_breaks_a_silence_and_its_end_is_told():
    desk = desk_with(HUSH)
    desk.due(an_alert())
    desk.due(an_alert(2, "upgrade", "II"))
    desk.accept_all()
    desk.due(an_alert(3, "close", "II"))
    assert [row.action for row in desk.ready()] == ["close"]


def test_what_is_beyond_the_budget_comes_together():
    desk = desk_with(budget=Budget(count=3, reserve=1))
    for k in range(5):
        desk.due(an_alert(alert_id=f"A{k}", minutes=k))
    assert [row.alert_id for row in desk.ready()] == ["A0", "A1"]
    assert [code for _, _, code in desk.reasons()] == ["over_budget"] * 3
    desk.take(over(desk.state.collecting("ranger")))
    (row,) = [row for row in desk.ready() if row.digest]
    data = json.loads(row.body)["data"]
    assert (data["count"], data["late"]) == (3, False)
    assert "条数已用完" in data["title"]["zh"]
    desk.accept_all()
    desk.due(an_alert(2, "upgrade", "III", alert_id="A4", minutes=9))
    assert [row.grade for row in desk.ready()] == ["III"]


def test_what_is_raised_while_it_waits_for_its_digest_goes_out_at_once():
    desk = desk_with(budget=Budget(count=1, reserve=0))
    desk.due(an_alert(alert_id="A0"))
    desk.due(an_alert(1, grade="IV", alert_id="A1", minutes=1))
    assert [row.alert_id for row in desk.ready()] == ["A0"]
    desk.due(an_alert(2, "upgrade", "III", alert_id="A1", minutes=2))
    assert [(row.alert_id, row.grade) for row in desk.ready()] == [("A0", "IV"), ("A1", "III")]


def test_the_end_of_what_only_a_digest_told_is_told():
    desk = desk_with(budget=Budget(count=1, reserve=0))
    desk.due(an_alert(alert_id="A0"))
    desk.due(an_alert(alert_id="A1"))
    desk.accept_all()
    desk.take(over(desk.state.collecting("ranger")))
    desk.accept_all()
    desk.due(an_alert(2, "cancel", alert_id="A1", minutes=40))
    assert [(row.alert_id, row.action) for row in desk.ready()] == [("A1", "cancel")]


def test_the_budget_frees_again_and_a_restart_remembers_what_was_spent():
    desk = desk_with(budget=Budget(count=1, hours=1, reserve=0))
    desk.due(an_alert(alert_id="A0", minutes=0))
    desk.restart()
    desk.due(an_alert(alert_id="A1", minutes=59))
    desk.due(an_alert(alert_id="A2", minutes=61))
    assert [row.alert_id for row in desk.ready()] == ["A0", "A2"]
    assert "spent/ranger/webhook" in desk.rows


def spent_by(desk):
    return {channel: len(row.times) for (_, channel), row in desk.state.spent.items()}


def test_each_channel_that_is_used_is_counted_and_no_other():
    ways = (Way(channel="file"), Way(channel="kafka"))
    desk = desk_with(budget=Budget(count=3, reserve=0), then=ways)
    desk.due(an_alert(alert_id="A0"))
    assert spent_by(desk) == {"webhook": 1}
    desk.outcome(desk.ready()[0], "failed")
    assert spent_by(desk) == {"webhook": 1, "file": 1}
    desk.accept_all()
    desk.due(an_alert(2, "cancel", alert_id="A0", minutes=2))
    assert [row.channel for row in desk.ready()] == ["file"]
    desk.restart()
    assert spent_by(desk) == {"webhook": 1, "file": 2}
    desk.accept_all()
    for k in (1, 2):
        desk.due(an_alert(alert_id=f"A{k}", minutes=2 + k))
    assert [row.channel for row in desk.ready()] == ["webhook", "webhook"]
    desk.due(an_alert(alert_id="A3", minutes=9))
    assert desk.reasons()[-1] == (1, "suppressed", "over_budget")


@settings(max_examples=80)
@given(
    st.sampled_from(list(RANK)),
    st.sampled_from([None, *RANK]),
    st.integers(0, 60),
    st.integers(1, 50),
    st.integers(0, 50),
    st.sampled_from(["new", "upgrade", "update", "cancel", "close", "downgrade"]),
)
def test_no_budget_holds_back_a_raise_a_grave_fire_or_an_end(grade, held, used, count, reserve, action):  # noqa: PLR0917 - one draw each
    alert = an_alert(1, action, grade)
    told = held and Told(receiver="ranger", alert_id=alert.alert_id, touched_at=at(), grade=held)
    receiver = a_receiver(budget=Budget(count=count, reserve=reserve))
    found = budgeted(YES, [at()] * used, told, alert, receiver)
    passes = grade in {"I", "II"} or action in {"cancel", "close", "downgrade", "upgrade"}
    passes |= held is not None and RANK[grade] > RANK[held]
    assert found.send is (passes or used + reserve < count)
    assert found.send or found.reason.code == "over_budget"


def test_a_silence_in_the_settings_is_checked(tmp_path):
    path = tmp_path / "s.toml"
    start = (
        '[[receivers]]\nname = "a"\nurl = "https://x.example"\n[[silences]]\nauthor = "甲"\nreason = "x"\n'
    )
    path.write_text(start + "until = 2020-03-30T18:00:00+08:00\n", encoding="utf-8")
    assert load_settings(path, {}).silences[0].until == at() + timedelta(hours=2)
    for wrong, said in (
        ("until = 2020-03-30T18:00:00\n", r"silences\[0\].until"),
        ('until = 2020-03-30T18:00:00Z\nup_to = "I"\n', r"silences\[0\].up_to"),
        ("until = 2020-03-30T18:00:00Z\nuntill = 1\n", "did you mean until"),
    ):
        path.write_text(start + wrong, encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            load_settings(path, {})
    known = Settings(receivers=(a_receiver(),), silences=(replaced(HUSH, receivers=("rangers",)),))
    with pytest.raises(ConfigError, match=r"\$.silences\[0\].receivers\[0\].*did you mean ranger"):
        in_service(known, demo_region())
