"""The season through the real steps: what the demo must show, proved without a screen."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from detectors.geodesy import distance_km
from schemas.observation import Delivery, Hotspot
from schemas.settings import Settings
from streams.demo.season import STARTS_AT, season
from streams.demo.timeline import timeline
from streams.region import demo_region
from streams.replay import run

LINE = timeline()
FIRE = (LINE.xichang.longitude, LINE.xichang.latitude)
WORKS = (LINE.steel_works.longitude, LINE.steel_works.latitude)


@pytest.fixture(scope="module")
def played():
    # Himawari's first evening tells all that is asked here.
    evening = STARTS_AT + timedelta(hours=4)
    given = [
        Delivery(delivery_id=f"{key}/{at.isoformat()}", received_at=at, observations=tuple(observations))
        for at, key, observations in season()
        if not key.startswith("Himawari") or at < evening
    ]
    return run(given, Settings(), demo_region())


def test_the_fire_pages_within_a_minute_of_the_telephone_and_nothing_else_ever_pages(played):
    paging = [alert for alert in played.alerts if alert.pages]
    assert paging[0].issued_at == datetime(2020, 3, 30, 7, 51, tzinfo=UTC)
    for alert in paging:
        assert float(distance_km(alert.longitude, alert.latitude, *FIRE)) < 10.0
        assert alert.reconstruction
    names = {place.name for place in paging[0].places}
    assert {"西昌市", "经久乡（示意界）", "安哈镇（示意界）"} <= names


def test_the_fire_stays_one_incident(played):
    near = [
        one
        for one in played.incidents.values()
        if one.status != "merged" and float(distance_km(one.longitude, one.latitude, *FIRE)) < 12.0
    ]
    assert len(near) == 1
    assert near[0].grade == "I"


def test_sixty_farm_fires_are_tasks(played):
    farms = [one for one in played.incidents.values() if one.opened_at >= datetime(2020, 4, 4, 4, tzinfo=UTC)]
    assert sum(one.observation_count for one in farms) >= 60
    assert Counter(one.grade for one in farms) == {"task": len(farms)}


def test_the_steel_works_on_the_map_are_masked_from_the_first_day(played):
    seen_there = [
        seen.observation_id
        for _, _, observations in season()
        for seen in observations
        if isinstance(seen, Hotspot) and float(distance_km(seen.longitude, seen.latitude, *WORKS)) < 2
    ]
    assert len(seen_there) > 10
    assert {played.silences[one].reason.code for one in seen_there} == {"masked_by"}
