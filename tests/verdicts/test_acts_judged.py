"""What operators do to incidents holds: through new observations, restarts, either order and to and fro."""

import datetime as dt

import pytest
from answered_words import actions, told, verdict
from judged import START, delivery, hotspot, judge, living, report

from schemas.act import DeclareOut, EnterFigures, Merge, Relabel, Relocate, Reopen, Split
from schemas.observation import Delivery
from streams.replay import tick
from streams.said import delivered

NEAR, FAR = delivery(report(0, 0.0, who="a")), delivery(report(2, 5.0, who="b"))
CHAIN = [delivery(report(n, 1.2 * n, who=f"c{n}", radius=100.0)) for n in range(4)]
POINT = delivery(report(0, 0.0, who="a"))


def names(*given):
    return sorted(one.incident_id for one in judge(given).incidents.values() if one.status != "merged")


ONE, TWO = sorted(names(NEAR, FAR), key=lambda one: one not in names(NEAR))
(LONG,) = names(*CHAIN)


def act(kind, minutes, incident_id, number=1, **fields):
    at = START + dt.timedelta(minutes=minutes)
    settled = {"author": "duty-1", "at": at, "received_at": at, "text": "seen from the tower"}
    return delivered(
        kind(act_id=f"a-{kind.__name__}-{number}-{minutes}", incident_id=incident_id, **settled, **fields)
    )


def done(*steps, **more):
    return judge(sorted(steps, key=lambda one: one.received_at), ticks=True, **more)


def alive(outcome):
    return sorted(
        (one for one in outcome.incidents.values() if one.status in {"open", "closed"}),
        key=lambda one: one.incident_id,
    )


def split_of(minutes=30, number=1):
    seen = [one.observations[0].observation_id for one in CHAIN[2:]]
    return act(Split, minutes, LONG, number, observation_ids=tuple(seen))


@pytest.mark.parametrize("restarts", [False, True])
def test_a_merge_makes_one_incident_of_two_and_new_evidence_does_not_undo_it(restarts):
    more = delivery(report(60, 5.2, who="d"))
    outcome = done(NEAR, FAR, act(Merge, 30, TWO, other_id=ONE), more, restarts=restarts)
    (one,) = alive(outcome)
    assert (one.incident_id, one.observation_count) == (ONE, 3)
    assert outcome.incidents[TWO].merged_into == ONE
    why = next(reason for reason in one.reasons if reason.code == "merged_by_officer")
    assert why.detail == "duty-1, 2024-03-01T00:30:00Z: seen from the tower"
    assert [one.outcome for one in outcome.acts] == ["applied"]


@pytest.mark.parametrize("east", [6.0, 6.5])
def test_where_two_become_one_the_alert_that_began_first_goes_on_whatever_the_ids(east):
    first, second = report(0, 0.0, who="a", kind="ground"), report(90, east, who="b", kind="ground")
    (old,), (new,) = names(delivery(first)), names(delivery(second))
    assert (new < old) == (east == 6.5), "both orders of ids are tried"
    outcome = done(delivery(first), delivery(second), act(Merge, 100, new, other_id=old))
    ended = [one for one in outcome.alerts if one.reasons[0].code == "merged_into"]
    assert [(one.alert_id, one.action) for one in ended] == [(new, "close")]
    assert [one.incident_id for one in alive(outcome)] == [old]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_split_makes_two_and_a_claim_between_them_does_not_join_them_again(restarts):
    between = delivery(report(60, 1.7, who="d", radius=100.0), report(61, 1.9, who="e", radius=100.0))
    outcome = done(*CHAIN, split_of(), between, restarts=restarts)
    assert [one.observation_count for one in alive(outcome)] in ([3, 3], [2, 4], [4, 2])
    assert LONG in {one.incident_id for one in alive(outcome)}
    assert "split_by_officer" in {reason.code for one in alive(outcome) for reason in one.reasons}
    pages = [
        alert
        for alert in outcome.alerts
        if alert.pages and alert.issued_at == START + dt.timedelta(minutes=30)
    ]
    assert pages == []


def test_without_the_split_they_are_one():
    assert len(alive(done(*CHAIN))) == 1


