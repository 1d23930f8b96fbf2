"""Answers of people on their way through the judge: evidence, confirmation, denial, and what overcomes it."""

import datetime as dt

import pytest
from answered_words import REASON, actions, heard, last, told, verdict
from judged import START, delivery, hotspot, judge, report

from streams.replay import tick

CALL = delivery(report(0, who="patrol", kind="ground"))
"""A patrol's report: a fire of grade IV that pages."""


def name_of(*deliveries):
    return last(judge(deliveries)).incident_id


FIRE = name_of(CALL)


def test_what_a_ranger_finds_is_evidence_and_no_end():
    found = heard(CALL, verdict(30, 0, FIRE))
    lost = heard(CALL, verdict(30, 9, FIRE))
    plain = heard(CALL)
    assert last(lost).probability < last(plain).probability < last(found).probability < 1.0
    assert {one.status for one in (last(found), last(lost))} == {"open"}
    assert actions(lost) == ["new"]
    assert last(lost).grade == last(plain).grade == "IV"
    assert last(lost).feedback.state == "none"
    assert last(lost).feedback.ruling == ""


def test_one_author_who_says_it_a_hundred_times_counts_once():
    once = heard(CALL, verdict(30, 0, FIRE))
    often = heard(CALL, *(verdict(30 + n, 0, FIRE) for n in range(100)))
    assert last(once).probability == last(often).probability
    assert len(last(often).feedback.steps) == 16


def test_contradictory_answers_go_to_the_officer_with_their_reason():
    outcome = heard(CALL, verdict(30, 0, FIRE), verdict(40, 9, FIRE, author="ranger-8"))
    assert last(outcome).feedback.contradicted
    assert "contradicted" in {reason.code for reason in last(outcome).reasons}
    assert [alert.reasons[0].code for alert in outcome.alerts if alert.action == "update"] == ["contradicted"]


def test_an_office_that_says_fire_confirms_it_and_makes_it_certain():
    outcome = heard(CALL, verdict(30, 0, FIRE, level="county", author="Li"))
    *_, said = outcome.alerts
    assert (said.action, said.probability, said.pages) == ("confirm", 1.0, False) or said.action == "upgrade"
    assert last(outcome).feedback.state == "county"
    why = next(reason for reason in last(outcome).reasons if reason.code == "confirmed")
    assert (why.rule, why.value, why.detail) == ("county", 0.0, "Li, 2024-03-01T00:30:00Z")


def test_a_task_that_an_office_confirms_is_an_upgrade_and_pages():
    lone = delivery(hotspot(0))
    outcome = heard(lone, verdict(200, 1, name_of(lone), level="county", author="Li"))
    assert [(alert.action, alert.grade == "task", alert.pages) for alert in outcome.alerts] == [
        ("new", True, False),
        ("upgrade", False, True),
    ]


def test_a_denial_of_the_county_takes_the_alert_back_and_hides_nothing_from_city_and_province():
    outcome = heard(CALL, verdict(30, 3, FIRE, level="county", author="Li"))
    assert actions(outcome) == ["new", "cancel"]
    cancel = outcome.alerts[-1]
    assert (cancel.reasons[0].code, cancel.reasons[0].rule) == ("denied", "county")
    assert cancel.reasons[0].detail == f"Li, 2024-03-01T00:30:00Z: {REASON}"
    assert (last(outcome).status, last(outcome).feedback.state, last(outcome).feedback.code) == (
        "open",
        "county",
        3,
    )


@pytest.mark.parametrize("level", ["city", "province"])
def test_a_denial_of_city_or_province_ends_the_incident_as_a_false_one(level):
    outcome = heard(CALL, verdict(30, 3, FIRE, level="county"), verdict(60, 9, FIRE, level=level))
    assert actions(outcome) == ["new", "cancel"]
    assert (last(outcome).status, last(outcome).feedback.state) == ("false_alarm", level)


def test_a_city_that_says_fire_after_the_county_denied_pages_again():
    outcome = heard(CALL, verdict(30, 9, FIRE, level="county"), verdict(60, 0, FIRE, level="city"))
    assert [(alert.action, alert.pages) for alert in outcome.alerts] == [
        ("new", True),
        ("cancel", False),
        ("new", True),
    ]
    assert last(outcome).feedback.ruling == "fire"
    assert not last(outcome).feedback.contradicted


