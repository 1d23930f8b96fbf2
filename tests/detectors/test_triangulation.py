import doctest
import itertools

import msgspec
import numpy as np
import pytest
from hills import few, some
from hypothesis import assume, given
from hypothesis import strategies as st

from detectors import triangulation
from detectors.geodesy import bearing_deg, destination, distance_km
from detectors.triangulation import Bearing, Crossing, Limits, Refusal, chi_square_99, crossing, one_a_mast

FIRE = (102.2, 28.0)
SIGMA = st.floats(0.2, 3.0)
AWAY = st.tuples(st.floats(0, 359), st.floats(2, 30), SIGMA)


def towards(lon, lat, azimuth, km, sigma=1.0, *, off=0.0):
    """A bearing to a fire from a station that lies from it in this direction, `off` degrees wrong."""
    at = [float(part) for part in destination(lon, lat, azimuth, km)]
    seen = (float(bearing_deg(*at, lon, lat)) + off) % 360.0
    return Bearing(longitude=at[0], latitude=at[1], azimuth_deg=seen, sigma_deg=sigma)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(triangulation).failed == 0


def test_the_error_across_grows_with_the_distance_as_the_table_says():
    assert [round(float(np.radians(1.0)) * km * 1000) for km in (5, 10, 20, 30)] == [87, 175, 349, 524]


@pytest.mark.parametrize(
    ("baseline", "away", "angle", "minor", "major"),
    [(5, 10, 28, 131, 525), (10, 10, 53, 154, 309), (10, 20, 28, 262, 1049), (20, 10, 90, 247, 247)],
)
def test_two_cameras_cross_with_the_ellipse_of_the_table(baseline, away, angle, minor, major):
    half, km = np.degrees(np.arctan(baseline / 2 / away)), np.hypot(away, baseline / 2)
    pair = tuple(towards(*FIRE, 180.0 + turn, km) for turn in (-half, half))
    told = crossing(pair)
    assert isinstance(told, Crossing)
    assert told.crossing_deg == pytest.approx(angle, abs=0.2)
    assert (told.semi_minor_m, told.semi_major_m) == pytest.approx((minor, major), abs=0.6)
    assert (told.longitude, told.latitude) == pytest.approx(FIRE, abs=1e-7)


@some
@given(st.floats(-180, 180), st.floats(-60, 60), st.lists(AWAY, min_size=2, max_size=6))
def test_true_bearings_cross_at_the_fire_wherever_it_is(lon, lat, stations):
    told = crossing(tuple(towards(lon, lat, *one) for one in stations))
    assume(isinstance(told, Crossing))
    assert float(distance_km(lon, lat, told.longitude, told.latitude)) < 0.001
    assert told.semi_minor_m <= told.semi_major_m
    assert told.chi_square < 1e-6


def misfit(bearings, lon, lat):
    """Sum of squares of what is left of the bearings at many places, by brute force."""
    total = 0.0
    for one in bearings:
        seen = bearing_deg(one.longitude, one.latitude, lon, lat)
        total += (((one.azimuth_deg - seen + 180) % 360 - 180) / one.sigma_deg) ** 2
    return total


@few
@given(st.lists(st.tuples(AWAY, st.floats(-1.5, 1.5)), min_size=2, max_size=5))
def test_no_place_about_the_crossing_fits_better(stations):
    bearings = tuple(towards(*FIRE, *one, off=off * one[2]) for one, off in stations)
    told = crossing(bearings)
    assume(isinstance(told, Crossing))
    turns, away = np.meshgrid(np.arange(0, 360, 15), np.array([0.02, 0.1, 0.3]) * told.semi_minor_m)
    lon, lat = destination(told.longitude, told.latitude, turns, away / 1000.0)
    kept = one_a_mast(bearings, 100.0)
    assert misfit(kept, lon, lat).min() >= float(misfit(kept, told.longitude, told.latitude)) - 1e-6


def test_the_ellipse_holds_as_many_fixes_as_a_normal_error_should():
    dice, hits, far = np.random.default_rng(5), 0, []
    stations = [(200.0, 8.0, 1.0), (100.0, 12.0, 0.5), (150.0, 6.0, 2.0)]
    true = crossing(tuple(towards(*FIRE, *one) for one in stations))
    for _ in range(250):
        told = crossing(tuple(towards(*FIRE, *one, off=dice.normal(0, one[2])) for one in stations))
        assert isinstance(told, Crossing) or told.why == "contradictory"
        if isinstance(told, Crossing):
            away = float(distance_km(told.longitude, told.latitude, *FIRE)) * 1000.0
            turn = np.radians(float(bearing_deg(*FIRE, told.longitude, told.latitude)) - true.azimuth_deg)
            square = (away * np.cos(turn) / true.semi_major_m) ** 2 + (
                away * np.sin(turn) / true.semi_minor_m
            ) ** 2
            hits += square < 1.0
            far.append(square)
    # of two-dimensional normal errors 39.3 % lie in the ellipse of one standard error
    assert 0.32 < hits / len(far) < 0.47


def area(told):
    return told.semi_major_m * told.semi_minor_m


