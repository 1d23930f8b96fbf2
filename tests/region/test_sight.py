import doctest

import numpy as np
import pytest
from hills import NORTH, STEP, WEST, few, ground, hills, nodes, some
from hypothesis import assume, given
from hypothesis import strategies as st

from detectors.geodesy import EARTH_RADIUS_KM, bearing_deg, destination, distance_km
from detectors.region import ray
from detectors.region.ray import Outcome, Rays, first_hits, rise_m
from detectors.region.relief import NODATA
from detectors.region.sight import Points, view
from detectors.region.terrain import Terrain

HILLS = hills(2)
HILLY = ground(HILLS)
MOVED = Terrain.of(HILLS, WEST + 50 * STEP, NORTH, STEP, STEP)
ROWS, COLUMNS = HILLS.shape
LON = st.floats(WEST + 0.05, WEST + (COLUMNS - 1) * STEP - 0.05)
LAT = st.floats(NORTH - (ROWS - 1) * STEP + 0.05, NORTH - 0.05)
LEVEL = ground(np.full((900, 900), 1000.0))


def test_the_rise_of_a_level_look_over_the_round_earth_is_that_of_the_tables():
    assert doctest.testmod(ray).failed == 0
    without = [float(rise_m(km * 1000.0, refraction=0.0)) for km in (5, 10, 20, 30, 50)]
    assert without == pytest.approx([1.96, 7.85, 31.4, 70.6, 196.2], abs=0.05)


@pytest.mark.parametrize(
    ("height_m", "tilt", "km", "more_km"),
    [(200.0, -1.0, 12.0, 1.5), (500.0, -2.0, 14.7, 0.83), (500.0, -5.0, 5.7, 0.12)],
)
def test_over_level_ground_a_tenth_of_a_degree_counts_as_the_tables_say(height_m, tilt, km, more_km):
    rays = Rays.of(WEST + 0.3, NORTH - 0.3, 1000.0 + height_m, 60.0, [tilt, tilt + 0.1], 60_000.0)
    hits = first_hits(LEVEL, rays)
    assert hits.outcome.tolist() == [Outcome.HIT, Outcome.HIT]
    near, far = hits.distance_m / 1000.0
    assert near == pytest.approx(km, abs=0.06)
    assert far - near == pytest.approx(more_km, abs=0.05)


@some
@given(st.floats(5.0, 900.0), st.floats(-8.0, -0.5), st.floats(0, 359.9), st.floats(0.0, 0.3))
def test_over_level_ground_a_look_ends_where_the_equation_says(height_m, tilt, azimuth, refraction):
    bend, slope = (1 - refraction) / (2 * EARTH_RADIUS_KM * 1000), np.tan(np.radians(tilt))
    inside = slope * slope - 4 * bend * height_m
    by_hand = (-slope - np.sqrt(inside)) / (2 * bend) if inside > 0 else np.inf
    rays = Rays.of(WEST + 0.37, NORTH - 0.37, 1000.0 + height_m, azimuth, tilt, 30_000.0)
    hits = first_hits(LEVEL, rays, refraction)
    if by_hand < 29_990.0:
        assert hits.outcome[0] == Outcome.HIT
        # heights are compared to the last bit, so a flat look may end some millimetres off
        assert hits.distance_m[0] == pytest.approx(by_hand, abs=0.05)
    elif by_hand > 30_010.0:
        assert hits.outcome[0] == Outcome.CLEARS


def followed(terrain, rays, row):
    """Brute force: one look, compared every half cell on great circles; its outcome and distance."""
    lon, lat, azimuth, reach = rays.lon[row], rays.lat[row], rays.azimuth_deg[row], rays.reach_m[row]
    step = float(terrain.cell_m(abs(lat) + np.degrees(reach / 1000.0 / EARTH_RADIUS_KM))) / 2
    distance = np.append(np.arange(step, reach, step), reach)
    ground_m, known = terrain.sample(*destination(lon, lat, azimuth, distance / 1000.0))
    look = rays.eye_m[row] + distance * np.tan(np.radians(rays.tilt_deg[row])) + rise_m(distance)
    ends = np.flatnonzero(~known | (look <= ground_m))
    if not len(ends):
        return Outcome.CLEARS, reach, step
    first = ends[0]
    return Outcome.HIT if known[first] else Outcome.UNKNOWN, distance[first], step


