"""Bearings through the hops: no smoke report is lost, and neither order, repeats nor restarts matter."""

import datetime as dt

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, report

from detectors.geodesy import bearing_deg, destination
from detectors.region import Region
from detectors.region.layer import Layer
from schemas.codec import encode
from schemas.observation import Retraction, Sighting
from streams.lines import INCIDENT_FIELDS


def spot(east, north):
    return 102.0 + east / 98.2, 28.0 + north / 111.195


def look(name, station, *, target=None, azimuth=0.0, minutes=0.0, kind="video", **said):
    here = spot(*station)
    if target is not None:
        azimuth = round(float(bearing_deg(*here, *spot(*target))) % 360.0, 3) % 360.0
    at = START + dt.timedelta(minutes=minutes)
    return Sighting(
        observation_id=f"{name}@{minutes}/{azimuth:.1f}",
        source=name,
        source_class=kind,
        frame="wgs84",
        observed_at=at,
        received_at=at + dt.timedelta(minutes=1),
        station_longitude=here[0],
        station_latitude=here[1],
        azimuth_deg=azimuth,
        **said,
    )


def run(*observations, **more):
    given_ = sorted((delivery(one) for one in observations), key=lambda one: one.received_at)
    return judge(given_, **more)


def fires(outcome):
    return [one for one in outcome.incidents.values() if one.status != "merged"]


TOWNS = Region(
    "r",
    {
        "township": Layer.of(
            "township",
            [shapely.box(101.9, 28.0, 102.0, 28.5), shapely.box(102.0, 28.0, 102.1, 28.5)],
            ["west", "east"],
            ["West", "East"],
        )
    },
)


def test_a_lone_bearing_is_a_task_with_its_sector_and_every_township_in_it():
    outcome = run(look("cam-1", (0.5, 1.0), azimuth=359.0), region=TOWNS)
    (fire,) = fires(outcome)
    assert (fire.grade, fire.observation_count) == ("task", 1)
    assert not outcome.silences
    assert [(a.action, a.grade, a.pages) for a in outcome.alerts] == [("new", "task", False)]
    sector = shapely.geometry.shape(fire.footprint)
    ahead = destination(*spot(0.5, 1.0), 359.0, 30.0)
    assert sector.contains(shapely.Point(*ahead))
    assert not sector.contains(shapely.Point(*destination(*spot(0.5, 1.0), 359.0, 36.0)))
    assert {(p.place_id, p.relation) for p in fire.places} == {
        ("east", "possibly_inside"),
        ("west", "possibly_inside"),
    }
    assert [p.place_id for p in fire.places] == ["east", "west"]
    assert any(reason.code == "bearing_only" for reason in fire.reasons)


def test_however_sure_a_tower_is_a_direction_alone_stays_a_task():
    sure = [
        look(f"t{k}", (0, 0), kind=kind, mast="hill") for k, kind in enumerate(("tower", "video", "tower"))
    ]
    (fire,) = fires(run(*sure))
    assert fire.probability > 0.8
    assert fire.grade == "task"


def test_two_that_cross_become_one_fire_with_a_place_under_the_older_id():
    first, second = look("a", (-5, 0), target=(0, 8)), look("b", (5, 0), target=(0, 8), minutes=9)
    alone = run(first).incidents
    outcome = run(first, second)
    (fire,) = fires(outcome)
    assert {fire.incident_id} == set(alone)
    assert (fire.longitude, fire.latitude) == pytest.approx(spot(0, 8), abs=2e-4)
    assert fire.radius_m < 1000.0
    assert fire.observation_count == fire.look_count == 2
    codes = {reason.code for reason in fire.reasons}
    assert "bearings_cross" in codes
    assert "bearing_only" not in codes


def test_a_crossing_that_loses_a_bearing_falls_back_to_a_sector():
    first, second = look("a", (-5, 0), target=(0, 8)), look("b", (5, 0), target=(0, 8))
    back = Retraction(
        observation_id="r1",
        source="b",
        observed_at=second.observed_at,
        received_at=second.received_at + dt.timedelta(hours=1),
        retracts=second.observation_id,
    )
    (fire,) = [one for one in fires(run(first, second, back)) if one.status == "open"]
    assert fires(run(first))[0].footprint == fire.footprint