@some
@given(st.lists(AWAY, min_size=2, max_size=4), AWAY)
def test_one_more_bearing_never_widens_the_ellipse(stations, more):
    before, after = (tuple(towards(*FIRE, *one) for one in many) for many in (stations, [*stations, more]))
    assume(set(one_a_mast(before, 100.0)) < set(one_a_mast(after, 100.0)))  # else it stands in for another
    few, many = crossing(before), crossing(after)
    assume(isinstance(few, Crossing) and isinstance(many, Crossing))
    assert area(many) <= area(few) * (1 + 1e-6)
    assert many.semi_major_m <= few.semi_major_m * (1 + 1e-6)


@some
@given(st.lists(AWAY, min_size=2, max_size=4), st.floats(0.3, 1.0))
def test_closer_stations_never_widen_the_ellipse(stations, share):
    every = Limits(least_baseline_m=0.0, least_crossing_deg=1.0)
    far = crossing(tuple(towards(*FIRE, *one) for one in stations), every)
    near = crossing(tuple(towards(*FIRE, one[0], one[1] * share, one[2]) for one in stations), every)
    assume(isinstance(far, Crossing) and isinstance(near, Crossing))
    assert area(near) <= area(far) * (1 + 1e-3)


@some
@given(st.lists(AWAY, min_size=2, max_size=4), st.floats(-60, 60))
def test_moving_everything_moves_the_crossing(stations, east):
    here = crossing(tuple(towards(*FIRE, *one) for one in stations))
    there = crossing(tuple(towards(FIRE[0] + east, FIRE[1], *one) for one in stations))
    assert type(here) is type(there)
    if isinstance(here, Crossing):
        assert (there.longitude, there.latitude) == pytest.approx((FIRE[0] + east, FIRE[1]), abs=1e-6)
        assert area(there) == pytest.approx(area(here), rel=1e-6)


def test_neither_order_nor_repetition_changes_anything():
    three = [towards(*FIRE, *one) for one in ((200.0, 8.0, 1.0), (100.0, 12.0, 0.5), (150.0, 6.0, 2.0))]
    answers = {crossing((*order, order[0])) for order in itertools.permutations(three)}
    assert len(answers) == 1


BEHIND = tuple(
    msgspec.structs.replace(one, azimuth_deg=(one.azimuth_deg + 180.0) % 360.0)
    for one in (towards(*FIRE, 150.0, 10.0), towards(*FIRE, 210.0, 10.0))
)
ONE_BEHIND = (towards(*FIRE, 150.0, 10.0), BEHIND[1])
THREE = tuple(
    towards(*FIRE, azimuth, 10.0, off=off) for azimuth, off in ((0.0, 0.0), (120.0, 0.0), (240.0, 9.0))
)


@pytest.mark.parametrize(
    ("bearings", "code"),
    [
        ((), "too_few"),
        ((towards(*FIRE, 0.0, 5.0),) * 3, "too_few"),
        ((towards(*FIRE, 180.0, 10.0), towards(*FIRE, 180.2, 10.0)), "one_mast"),
        ((towards(*FIRE, 180.0, 10.0), towards(*FIRE, 190.0, 10.0)), "narrow_crossing"),
        ((towards(*FIRE, 180.0, 10.0), towards(*FIRE, 180.0, 20.0)), "narrow_crossing"),
        ((towards(*FIRE, 180.0, 10.0), towards(*FIRE, 0.0, 20.0)), "narrow_crossing"),
        (BEHIND, "behind_station"),
        (ONE_BEHIND, "behind_station"),
        ((towards(*FIRE, 180.0, 10.0), towards(*FIRE, 90.0, 0.12)), "at_station"),
        ((towards(*FIRE, 180.0, 70.0), towards(*FIRE, 90.0, 30.0)), "too_far"),
        (THREE, "contradictory"),
    ],
)
def test_bearings_that_give_no_place_are_refused_with_the_reason(bearings, code):
    told = crossing(bearings)
    assert isinstance(told, Refusal)
    assert told.why == code


def test_of_two_cameras_on_one_mast_only_the_sharper_counts():
    mast, twin = towards(*FIRE, 180.0, 10.0, 2.0), towards(*FIRE, 180.0, 10.02, 1.0)
    other = towards(*FIRE, 250.0, 10.0)
    assert crossing((mast, twin, other)) == crossing((twin, other))


def test_limits_can_be_set():
    pair = (towards(*FIRE, 180.0, 10.0), towards(*FIRE, 190.0, 10.0))
    assert isinstance(crossing(pair, Limits(least_crossing_deg=5.0)), Crossing)


@some
@given(
    st.lists(
        st.builds(
            Bearing,
            longitude=st.floats(-180, 180),
            latitude=st.floats(-90, 90),
            azimuth_deg=st.floats(0, 359.9),
            sigma_deg=SIGMA,
        ),
        max_size=4,
    )
)
def test_no_bearings_whatever_break_it(bearings):
    told = crossing(tuple(bearings))
    if isinstance(told, Crossing):
        assert np.isfinite(msgspec.structs.astuple(told)).all()


def test_the_limit_of_contradiction_is_that_of_the_tables():
    table = [6.63, 9.21, 11.34, 13.28, 15.09, 16.81, 18.48, 20.09, 21.67, 23.21]
    assert [chi_square_99(freedom) for freedom in range(1, 11)] == pytest.approx(table, rel=0.01)
