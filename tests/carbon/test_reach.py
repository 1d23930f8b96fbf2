"""Where a fire may be: growth against brute force, barriers, spotting, seeds, what is unknown."""

import itertools

import numpy as np
import pyproj
import pytest
import shapely
from carbon_words import spreading
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon.caution import words
from alerts.carbon.ellipse import ellipse
from alerts.carbon.plane import Plane, area_ha, plane_of
from alerts.carbon.reach import barrier, grown, probability_of_reach, reach, shares, spotted
from alerts.carbon.scenario import Drivers, Scenarios, expected, scenarios, seed_of

WINDY = Drivers(
    temperature_c=25,
    humidity_pct=20,
    wind_ms=8,
    wind_to_deg=90,
    slope_deg=0,
    upslope_deg=0,
    fuel="pine_forest",
)


def running(head=10.0, towards=90.0, ratio=3.0, wind=4.0):
    one = [np.array([float(value)]) for value in (head, towards, ratio, wind)]
    return Scenarios(*one, cautions=0)


def test_a_point_grows_to_the_ellipse_of_an_hour():
    found = grown(shapely.Point(0, 0), running(), 0, 1.0)
    assert found.area / 1e4 == pytest.approx(9.99, rel=1e-3)
    west, south, east, north = found.bounds
    assert (east, -west) == pytest.approx((600, 17.7), abs=2.5)
    assert north - south == pytest.approx(205.9, rel=0.01)


@pytest.mark.parametrize(("head", "towards", "ratio"), [(2, 10, 1), (10, 90, 3), (30, 200, 2), (25, 315, 5)])
def test_a_perimeter_grows_as_the_ellipses_of_all_its_points(head, towards, ratio):
    fire = shapely.Polygon([(0, 0), (900, 100), (700, 800), (300, 300), (-200, 700)])
    chance = running(head, towards, ratio)
    found = grown(fire, chance, 0, 1.0)
    size = ellipse(head, ratio, 60.0)
    angles = np.linspace(0, 2 * np.pi, 128, endpoint=False)
    ring = np.stack(
        [size.ahead_m + size.semi_major_m * np.cos(angles), size.semi_minor_m * np.sin(angles)], 1
    )
    turn = np.radians(90 - towards)
    ring = ring @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    edge = shapely.get_coordinates(shapely.segmentize(fire.exterior, 20.0))
    oracle = shapely.union_all([fire, *shapely.polygons(edge[:, None, :] + ring[None])])
    assert found.symmetric_difference(oracle).area / oracle.area < 0.02


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 25), st.floats(0, 40))
def test_what_burns_at_one_horizon_burns_at_every_later_one(seed, wind, slope):
    drivers = Drivers(temperature_c=20, humidity_pct=30, wind_ms=wind, slope_deg=slope)
    chance = scenarios(spreading(), drivers, seed, 4)
    fire = shapely.Point(0, 0).buffer(100)
    wall = shapely.box(500, -3000, 700, 3000)
    for barriers in (None, wall):
        found = reach(spreading(), fire, chance, barriers=barriers)
        for row in found:
            assert shapely.contains(row[0].buffer(0.5), fire)
            assert all(shapely.contains(b.buffer(0.5), a) for a, b in itertools.pairwise(row))


def test_a_barrier_holds_is_gone_round_and_is_flown_over_in_a_gale():
    fire = shapely.Point(0, 0).buffer(50)
    calm, gale = running(head=20, wind=4), running(head=20, wind=20)
    long, short = shapely.box(300, -9e4, 340, 9e4), shapely.box(300, -60, 340, 60)
    held = reach(spreading(), fire, calm, barriers=long)[0]
    assert all(one.bounds[2] <= 300.0 for one in held)
    assert reach(spreading(), fire, calm, barriers=short)[0][1].bounds[2] > 340
    assert reach(spreading(), fire, gale, barriers=long)[0][0].bounds[2] > 340


def test_beside_barriers_corners_do_not_pile_up_and_the_area_stays(monkeypatch):
    fire, chance = shapely.Point(0, 0).buffer(300), running(head=2, ratio=1.6, wind=3)
    walls = shapely.union_all(
        [shapely.box(400 + 500 * i, -300 * i, 420 + 500 * i, 900 - 200 * i) for i in range(5)]
    )
    (few,) = reach(spreading(), fire, chance, horizons_h=(12.0,), barriers=walls)[0]
    monkeypatch.setattr("alerts.carbon.reach.STEP_TOLERANCE_M", 0.0)
    (all_,) = reach(spreading(), fire, chance, horizons_h=(12.0,), barriers=walls)[0]
    assert shapely.get_num_coordinates(few) < 400 < shapely.get_num_coordinates(all_)
    assert few.symmetric_difference(all_).area < 2e-3 * all_.area


