"""A storm of fires in one county pages so often and no more; the rest is in a digest. I and II pass."""

import datetime as dt

import shapely
from alerted import a_receiver
from judged import START, delivery, hotspot, judge, report

from detectors.region import Layer, Region
from schemas.settings import Settings
from streams.replay import run

LIMIT = 4
SETTINGS = Settings(lifecycle={"county_pages": LIMIT})


def region():
    """Two counties: the western one holds what is told here."""
    boxes = [shapely.box(101.0, 27.0, 102.5, 29.0), shapely.box(102.5, 27.0, 104.0, 29.0)]
    counties = Layer.of("county", boxes, ["510001", "510002"], ["west", "east"], [{}, {}])
    return Region("province", {"county": counties})


def call(number, minutes, east=0.0):
    """A patrol on a fire of its own: grade IV at once."""
    return report(
        minutes, east + 12.0 * (number % 4), 12.0 * (number // 4), who=f"patrol-{number}", kind="ground"
    )


def storm(count=8, spaced=2, **more):
    return [delivery(call(number, spaced * number, **more)) for number in range(count)]


def firsts(outcome):
    return {one.incident_id: one for one in reversed(outcome.alerts)}.values()


def test_what_is_beyond_the_pages_of_an_hour_is_told_in_a_digest():
    outcome = run(storm(spaced=0), replaced(receivers=(a_receiver(),)), region())
    pages = [alert for alert in outcome.alerts if alert.pages]
    assert len(pages) == LIMIT
    beyond = [alert for alert in firsts(outcome) if not alert.pages]
    assert {alert.reasons[0].code for alert in beyond} == {"budget_county"}
    why = beyond[0].reasons[0]
    assert (why.ref, why.value, why.threshold, why.detail) == ("510001", 4.0, 4.0, "opened")
    listed = [one for one in outcome.notices if one.reason is not None and one.reason.code == "budget_county"]
    digests = [one for one in outcome.notices if one.action == "digest" and one.outcome == "accepted"]
    assert len(listed) == 8 - LIMIT
    assert {one.reason.ref for one in listed} == {one.notice_id for one in digests} != set()


def replaced(**more):
    return Settings(lifecycle={"county_pages": LIMIT}, **more)


def test_a_fire_of_grade_ii_pages_in_the_midst_of_it_and_uses_nothing_up():
    grave = [hotspot(20, -60.0 + 0.4 * i, 0.4 * j, frp=60.0, lag=1) for i in range(5) for j in range(5)]
    late = [delivery(*grave, report(20, -59.5, 0.5, who="tower", kind="ground"))]
    outcome = judge([*storm(), *late], settings=SETTINGS, region=region(), ticks=True)
    assert any(alert.pages and alert.grade in {"I", "II"} for alert in outcome.alerts)
    assert sum(alert.pages and alert.grade in {"III", "IV"} for alert in outcome.alerts) == LIMIT


def test_another_county_and_another_hour_have_pages_of_their_own():
    east = [delivery(call(number, 30 + number, east=70.0)) for number in range(2)]
    later = [delivery(call(number, 70 + number, east=-40.0)) for number in (12, 13)]
    outcome = judge([*storm(), *east, *later], settings=SETTINGS, region=region(), ticks=True)
    assert sum(alert.pages for alert in outcome.alerts) == LIMIT + 2 + 2


def test_without_a_known_county_nothing_is_held_back():
    assert all(alert.pages for alert in judge(storm(), settings=SETTINGS, ticks=True).alerts)


def test_5_the_count_outlives_a_restart():
    once = judge(storm(), settings=SETTINGS, region=region(), ticks=True)
    again = judge(storm(), settings=SETTINGS, region=region(), ticks=True, restarts=True)
    assert [(a.alert_id, a.pages) for a in again.alerts] == [(a.alert_id, a.pages) for a in once.alerts]
    assert START + dt.timedelta(minutes=16) > max(alert.issued_at for alert in once.alerts)