@pytest.mark.parametrize("named", [("report-a-0-0.00-0.00",), ("nothing-of-it",)])
def test_a_point_cannot_be_split_and_says_why(named):
    (fire,) = names(POINT)
    outcome = done(POINT, act(Split, 30, fire, observation_ids=named), tick(START + dt.timedelta(hours=2)))
    waiting, refused = outcome.acts
    assert (waiting.outcome, waiting.reason.code) == ("waiting", "waiting_for")
    assert (refused.outcome, refused.reason.code, refused.reason.value) == ("refused", "not_divisible", 1.0)
    assert len(alive(outcome)) == 1


def test_a_split_waits_an_hour_for_what_it_names_and_then_parts_what_is_there():
    named = (CHAIN[3].observations[0].observation_id, "never-came")
    steps = [*CHAIN, act(Split, 30, LONG, observation_ids=named)]
    soon = done(*steps, tick(START + dt.timedelta(minutes=89)))
    assert [(one.outcome, one.reason.ref) for one in soon.acts] == [("waiting", "never-came")]
    later = done(*steps, tick(START + dt.timedelta(minutes=91)), restarts=True)
    assert [one.outcome for one in later.acts] == ["waiting", "applied"]
    assert [one.observation_count for one in alive(later)] in ([3, 1], [1, 3])


def test_what_waits_for_an_incident_that_never_comes_is_refused_when_it_is_forgotten():
    lost = act(Merge, 30, "F20240301-AAAAAAAA", other_id=ONE)
    outcome = done(NEAR, lost, tick(START + dt.timedelta(days=1)), tick(START + dt.timedelta(days=20)))
    assert [one.outcome for one in outcome.acts] == ["waiting", "refused"]
    assert (outcome.acts[-1].reason.code, outcome.acts[-1].reason.detail) == ("waiting_for", "in vain")


def test_merge_and_split_to_and_fro_end_as_the_last_of_them_says():
    second = min(one.incident_id for one in alive(done(*CHAIN, split_of())) if one.incident_id != LONG)
    back = act(Merge, 40, LONG, other_id=second)
    assert len(alive(done(*CHAIN, split_of(), back))) == 1
    assert len(alive(done(*CHAIN, split_of(), back, split_of(50, 2)))) == 2


def test_an_act_for_an_id_that_is_not_there_waits_and_is_done_when_it_is():
    outcome = done(NEAR, act(Merge, 1, ONE, other_id=TWO), FAR)
    assert [one.outcome for one in outcome.acts] == ["waiting", "applied"]
    assert len(alive(outcome)) == 1


def test_a_corrected_place_holds_and_says_who_said_so():
    moved = act(Relocate, 30, ONE, frame="wgs84", longitude=102.1, latitude=28.1, radius_m=80.0)
    outcome = done(NEAR, moved, delivery(report(60, 0.1, who="d")))
    (one,) = alive(outcome)
    assert (one.longitude, one.latitude, one.radius_m) == (102.1, 28.1, 80.0)
    assert "relocated" in {reason.code for reason in one.reasons}
    codes = [alert.reasons[0].code for alert in outcome.alerts]
    assert codes.count("place_corrected") == 1, "whoever holds it hears of it once"


def test_figures_give_the_official_class_and_the_newest_of_each_counts():
    steps = [
        act(Relabel, 10, ONE, land="forest"),
        act(EnterFigures, 20, ONE, area_ha=0.9),
        act(EnterFigures, 30, ONE, 2, area_ha=791.6),
        act(EnterFigures, 40, ONE, 3, deaths=19),
    ]
    (one,) = alive(done(NEAR, *steps))
    assert (one.entered.area_ha, one.entered.deaths, one.entered.fire_class_rank) == (791.6, 19, 3)
    (field,) = alive(done(NEAR, *steps, act(Relabel, 50, ONE, 2, land="grassland")))
    assert field.entered.fire_class_rank == 4


def test_relabelled_a_thousand_times_over_is_bounded_and_ends_as_the_last_says():
    lands = ["forest", "grassland"]
    steps = [act(Relabel, 10 + n / 60, ONE, n, land=lands[n % 2]) for n in range(300)]
    outcome = done(NEAR, *steps)
    (one,) = alive(outcome)
    assert one.entered.land == "grassland"
    assert sum(reason.code == "relabelled" for reason in one.reasons) == 8
    assert len(actions(outcome)) < 5


