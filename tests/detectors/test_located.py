import numpy as np
import pytest
from hills import NORTH, STEP, WEST, few, ground, hills, nodes
from hypothesis import given
from hypothesis import strategies as st

from detectors.geodesy import bearing_deg, destination, distance_km
from detectors.located import Looks, located
from detectors.region.ray import Outcome, rise_m
from detectors.region.relief import NODATA
from detectors.region.sight import Points, view

HILLY = ground(hills(6))
LEVEL = ground(np.full((700, 700), 1000.0))
LON, LAT = st.floats(102.05, 102.30), st.floats(27.72, 27.95)


def test_on_level_ground_a_look_ends_where_the_table_says_and_errs_more_behind_than_before():
    looks = Looks.of(WEST + 0.25, NORTH - 0.25, [200.0, 500.0, 500.0], 45.0, [-1.0, -2.0, -5.0], 1.0, 0.1)
    told = located(LEVEL, looks)
    assert told.has_place.all()
    assert told.distance_m / 1000.0 == pytest.approx([12.0, 14.7, 5.7], abs=0.06)
    behind, before = told.far_m - told.distance_m, told.distance_m - told.near_m
    assert behind / 1000.0 == pytest.approx([1.5, 0.83, 0.12], abs=0.05)
    assert (behind > before).all()
    assert told.across_m == pytest.approx(told.distance_m * np.radians(1.0))


def test_a_look_that_grazes_a_ridge_errs_far_behind_and_one_that_may_clear_it_has_no_place():
    lon, _ = nodes(300, 500)
    ridge = np.clip(300.0 - 30.0 * np.abs(lon - (WEST + 150 * STEP)) / STEP, 0.0, None)
    # behind the ridge a wall, at the end of the ground
    wall = np.where(lon > WEST + 480 * STEP, 3000.0, 0.0)
    walled = ground(1000.0 + ridge + wall)
    lat, west = NORTH - 0.1, WEST + 50 * STEP
    crest_m = float(distance_km(west, lat, WEST + 150 * STEP, lat)) * 1000.0
    tilt = float(np.degrees(np.arctan((300.0 - 20.0 - rise_m(crest_m)) / crest_m))) - 0.12
    looks = Looks.of(west, lat, 20.0, 90.0, tilt, 0.5, [0.02, 0.3], 40_000.0)
    told = located(walled, looks)
    assert told.has_place.tolist() == [True, True]
    assert told.far_m[0] - told.distance_m[0] < 300.0
    assert told.far_m[1] - told.distance_m[1] > 20_000.0
    assert told.distance_m[1] - told.near_m[1] < 600.0
    opened = located(ground(1000.0 + ridge), looks)
    assert opened.has_place.tolist() == [True, False]
    assert opened.outcome[1] in {Outcome.CLEARS, Outcome.UNKNOWN}


def test_a_look_over_the_skyline_is_a_bearing_and_no_place():
    told = located(LEVEL, Looks.of(WEST + 0.25, NORTH - 0.25, 20.0, 0.0, [0.5, -3.0], 1.0, 0.1, 20_000.0))
    assert told.outcome.tolist() == [Outcome.CLEARS, Outcome.HIT]
    assert told.has_place.tolist() == [False, True]
    assert (told.lon[0], told.distance_m[0], told.far_m[0]) == (-1.0, -1.0, -1.0)


def test_a_station_on_unknown_ground_has_no_place_for_anything():
    heights = np.full((300, 300), 1000.0)
    heights[:100, :100] = NODATA
    at = WEST + 50 * STEP, WEST + 200 * STEP
    told = located(ground(heights), Looks.of(at, NORTH - 0.05, 30.0, 180.0, -2.0, 1.0, 0.1))
    assert told.outcome.tolist() == [Outcome.UNKNOWN, Outcome.HIT]


@few
@given(LON, LAT, st.floats(0, 359.9), st.floats(-12, 0), st.floats(0.01, 0.5))
def test_a_place_lies_on_the_ground_in_the_direction_of_the_look_between_its_bounds(
    lon, lat, azimuth, tilt, error
):
    told = located(HILLY, Looks.of(lon, lat, 25.0, azimuth, tilt, 0.5, error, 15_000.0))
    if not told.has_place[0]:
        return
    there = float(told.lon[0]), float(told.lat[0])
    eye = float(HILLY.elevation_m(lon, lat)) + 25.0
    away = float(distance_km(lon, lat, *there)) * 1000.0
    look = eye + away * np.tan(np.radians(tilt)) + float(rise_m(away))
    assert float(HILLY.elevation_m(*there)) == pytest.approx(look, abs=0.5)
    assert told.near_m[0] <= told.distance_m[0] <= told.far_m[0]
    if away > 50.0:
        turn = float(bearing_deg(lon, lat, *there)) - azimuth
        assert abs((turn + 180) % 360 - 180) < 0.01


@few
@given(LON, LAT, st.floats(0, 359.9), st.floats(-12, 0), st.tuples(st.floats(0.01, 0.3), st.floats(1, 3)))
def test_a_sharper_look_never_has_wider_bounds(lon, lat, azimuth, tilt, error):
    errors = [error[0], error[0] * error[1]]
    told = located(HILLY, Looks.of(lon, lat, 25.0, azimuth, tilt, errors, errors, 15_000.0))
    if told.has_place[1]:
        assert told.has_place[0]
        assert told.near_m[0] >= told.near_m[1] - 0.1
        assert told.far_m[0] <= told.far_m[1] + 0.1
        assert told.across_m[0] <= told.across_m[1]


def test_what_one_place_shows_to_cameras_all_about_is_one_place():
    fire, seen = (102.17, 27.83), 0
    height = float(HILLY.elevation_m(*fire))
    for azimuth in range(0, 360, 20):
        lon, lat = (float(part) for part in destination(*fire, azimuth, 4.0))
        mast = height + 900.0 - float(HILLY.elevation_m(lon, lat))
        tilt = np.degrees(np.arctan((-900.0 - rise_m(4000.0)) / 4000.0))
        told = located(HILLY, Looks.of(lon, lat, mast, bearing_deg(lon, lat, *fire), tilt, 0.1, 0.01))
        sight = view(HILLY, Points.of(lon, lat, mast), Points.of(*fire))
        if bool(sight.visible[0]):
            seen += 1
            assert float(distance_km(*fire, told.lon[0], told.lat[0])) < 0.1
        else:
            assert told.distance_m[0] == pytest.approx(float(sight.hidden_at_m[0]), abs=1.0)
    assert seen > 5
