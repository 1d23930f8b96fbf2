"""The report due at once is a field of its own on incidents and alerts, and changes no grade."""

import datetime as dt

from judged import START, delivery, hotspot, judge, report
from msgspec.structs import replace

from alerts import report_duty
from detectors.region import WORLD
from schemas.settings import Settings
from schemas.verdict import Verification
from streams.hops.build import build_hops
from streams.hops.duty import duty
from streams.hops.sitting import Sitting

PIXELS = [hotspot(0, 0.4 * i, 0.0) for i in range(3)]


def test_a_lone_pixel_is_a_task_that_asks_for_no_report():
    outcome = judge([delivery(hotspot(0))])
    assert [alert.report_duty for alert in outcome.alerts] == [None]


def test_three_pixels_hold_a_case_and_stay_the_task_they_are():
    outcome = judge([delivery(*PIXELS)])
    [alert] = outcome.alerts
    assert (alert.grade, [one.code for one in alert.report_duty.holds]) == ("task", ["sc_satellite_pixels"])
    assert "sc_casualties" in alert.report_duty.unknown
    assert [one.due_at for one in alert.report_duty.holds] == [None], "nobody has confirmed it"
    [incident] = outcome.incidents.values()
    assert incident.report_duty == alert.report_duty


def test_a_case_holds_since_it_was_first_known_whatever_comes_later_and_through_restarts():
    given = [delivery(*PIXELS), delivery(report(400, 0.4, 0.0, kind="ground"))]
    for restarts in (False, True):
        outcome = judge(given, restarts=restarts)
        [incident] = outcome.incidents.values()
        since = {one.code: one.since_at for one in incident.report_duty.holds}
        assert since["sc_satellite_pixels"] == START + dt.timedelta(minutes=180)
        assert incident.judged_at == START + dt.timedelta(minutes=401)


def test_a_person_who_sees_it_is_enough_to_ask_what_the_law_asks():
    [alert] = judge([delivery(report(0))]).alerts
    assert alert.report_duty.holds == ()
    assert "sc_threatens" in alert.report_duty.unknown, "the world has no layer of settlements"


def test_what_people_entered_starts_the_clocks():
    hop = build_hops(Settings(), WORLD)[1]
    desk = hop.open(hop.options, 0, {})
    claims = []
    observe = build_hops(Settings(), WORLD)[0]
    for one in (delivery(*PIXELS), delivery(report(400, 0.4, 0.0))):
        made = observe.step(observe.options, observe.open(observe.options, 0, {}), one, one.received_at)
        claims += [output.value for output in made.outputs]
    first = hop.step(hop.options, desk, claims[0], claims[0].received_at)
    name = first.outputs[0].value.incident_id
    confirmed = START + dt.timedelta(minutes=300)
    desk.told[name] = report_duty.Told(confirmed_at=confirmed, deaths=3)
    second = hop.step(hop.options, desk, claims[1], claims[1].received_at)
    found = next(o.value for o in second.outputs if hasattr(o.value, "report_duty")).report_duty
    assert {"sc_casualties", "sc_satellite_pixels"} <= {one.code for one in found.holds}
    due = {one.code: one.due_at for one in found.holds}
    assert due["sc_satellite_pixels"] == confirmed + dt.timedelta(minutes=10)


def test_an_office_that_finds_a_fire_confirms_it_and_the_clocks_run():
    found = Verification(state="county", code=0, ruling="fire", ruled_at=START + dt.timedelta(hours=3))
    [incident] = judge([delivery(*PIXELS)]).incidents.values()
    sitting = Sitting(build_hops(Settings(), WORLD)[1].options, open_desk_of_nothing(), incident.judged_at)
    asked = duty(sitting, replace(incident, feedback=found), [], 3, by_satellites=True)
    due = {one.code: one.due_at for one in asked.holds}
    assert due["sc_satellite_pixels"] == START + dt.timedelta(hours=3, minutes=10)
    assert [one.clock for one in asked.deadlines] == ["first_written", "within_two_hours"]


def open_desk_of_nothing():
    hop = build_hops(Settings(), WORLD)[1]
    return hop.open(hop.options, 0, {})
