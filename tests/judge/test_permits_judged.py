"""A permitted burn is a task that names its permit; beyond its area, window, wind or day it is raised."""

import datetime as dt

import pytest
from judged import START, delivery, hotspot, judge, report
from msgspec.structs import replace
from test_bearings_judged import same

from schemas.observation import Permit, Reading
from schemas.settings import Settings
from streams.hops import permits as hop

BOX = {
    "type": "Polygon",
    "coordinates": [[[101.98, 27.98], [102.02, 27.98], [102.02, 28.02], [101.98, 28.02], [101.98, 27.98]]],
}


def permit(**said):
    given = {
        "observation_id": "permit/17",
        "source": "office",
        "observed_at": START - dt.timedelta(days=20),
        "received_at": START - dt.timedelta(days=19),
        "frame": "wgs84",
        "longitude": 102.0,
        "latitude": 28.0,
        "area": BOX,
        "number": "17",
        "purpose": "planned_burn",
        "starts_at": START,
        "ends_at": START + dt.timedelta(hours=8),
        "contact": "Jimu",
        "phone": "139",
    }
    return Permit(**{**given, **said})


def pass_over(minutes=60, east=0.0, frp=60.0, satellite="N20"):
    """Twelve strong pixels of one pass: graded without a permit."""
    return [
        hotspot(minutes, east + 0.4 * (k % 4), 0.4 * (k // 4), frp=frp, satellite=satellite, lag=30)
        for k in range(12)
    ]


def run(*observations, **more):
    given = sorted((delivery(one) for one in observations), key=lambda one: one.received_at)
    outcome = judge(given, **more)
    (fire,) = [one for one in outcome.incidents.values() if one.status != "merged"]
    return fire, outcome


def codes(fire):
    return {reason.code: reason for reason in fire.reasons}


GRADED = run(*pass_over())[0].grade


def test_without_a_permit_it_is_graded():
    assert GRADED != "task"


def test_inside_area_and_window_it_is_a_task_that_names_number_and_purpose():
    fire, outcome = run(permit(), *pass_over())
    assert fire.grade == "task"
    reason = codes(fire)["permitted"]
    assert (reason.ref, reason.rule, reason.detail) == ("17", "planned_burn", "")
    assert not any(alert.pages for alert in outcome.alerts)
    assert outcome.silences["permit/17"].reason.code == "permit_kept"


@pytest.mark.parametrize(
    ("burns", "rule"),
    [
        (pass_over(east=1.5), "area"),
        (pass_over(minutes=481), "window"),
        (pass_over(minutes=-60), "window"),
    ],
)
def test_beyond_its_area_or_window_it_is_raised_and_the_permit_is_named(burns, rule):
    fire, _ = run(permit(), *burns)
    assert fire.grade == GRADED
    assert (codes(fire)["permit_exceeded"].rule, codes(fire)["permit_exceeded"].ref) == (rule, "17")


def test_a_burn_that_goes_on_after_its_window_is_raised():
    assert run(permit(), *pass_over(), *pass_over(540))[0].grade != "task"


def test_stronger_than_permitted_is_raised():
    assert run(permit(frp_limit_mw=59.0), *pass_over())[0].grade == GRADED
    assert run(permit(frp_limit_mw=61.0), *pass_over())[0].grade == "task"


def test_7_a_second_kind_of_source_raises_it():
    fire, _ = run(permit(), *pass_over(), report(70, 0.2, 0.1))
    assert fire.grade != "task"
    assert codes(fire)["permit_exceeded"].rule == "second kind of source"


@pytest.mark.parametrize(
    ("ban", "is_task"),
    [
        ({"from": "2024-03-01", "to": "2024-03-01"}, False),
        ({"from": "2024-03-02", "to": "2024-04-30"}, True),
        ({"from": "2024-03-01", "to": "2024-03-31", "areas": ["510000"]}, True),
    ],
)
def test_on_a_day_of_a_fire_ban_no_permit_holds(ban, is_task):
    # 01:00 UTC on the 1st is the 1st in Beijing too
    fire, _ = run(permit(), *pass_over(), settings=Settings(permits={"bans": [ban]}))
    assert (fire.grade == "task") == is_task


@pytest.mark.parametrize(
    ("wind", "grade", "code"),
    [(None, "task", "permit_wind_unknown"), (4.0, "task", "permitted"), (6.0, GRADED, "permit_exceeded")],
)
def test_above_its_wind_limit_it_is_raised_and_unknown_wind_is_said(monkeypatch, wind, grade, code):
    monkeypatch.setattr(hop, "wind_ms", lambda *_: wind)
    fire, _ = run(permit(wind_limit_ms=5.0), *pass_over())
    assert fire.grade == grade
    assert code in codes(fire)
    if wind is not None:
        assert (codes(fire)[code].value, codes(fire)[code].threshold) == (wind, 5.0)


@pytest.mark.parametrize(("wind", "grade"), [(4.0, "task"), (6.0, GRADED)])
def test_the_wind_is_that_of_the_station_nearby(wind, grade):
    at = START + dt.timedelta(minutes=30)
    said = Reading(
        observation_id="s1/wind", source="s1", frame="wgs84", observed_at=at, received_at=at,
        longitude=102.05, latitude=28.0, quantity="wind_speed_ms", value=wind,
    )  # fmt: skip
    fire, _ = run(permit(wind_limit_ms=5.0), said, *pass_over())
    assert fire.grade == grade
    reason = codes(fire)["permitted" if grade == "task" else "permit_exceeded"]
    assert (reason.value, reason.threshold) == (wind, 5.0)


def test_a_permit_that_comes_late_lowers_and_its_withdrawal_raises_again():
    burns = pass_over()
    late = permit(received_at=START + dt.timedelta(hours=3))
    fire, outcome = run(*burns, late)
    assert fire.grade == "task"
    assert [alert.action for alert in outcome.alerts][-1] == "downgrade"
    back = replace(late, withdrawn=True, revision=1, received_at=START + dt.timedelta(hours=4))
    fire, outcome = run(*burns, late, back)
    assert fire.grade == GRADED
    assert outcome.alerts[-1].action == "upgrade"


def test_2_a_permit_a_change_and_a_fire_in_any_order_end_alike():
    wide = permit()
    later = wide.received_at + dt.timedelta(hours=1)
    narrow = replace(wide, area=None, radius_m=100.0, revision=1, received_at=later)
    given = [delivery(one) for one in (wide, narrow, *pass_over())]
    end = START + dt.timedelta(days=3)
    straight = judge(given, end=end)
    assert same(straight) == same(judge(given[::-1], end=end, restarts=True))
    assert codes(next(iter(straight.incidents.values())))["permit_exceeded"].rule == "area"
