"""A holder hears at once, once, of a new field, area, correction or threat, although the grade stands."""

import json

import pytest
from alerted import COUNTY, a_receiver, an_alert, at, replaced
from deskside import Deskside
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.news import news
from schemas.incident import Place
from schemas.reason import Reason
from schemas.receiver import Budget
from schemas.silencing import Silencing
from streams.hops.collect import over
from streams.hops.deliver import deliver
from streams.hops.route import route

NEAR = Place(layer="settlements", place_id="s1", name="长板桥", relation="near", distance_km=0.8)
NEXT = replaced(COUNTY, place_id="513402", name="会理市")
STAND = replaced(COUNTY, layer="stands", place_id="stand-9")
FIELD = Reason(code="new_field", value=3.0, threshold=2.0, unit="fields")
PLACE = Reason(code="new_place", ref="513402")
THREAT = Reason(code="newly_threatened", ref="s1", value=0.8, unit="km", rule="reach_1h")
MOVED = Reason(code="place_corrected", detail="值班员甲, 2020-03-30T08:10:00Z")
ALL = (FIELD, PLACE, THREAT, MOVED)
SEEN = Reason(code="seen_again", value=4.0)


def update(revision, *reasons, grade="III", **fields):
    given = {"reasons": reasons or (SEEN,), "places": (COUNTY, NEXT, NEAR, STAND)} | fields
    return an_alert(revision, "update", grade, **given)


@pytest.fixture
def desk():
    desk = Deskside(a_receiver())
    desk.due(an_alert(1, grade="III"))
    desk.accept_all()
    return desk


@pytest.mark.parametrize("reason", ALL, ids=lambda one: one.code)
def test_a_holder_hears_of_it_at_once_and_why(desk, reason):
    desk.due(update(2, reason))
    (row,) = desk.ready()
    assert (row.action, row.grade) == ("update", "III")
    assert (row.reason.code, row.reason.rule) == ("further_news", reason.code)
    data = json.loads(row.body)["data"]
    assert data["pages"]
    assert data["reasons"][0]["code"] == reason.code


@pytest.mark.parametrize("reason", ALL, ids=lambda one: one.code)
def test_the_same_is_told_once_however_often_it_comes(desk, reason):
    desk.due(update(2, reason))
    desk.accept_all()
    desk.restart()
    for revision in (3, 4):
        desk.due(update(revision, reason))
    assert desk.ready() == []
    assert [code for _, _, code in desk.reasons()[-2:]] == ["already_told"] * 2


def test_an_area_that_the_first_page_named_is_no_news():
    desk = Deskside(a_receiver())
    desk.due(an_alert(1, grade="III", places=(COUNTY, replaced(NEXT, relation="possibly_inside"))))
    desk.accept_all()
    desk.due(update(2, PLACE))
    assert desk.ready() == []


def test_a_sub_compartment_is_no_news(desk):
    desk.due(update(2, Reason(code="new_place", ref="stand-9")))
    assert desk.ready() == []
    assert desk.reasons()[-1] == (2, "suppressed", "already_told")


def test_late_news_and_who_holds_nothing_or_may_not_know_are_left_out(desk):
    desk.due(update(2, FIELD, late=True))
    assert desk.reasons()[-1] == (2, "suppressed", "not_paging")
    for fields in ({"public": True}, {"areas": ("1",)}):
        other = Deskside(a_receiver(**fields))
        other.due(update(2, FIELD))
        assert other.ready() == []


def test_a_holder_of_a_task_hears_that_its_place_was_corrected_and_nobody_is_paged():
    desk = Deskside(a_receiver(tasks=True))
    desk.due(an_alert(1, grade="task"))
    desk.accept_all()
    desk.due(update(2, MOVED, grade="task"))
    (row,) = desk.ready()
    assert not json.loads(row.body)["data"]["pages"]


def test_news_beside_a_confirmation_is_told(desk):
    alert = an_alert(2, "confirm", "III", reasons=(Reason(code="confirmed"), THREAT), places=(COUNTY, NEAR))
    desk.due(alert)
    assert [row.reason.code for row in desk.ready()] == ["further_news"]


def test_what_no_gateway_took_goes_with_the_next_revision(desk):
    desk.due(update(2, FIELD))
    (row,) = desk.ready()
    desk.due(update(3, THREAT))
    assert desk.ready() == [row]
    desk.restart()
    desk.outcome(row, "failed")
    (later,) = desk.ready()
    said = [one["code"] for one in json.loads(later.body)["data"]["reasons"]]
    assert (later.revision, said) == (3, ["newly_threatened", "new_field", "follows"])