def test_weaker_evidence_after_a_denial_pages_nobody_and_says_by_how_much_it_is_weaker():
    outcome = heard(CALL, verdict(30, 3, FIRE, level="city"), delivery(hotspot(90)))
    assert actions(outcome) == ["new", "cancel"]
    why = next(reason for reason in last(outcome).reasons if reason.code == "weaker_than_denial")
    assert why.threshold == 0.5
    assert why.margin == round(0.5 - why.value, 4)
    assert last(outcome).observation_count == 2


def test_stronger_evidence_after_a_denial_pages_again_and_says_why():
    outcome = heard(
        CALL, verdict(30, 3, FIRE, level="province"), delivery(report(90, who="patrol-2", kind="ground"))
    )
    assert [(alert.action, alert.pages) for alert in outcome.alerts] == [
        ("new", True),
        ("cancel", False),
        ("new", True),
    ]
    assert outcome.alerts[-1].reasons[0].code == "stronger_than_denial"
    assert (last(outcome).status, last(outcome).feedback.overcome) == ("open", True)


def test_evidence_from_before_the_denial_that_comes_late_does_not_overcome_it():
    late = delivery(report(10, who="patrol-2", kind="ground"), at=START + dt.timedelta(hours=2))
    outcome = heard(CALL, verdict(30, 3, FIRE, level="city"), late)
    assert actions(outcome) == ["new", "cancel"]
    assert last(outcome).observation_count == 2


def test_a_denial_says_nothing_of_evidence_a_day_after_it():
    outcome = heard(CALL, verdict(30, 3, FIRE, level="city"), delivery(hotspot(30 + 25 * 60)))
    assert actions(outcome)[:3] == ["new", "cancel", "new"]
    assert last(outcome).status == "open"


def test_an_answer_for_an_id_that_is_not_there_waits_and_is_applied_when_it_is():
    early = verdict(-30, 0, FIRE, level="county", author="Li")
    outcome = heard(early, CALL)
    assert [one.outcome for one in outcome.verdicts] == ["waiting", "applied"]
    assert outcome.verdicts[0].reason.code == "waiting_for"
    assert last(outcome).feedback.ruling == "fire"
    nowhere = heard(verdict(10, 0, "F20200101-NOWHERE0"), CALL)
    assert [one.outcome for one in nowhere.verdicts] == ["waiting"]
    assert last(nowhere).feedback is None


def test_an_answer_to_an_id_that_was_merged_away_goes_to_its_heir():
    far, bridge = delivery(report(5, 3.0)), delivery(report(8, 1.5))
    gone = name_of(far)
    outcome = heard(CALL, far, bridge, verdict(30, 0, gone, level="county", author="Li"))
    assert outcome.incidents[gone].status == "merged"
    heir = outcome.incidents[outcome.incidents[gone].merged_into]
    assert heir.feedback.ruling == "fire"
    assert outcome.verdicts[-1].applied_to == heir.incident_id


def test_an_answer_reopens_no_fire_that_was_closed_on_quiet():
    quiet = tick(START + dt.timedelta(hours=29))
    outcome = heard(CALL, quiet, verdict(60 * 30, 0, FIRE, level="county"))
    assert (last(outcome).status, actions(outcome)) == ("closed", ["new", "close"])
    assert last(outcome).feedback.state == "county"


def test_a_verdict_a_million_times_over_is_one_and_leaves_one_row():
    one = told(verdict(30, 3, FIRE, level="county"))
    outcome = heard(CALL, *([one] * 2000))
    assert len(outcome.verdicts) == 1
    assert actions(outcome) == ["new", "cancel"]
    assert len(last(outcome).feedback.steps) == 1


def test_what_is_taken_back_is_told_at_the_grade_that_was_told_and_not_at_what_is_left():
    smoke = delivery(report(0, who="public"))
    (fire,) = judge([smoke]).incidents
    raised = verdict(20, 0, fire, level="county", author="Li")
    outcome = heard(smoke, raised, verdict(30, 3, fire, level="city", author="Wang"))
    told = [(alert.action, alert.grade) for alert in outcome.alerts]
    assert [action for action, _ in told][-1] == "cancel"
    assert told[-1][1] == told[-2][1]
    assert last(outcome).grade != told[-1][1], "the incident is what its evidence says"