def test_looks_over_hills_end_where_brute_force_ends_them():
    dice = np.random.default_rng(7)
    lon, lat = dice.uniform(102.05, 102.3, 600), dice.uniform(27.72, 27.95, 600)
    eye = HILLY.sample(lon, lat)[0] + 25.0
    reach = dice.uniform(500.0, 25_000.0, 600)
    rays = Rays.of(lon, lat, eye, dice.uniform(0, 360, 600), dice.uniform(-6.0, 15.0, 600), reach)
    hits = first_hits(HILLY, rays)
    for row in range(600):
        outcome, distance, step = followed(HILLY, rays, row)
        assert hits.outcome[row] == outcome
        # of a hit, brute force knows only the half cell
        assert distance - 1.001 * step <= hits.distance_m[row] <= distance + 0.01
    assert np.bincount(hits.outcome)[1:].min() > 50


@few
@given(LON, LAT, st.floats(0, 359.9), st.floats(-10.0, 2.0), st.floats(1.0, 80.0))
def test_a_look_meets_the_ground_at_its_hit_and_is_above_it_before(lon, lat, azimuth, tilt, above_m):
    eye = float(HILLY.elevation_m(lon, lat)) + above_m
    rays = Rays.of(lon, lat, eye, azimuth, tilt, 20_000.0)
    hits = first_hits(HILLY, rays)
    step, end = float(HILLY.cell_m(28.2)) / 2, float(hits.distance_m[0])
    distance = np.append(np.arange(step, end, step), end)
    ground_m, known = HILLY.sample(*destination(lon, lat, azimuth, distance / 1000.0))
    look = eye + distance * np.tan(np.radians(tilt)) + rise_m(distance)
    if hits.outcome[0] == Outcome.HIT:
        assert abs(look[-1] - ground_m[-1]) < 0.5
    # between two comparisons ground may come up by as much as it rises in half a cell
    assert (look[:-1] >= ground_m[:-1] - 40.0)[known[:-1]].all()
    assert known[distance < end - step].all()


@few
@given(LON, LAT, st.floats(0, 359.9), st.floats(-6.0, 0.0))
def test_moving_ground_and_eye_together_moves_the_hit(lon, lat, azimuth, tilt):
    eye = float(HILLY.elevation_m(lon, lat)) + 30.0
    here = first_hits(HILLY, Rays.of(lon, lat, eye, azimuth, tilt, 9_000.0))
    there = first_hits(MOVED, Rays.of(lon + 50 * STEP, lat, eye, azimuth, tilt, 9_000.0))
    assert there.outcome[0] == here.outcome[0]
    assert there.distance_m[0] == pytest.approx(here.distance_m[0], abs=0.5)


def test_unknown_ground_ends_a_look_that_would_have_met_ground_behind_it():
    heights = np.full((200, 200), 1000.0)
    heights[:, 120:125] = NODATA
    eye_lon = WEST + 20 * STEP
    rays = Rays.of(eye_lon, NORTH - 0.08, 1100.0, 90.0, [-0.5, -3.0], 14_000.0)
    hits = first_hits(ground(heights), rays)
    assert hits.outcome.tolist() == [Outcome.UNKNOWN, Outcome.HIT]
    to_the_hole = float(distance_km(eye_lon, NORTH - 0.08, WEST + 119 * STEP, NORTH - 0.08)) * 1000
    assert hits.distance_m[0] == pytest.approx(to_the_hole, abs=50.0)