def test_the_same_act_twice_is_done_once():
    merge = act(Merge, 30, TWO, other_id=ONE)
    outcome = done(NEAR, FAR, merge, *([merge] * 50))
    assert len(outcome.acts) == 1


def test_acts_before_or_after_late_claims_end_alike():
    late = Delivery(
        delivery_id="late", received_at=START + dt.timedelta(hours=2), observations=CHAIN[1].observations
    )
    early = living(done(*CHAIN, hotspot_far(), split_of()))
    after = living(done(CHAIN[0], *CHAIN[2:], hotspot_far(), late, split_of(150)))
    assert early == after


def hotspot_far():
    return delivery(hotspot(0, 60.0))


CALLED = delivery(report(0, 0.0, who="a", kind="ground"))
(BURNS,) = names(CALLED)


@pytest.mark.parametrize("restarts", [False, True])
def test_what_an_officer_declares_out_is_closed_with_that_reason_and_seen_again_it_is_told_again(restarts):
    out = act(DeclareOut, 60, BURNS)
    outcome = done(CALLED, out, restarts=restarts)
    (one,) = alive(outcome)
    assert (one.status, one.closed_at) == ("closed", START + dt.timedelta(hours=1))
    last = outcome.alerts[-1]
    assert (last.action, last.reasons[0].code) == ("close", "declared_out")
    assert last.reasons[0].detail == "duty-1, 2024-03-01T01:00:00Z: seen from the tower"
    assert last.description["zh"].endswith("值班员已宣布扑灭。")
    assert "未宣布" not in last.description["zh"]
    again = done(CALLED, out, delivery(report(300, 0.2, who="b", kind="ground")), restarts=restarts)
    (one,) = alive(again)
    assert (one.incident_id, one.status) == (BURNS, "open")
    assert [(alert.action, alert.pages) for alert in again.alerts] == [
        ("new", True), ("close", False), ("new", True),
    ]  # fmt: skip
    assert "declared_out" not in {reason.code for reason in one.reasons}


def test_late_evidence_from_before_opens_nothing_and_an_officer_may_take_it_back():
    out = act(DeclareOut, 60, BURNS)
    late = delivery(report(30, 0.2, who="b", kind="ground"), at=START + dt.timedelta(hours=3))
    (one,) = alive(done(CALLED, out, late))
    assert (one.status, one.observation_count) == ("closed", 2)
    assert living(done(CALLED, out, late)) == living(done(CALLED, late, act(DeclareOut, 60, BURNS)))
    back = done(CALLED, out, act(Reopen, 90, BURNS))
    assert [one.status for one in alive(back)] == ["open"]
    assert "reopened_by_officer" in {reason.code for reason in alive(back)[0].reasons}
    assert back.alerts[-1].action == "new"


def test_an_officer_who_opens_a_denied_incident_again_has_it_told_again_until_the_next_denial():
    denied, again = told(verdict(60, 3, BURNS, level="city", author="Li")), act(Reopen, 90, BURNS)
    (one,) = alive(back := done(CALLED, denied, again))
    assert (one.status, one.feedback.overcome) == ("open", True)
    assert [alert.action for alert in back.alerts] == ["new", "cancel", "new"]
    why = back.alerts[-1].reasons[0]
    assert (why.code, why.rule, why.detail) == ("stronger_than_denial", "reopen", "duty-1")
    assert back.alerts[-1].pages
    once_more = done(CALLED, denied, again, told(verdict(120, 3, BURNS, level="city", author="Li")))
    assert alive(once_more) == []
    assert once_more.alerts[-1].action == "cancel"
    before = done(CALLED, act(Reopen, 30, BURNS), denied)
    assert alive(before) == [], "who opened it before the denial said nothing of it"


def test_a_fire_declared_out_and_seen_since_goes_quiet_and_nobody_has_declared_that_out():
    again = delivery(report(300, 0.2, who="b", kind="ground"))
    outcome = done(CALLED, act(DeclareOut, 60, BURNS), again, end=START + dt.timedelta(days=3))
    assert outcome.alerts[-1].reasons[0].code == "quiet"
    assert "未宣布扑灭" in outcome.alerts[-1].description["zh"]
