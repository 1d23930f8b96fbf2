"""Who is told: kinds, codes of areas, drawn areas, drills, the public, and quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import shapely
from alerted import a_receiver, an_alert
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.geofence import KM_PER_DEGREE, gap_km, touches
from alerts.quiet import end_of, held_until
from alerts.routing import due, refusal
from detectors.geodesy import distance_km
from schemas.incident import Place
from schemas.receiver import Quiet

ZONE = "Asia/Shanghai"
SQUARE = ((102.0, 27.0), (102.1, 27.0), (102.1, 27.1), (102.0, 27.1))


def at_place(place_id, relation="inside", layer="township"):
    return an_alert(places=(Place(layer=layer, place_id=place_id, name="x", relation=relation),))


@pytest.mark.parametrize(
    ("area", "place_id", "told"),
    [
        ("513401", "513401", True),
        ("513401", "513401102", True),
        ("513400", "513401102", True),
        ("510000", "513401", True),
        ("511000", "511011", True),
        ("511000", "511102", False),
        ("513402", "513401102", False),
        ("513401102", "513401", False),
        ("stand-5", "stand-51", False),
        ("stand-5", "stand-5", True),
    ],
)
def test_an_area_is_itself_or_by_its_code_all_its_parts(area, place_id, told):
    assert (due(at_place(place_id), (a_receiver(areas=(area,)),)) == ("ranger",)) is told


def test_every_candidate_township_and_both_sides_of_a_boundary_are_told():
    places = tuple(
        Place(layer="township", place_id=code, name=code, relation=relation)
        for code, relation in (("513401101", "inside"), ("513401102", "possibly_inside"))
    )
    other = Place(layer="county", place_id="513427", name="宁南", relation="possibly_inside")
    receivers = tuple(
        a_receiver(code, areas=(code,)) for code in ("513401101", "513401102", "513401103", "513427")
    )
    assert due(an_alert(places=(*places, other)), receivers) == ("513401101", "513401102", "513427")


@pytest.mark.parametrize(
    ("alert", "receiver", "code"),
    [
        (an_alert(), a_receiver(public=True), "not_released"),
        (an_alert(status="Test"), a_receiver(), "drill_only"),
        (an_alert(status="Test"), a_receiver(drill=True), ""),
        (an_alert(), a_receiver(drill=True), ""),
        (an_alert(kind="outbreak"), a_receiver(), "not_wanted"),
        (an_alert(kind="outbreak"), a_receiver(kinds=("outbreak",)), ""),
        (an_alert(), a_receiver(kinds=("outbreak",)), "not_wanted"),
        (an_alert(grade="task"), a_receiver(), "task_not_wanted"),
        (an_alert(grade="IV"), a_receiver(minimum_grade="II"), "not_wanted"),
        (an_alert(), a_receiver(owners=("王",)), "not_wanted"),
    ],
)
def test_who_is_not_told_has_a_reason(alert, receiver, code):
    assert refusal(alert, receiver) == code


def test_a_drawn_area_counts_beside_the_codes():
    inside = an_alert(longitude=102.05, latitude=27.05)
    outside = an_alert(longitude=102.2, latitude=27.05)
    both = a_receiver(areas=("999999",), polygon=SQUARE)
    assert due(inside, (both,)) == ("ranger",)
    assert due(outside, (both,)) == ()


def test_the_circle_of_uncertainty_and_the_footprint_reach_into_an_area():
    far = {"longitude": 102.12, "latitude": 27.05}
    assert not touches(SQUARE, an_alert(**far, radius_m=1000.0, footprint={}))
    assert touches(SQUARE, an_alert(**far, radius_m=2100.0, footprint={}))
    ring = [[102.09, 27.04], [102.13, 27.04], [102.13, 27.06], [102.09, 27.04]]
    assert touches(SQUARE, an_alert(**far, footprint={"type": "Polygon", "coordinates": [ring]}))
    assert not touches(SQUARE, an_alert(**far, footprint={"type": "Polygon", "coordinates": "no"}))


@given(st.floats(101.9, 102.2), st.floats(26.9, 27.2))
def test_the_gap_is_the_distance_on_the_globe_to_the_nearest_of_many_points(lon, lat):
    area = shapely.Polygon(SQUARE)
    found = gap_km(area, lon, lat)
    if area.contains(shapely.Point(lon, lat)):
        assert found == 0
        return
    edge = [area.exterior.interpolate(k / 2000, normalized=True) for k in range(2000)]
    nearest = min(distance_km(lon, lat, [p.x for p in edge], [p.y for p in edge]))
    assert found == pytest.approx(float(nearest), abs=0.02, rel=0.01)
    assert pytest.approx(111.195, abs=0.001) == KM_PER_DEGREE


def local(hour, minute=0, day=30):
    return datetime(2020, 3, day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (local(21, 59), None),
        (local(22, 0), local(6, 30, 31)),
        (local(23, 59), local(6, 30, 31)),
        (local(0, 0), local(6, 30)),
        (local(6, 29), local(6, 30)),
        (local(6, 30), None),
    ],
)
def test_quiet_hours_over_midnight(now, ends):
    assert end_of(Quiet(), now, ZONE) == ends


@settings(max_examples=60)
@given(
    st.times(),
    st.times(),
    st.integers(0, 366 * 24 * 60).map(lambda minutes: local(8, day=1) + timedelta(minutes=minutes)),
    st.sampled_from([ZONE, "Europe/Berlin", "UTC"]),
)
def test_whatever_the_hours_the_end_comes_within_a_day_and_is_not_quiet(start, end, now, zone):
    quiet = Quiet(start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    ends = end_of(quiet, now, zone)
    if ends is not None:
        assert now < ends <= now + timedelta(hours=25)
        assert end_of(quiet, ends, zone) is None
        assert f"{ends.astimezone(ZoneInfo(zone)):%H:%M}" == quiet.end or zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("grade", "kind", "held"),
    [("I", "fire", False), ("II", "fire", False), ("III", "fire", True), ("I", "outbreak", True)],
)
def test_quiet_hours_never_hold_back_fire_one_or_two(grade, kind, held):
    receiver = a_receiver(quiet=Quiet())
    found = held_until(receiver, an_alert(grade=grade, kind=kind), local(23), ZONE)
    assert (found is not None) is held
    assert held_until(a_receiver(), an_alert(grade=grade), local(23), ZONE) is None