def test_what_was_taken_meanwhile_is_not_said_again(desk):
    desk.due(update(2, FIELD))
    desk.due(update(3))
    desk.accept_all()
    assert desk.ready() == []
    assert desk.reasons()[-1] == (3, "suppressed", "already_told")


def test_a_raise_says_the_news_that_was_still_on_its_way(desk):
    desk.due(update(2, FIELD))
    desk.due(an_alert(3, "upgrade", "II"))
    newest = max(desk.ready(), key=lambda row: row.revision)
    said = {one["code"]: one.get("ref", "") for one in json.loads(newest.body)["data"]["reasons"]}
    assert (set(said), said["follows"][-2:]) == ({"opened", "new_field", "follows"}, ".1")


def test_news_puts_no_answer_off():
    desk = Deskside(a_receiver(escalate_to=("office",)), a_receiver("office"))
    desk.due(an_alert(1, grade="II"))
    desk.accept_all()
    (before,) = [row.answer_by for row in desk.state.rows() if row.answer_by]
    desk.due(update(9, FIELD, grade="II"))
    desk.accept_all()
    assert [row.answer_by for row in desk.state.rows() if row.answer_by] == [before]


def test_beyond_the_budget_it_comes_in_the_digest_and_a_silence_holds_it():
    receiver = a_receiver(budget=Budget(count=1, reserve=0))
    desk = Deskside(receiver)
    desk.due(an_alert(1, grade="III"))
    desk.accept_all()
    desk.due(update(2, FIELD))
    assert desk.reasons()[-1] == (2, "suppressed", "over_budget")
    desk.take(over(desk.state.collecting("ranger")))
    assert [row.digest for row in desk.ready()] == [True]
    desk.accept_all()
    hush = Silencing(author="甲", reason="计划烧除", until=at(600))
    desk.hop = deliver((a_receiver(),), silences=(hush,))
    desk.due(update(3, THREAT))
    assert desk.reasons()[-1] == (3, "suppressed", "silenced")
    desk.due(update(4, THREAT, grade="II"))
    assert [row.reason.code for row in desk.ready()] == ["further_news"]


def test_it_reaches_the_holders_wherever_the_fire_now_is():
    here, there = a_receiver("here", areas=("513401",)), a_receiver("there", areas=("513402",), tasks=True)
    hop = route((here, there))
    state = hop.open(hop.options, 0, {})

    def names(alert):
        return [out.key for out in hop.step(hop.options, state, alert, alert.issued_at).outputs]

    assert names(an_alert(1, grade="III")) == ["here"]
    assert names(update(2, PLACE, places=(NEXT,))) == ["there", "here"]
    assert names(update(3, places=(NEXT,))) == ["there"]
    assert names(update(4, MOVED, grade="task", places=(NEXT,))) == ["here", "there"]
    assert names(update(5, FIELD, late=True)) == []


ONE = st.sampled_from([*(Reason(code="new_field", value=float(n)) for n in (2, 3)), PLACE, THREAT, MOVED])
MOVES = st.lists(st.sampled_from(["accept", "fail", "restart"]), max_size=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(ONE, max_size=2, unique=True), MOVES), min_size=1, max_size=7))
def test_no_news_is_lost_and_none_is_told_twice(course):
    desk, told = Deskside(a_receiver()), []
    desk.due(an_alert(1, grade="III"))
    desk.accept_all()

    def accept():
        row = desk.ready()[0]
        fresh = [one for one in row.said.news if one not in told]
        assert fresh, "paged for nothing new"
        told.extend(fresh)
        desk.outcome(row)

    brought, failed, places = [], False, (COUNTY, NEAR)
    for revision, (reasons, moves) in enumerate(course, 2):
        places = (COUNTY, NEAR, NEXT) if PLACE in reasons else places
        alert = update(revision, *reasons, places=places)
        brought += news(alert)
        desk.due(alert)
        for move in moves:
            if move == "restart":
                desk.restart()
            elif desk.ready() and move == "accept":
                accept()
            elif desk.ready():
                failed = True
                desk.outcome(desk.ready()[0], "failed")
    while desk.ready():
        accept()
    assert desk.state.rows() == []
    assert failed or set(told) == set(brought)