def test_a_road_drawn_as_a_line_is_a_barrier_of_ten_metres():
    road = shapely.LineString([(0, 0), (100, 0)])
    assert barrier([road], spreading()).area == pytest.approx(1000)
    assert barrier([road, shapely.box(0, 100, 10, 110)], spreading()).area == pytest.approx(1100)


def test_pieces_fly_only_in_strong_wind():
    fire = shapely.Point(0, 0).buffer(50)
    assert spotted(spreading(), fire, 5.0) is fire
    assert spotted(spreading(), fire, 19.0).bounds[2] == pytest.approx(50 + 2530, rel=2e-3)


def test_what_is_not_known_is_said_and_spreads_the_scenarios():
    known, unknown = (scenarios(spreading(), one, 7, 64) for one in (WINDY, Drivers()))
    assert words(known.cautions) == ()
    said = {"wind_unknown", "weather_unknown", "slope_unknown", "fuel_unknown"}
    assert set(words(unknown.cautions)) == said
    assert np.hypot(*_mean_direction(known)) > 0.8
    assert np.hypot(*_mean_direction(unknown)) < 0.3
    assert (unknown.head_m_min > 0).all()
    assert words(scenarios(spreading(), Drivers(slope_deg=75, upslope_deg=0), 7).cautions)[:3] == (
        "wind_unknown", "cliff", "fuel_unknown",
    )  # fmt: skip


def _mean_direction(chance):
    bearing = np.radians(chance.towards_deg)
    return np.cos(bearing).mean(), np.sin(bearing).mean()


def test_wind_and_slope_add_when_they_agree_and_oppose_when_not():
    flat, up, down = (
        expected(spreading(), Drivers(temperature_c=25, humidity_pct=15, wind_ms=10, wind_to_deg=0,
                                      slope_deg=slope, upslope_deg=way, fuel="pine_forest"))
        for slope, way in ((0, 0), (20, 0), (20, 180))
    )  # fmt: skip
    assert up.head_m_min / flat.head_m_min == pytest.approx(2.86, abs=0.01)
    assert down.towards_deg[0] == pytest.approx(180)


def test_scenarios_follow_the_seed_and_the_seed_the_ids():
    a, b, c = (
        scenarios(spreading(), WINDY, seed_of(*ids)).head_m_min
        for ids in (("F1", "1"), ("F1", "1"), ("F1", "2"))
    )
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    assert seed_of("F1", "1") != seed_of("F11")


def test_probability_of_reach_falls_with_distance_and_grows_with_time():
    chance = scenarios(spreading(), WINDY, 3, 32)
    shapes = reach(spreading(), shapely.Point(0, 0).buffer(30), chance)
    points = [(0, 0), (300, 0), (1500, 0), (-3000, 0), (3e5, 0)]
    found = probability_of_reach(points, shapes)
    assert (np.diff(found[:4], axis=0)[:, 0] <= 0).all()
    assert (np.diff(found, axis=1) >= 0).all()
    assert found[0].tolist() == [1.0] * 5
    assert found[4].tolist() == [0.0] * 5


def test_shares_are_what_shapely_says_one_by_one():
    dice = np.random.default_rng(5)
    boxes = np.array([shapely.box(x, y, x + 40, y + 30) for x, y in dice.uniform(0, 300, (60, 2))], object)
    shapes = np.array([shapely.Point(100, 100).buffer(r) for r in (10, 60, 150)], object)
    oracle = [[shape.intersection(one).area / one.area for one in boxes] for shape in shapes]
    assert np.allclose(shares(boxes, shapes), oracle)
    nothing = np.array([shapely.Polygon()], object)
    assert shares(nothing, shapes).tolist() == [[0.0], [0.0], [0.0]]


def test_the_plane_is_true_to_a_kilometre_grid():
    plane = plane_of(shapely.box(102.0, 27.5, 102.4, 28.1))
    assert (plane.longitude, plane.latitude) == pytest.approx((102.2, 27.8))
    square = plane.to_metres(shapely.Point(102.3, 27.9))
    assert (square.x, square.y) == pytest.approx((9854.1, 11082.6), rel=1e-3)
    there = plane.to_degrees(square)
    assert (there.x, there.y) == pytest.approx((102.3, 27.9))
    assert Plane(0, 0).metres_per_degree.tolist() == pytest.approx([111319.49, 110574.28], rel=1e-6)


def test_area_on_the_ellipsoid_is_that_of_pyproj():
    geod = pyproj.Geod(ellps="WGS84")
    for west, south in ((102.0, 27.5), (-10.0, -33.0), (100.0, 0.0)):
        box = shapely.segmentize(shapely.box(west, south, west + 0.3, south + 0.2), 0.001)
        oracle = abs(geod.geometry_area_perimeter(box)[0]) / 1e4
        assert area_ha(box) == pytest.approx(oracle, rel=1e-6)