def test_a_look_that_is_no_number_is_unknown_and_troubles_no_other():
    rays = Rays.of(WEST + 0.1, NORTH - 0.1, [float("nan"), 1100.0], 90.0, [-1.0, -3.0], 9_000.0)
    hits = first_hits(LEVEL, rays)
    assert hits.outcome.tolist() == [Outcome.UNKNOWN, Outcome.HIT]
    assert hits.distance_m[0] == 0.0


def ridge():
    """Level ground with one ridge, 300 m high, running north and south in the middle."""
    lon, _ = nodes(120, 240)
    away = np.abs(lon - (WEST + 120 * STEP)) / STEP
    return ground(1000.0 + np.clip(300.0 - 30.0 * away, 0.0, None))


def test_a_ridge_hides_what_lies_behind_it_and_a_tower_looks_over():
    lat, west, east = NORTH - 0.05, WEST + 90 * STEP, WEST + 150 * STEP
    seen = view(ridge(), Points.of(west, lat, [2.0, 2.0, 400.0]), Points.of(east, lat, [2.0, 700.0, 300.0]))
    assert seen.visible.tolist() == [False, True, True]
    to_the_foot = float(distance_km(west, lat, WEST + 110 * STEP, lat)) * 1000.0
    assert to_the_foot - 50.0 < float(seen.hidden_at_m[0]) < to_the_foot + 900.0
    assert seen.hidden_at_m.mask.tolist() == [False, True, True]


def test_the_curve_of_the_earth_hides_the_foot_of_a_far_tower():
    lon, lat = WEST + 0.1, NORTH - 0.3
    far = destination(lon, lat, 90.0, 40.0)
    # over 40 km level ground hides all that is lower than (40 km - horizon of the eye)² (1 - k) / 2R
    horizon = np.sqrt(2 * EARTH_RADIUS_KM * 1000 * 10.0 / 0.87)
    hidden = float(rise_m(40_000.0 - horizon))
    seen = view(LEVEL, Points.of(lon, lat, 10.0), Points.of(*far, [hidden - 3.0, hidden + 3.0]))
    assert seen.visible.tolist() == [False, True]


@few
@given(st.tuples(LON, LAT, st.floats(2.0, 50.0)), st.tuples(LON, LAT, st.floats(2.0, 50.0)))
def test_sight_is_that_of_brute_force_and_the_same_from_both_ends(here, there):
    metres = float(distance_km(*here[:2], *there[:2])) * 1000.0
    assume(metres > 200.0)
    share = np.linspace(0.0, 1.0, 2000)[1:-1]
    between = destination(*here[:2], bearing_deg(*here[:2], *there[:2]), share * metres / 1000.0)
    ground_m, _ = HILLY.sample(*between)
    low, high = (float(HILLY.elevation_m(lon, lat)) + above_m for lon, lat, above_m in (here, there))
    bulge = 0.87 * share * (1 - share) * metres**2 / (2 * EARTH_RADIUS_KM * 1000)
    room = float(np.min(low + (high - low) * share - bulge - ground_m))
    # what nearly touches may go either way
    assume(abs(room) > 5.0)
    assert bool(view(HILLY, Points.of(*here), Points.of(*there)).visible[0]) == (room > 0)
    assert bool(view(HILLY, Points.of(*there), Points.of(*here)).visible[0]) == (room > 0)


def test_between_points_on_unknown_ground_sight_is_unknown():
    heights = np.full((60, 60), 1000.0)
    heights[:, 30:32] = NODATA
    lat = NORTH - 20 * STEP
    lon = [WEST + 10 * STEP, WEST + 10 * STEP, WEST + 30 * STEP]
    seen = view(
        ground(heights), Points.of(lon, lat, 5.0), Points.of(WEST + np.array([20, 50, 5]) * STEP, lat, 5.0)
    )
    assert seen.visible.mask.tolist() == [False, True, True]
    assert bool(seen.visible[0])