@pytest.mark.parametrize("minutes", [-300, 300])
def test_a_bearing_supports_the_fire_it_passes_by_without_moving_it(minutes):
    fire = report(600, 0.2, 9.0, who="ranger", kind="ground")
    outcome = run(fire, look("cam", (0, 0), azimuth=0.0, minutes=600 + minutes))
    (one,) = fires(outcome)
    assert set(one.sources) == {"cam", "ranger"}
    assert (one.longitude, one.latitude) == pytest.approx((fire.longitude, fire.latitude), abs=1e-6)
    assert one.radius_m == fires(run(fire))[0].radius_m


def test_6_one_long_bearing_makes_no_bridge_between_two_fires_on_it():
    near, far = report(0, 0.0, 9.0, who="one"), report(0, 0.0, 25.0, who="two")
    assert len(fires(run(near, far, look("cam", (0, 0), azimuth=0.0)))) == 2


def test_frames_of_one_camera_and_cameras_on_one_mast_count_once():
    frames = [look(f"cam-{k % 2}", (0, 0), azimuth=10.0, minutes=7 * k, mast="ridge") for k in range(12)]
    (fire,) = fires(run(*frames))
    (single,) = fires(run(frames[0]))
    assert fire.observation_count == 12
    assert fire.probability == single.probability


def test_7_a_crossing_opens_a_masked_place_and_closes_it_again_when_it_parts():
    works = [
        hotspot(day * 1440 + 700, 0.0, 8.0, satellite="Aqua", scan=1.0, frp=12.0 + day % 5)
        for day in range(0, 120, 8)
    ]
    seen = [
        look("a", (-5, 0), target=(0, 8), minutes=112 * 1440),
        look("b", (5, 0), target=(0, 8), minutes=112 * 1440),
    ]
    last = works[-1].observation_id
    assert last in run(*works).silences
    assert last in run(*works, seen[0]).silences
    assert last not in run(*works, *seen).silences
    back = Retraction(
        observation_id="r1",
        source="b",
        observed_at=seen[1].observed_at,
        received_at=seen[1].received_at + dt.timedelta(hours=9),
        retracts=seen[1].observation_id,
    )
    assert last in run(*works, *seen, back).silences


PLACES = st.tuples(st.integers(-12, 12), st.integers(-12, 12))


@st.composite
def scenes(draw):
    stations = draw(st.lists(PLACES, min_size=1, max_size=3, unique=True))
    targets = draw(st.lists(PLACES, min_size=1, max_size=2, unique=True))
    found = [
        look(f"s{at}", station, target=target, minutes=draw(st.integers(0, 12)) * 10)
        for at, station in enumerate(stations)
        for target in targets
        if station != target
    ]
    for target in draw(st.lists(st.sampled_from(targets), max_size=2)):
        minutes = draw(st.integers(-9, 9)) * 60 + 600
        found.append(draw(st.sampled_from([hotspot(minutes, *target), report(minutes, *target)])))
    return found


END = START + dt.timedelta(days=3)


def same(outcome):
    """Return the incidents as lines: a row read back names the members of its footprint in another order."""
    alive = [one for one in outcome.incidents.values() if one.status != "merged"]
    lines = [encode({name: getattr(one, name) for name in INCIDENT_FIELDS}) for one in alive]
    return sorted(lines)


FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(scenes(), st.data())
def test_1_2_3_order_repeats_partitions_and_restarts_change_nothing(observations, data):
    once = [delivery(one) for one in observations]
    straight = judge(once, end=END)
    again = data.draw(st.permutations(once + once[:2]))
    assert same(straight) == same(judge(again, end=END))
    origins = data.draw(st.sampled_from([1, 4]))
    many = judge(once, end=END, origins=origins, draw=data.draw, restarts=True)
    assert same(straight) == same(many)
    told = sum(
        one.observation_count for one in straight.incidents.values() if one.status in {"open", "closed"}
    )
    assert told + len(straight.silences) == len({one.observation_id for one in observations})
