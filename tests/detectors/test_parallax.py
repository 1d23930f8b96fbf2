import numpy as np
import pytest
from hills import NORTH, STEP, WEST, ground, hills, some
from hypothesis import given
from hypothesis import strategies as st

from detectors.geodesy import destination, distance_km
from detectors.parallax import corrected, drawn, shift_m, view_from

HIMAWARI = 140.7
XICHANG = (102.264, 27.894)
HIGH = hills(5, rows=600, columns=600, relief_m=500.0) + 800.0
MOUNTAINS = ground(HIGH)


@pytest.mark.parametrize(
    ("site", "satellite", "zenith", "azimuth", "shift"),
    [
        (XICHANG, 140.7, 53.1, (120.5, 0.0501), 1.33),
        ((101.01, 30.03), 140.7, 55.4, (121.1, 0.0501), 1.45),
        (XICHANG, 105.0, 32.7, (174.0, 0.501), 0.64),
        (XICHANG, 86.5, 36.9, (211.0, 0.501), 0.75),
        (XICHANG, 128.2, 43.3, (134.0, 0.501), 0.94),
    ],
)
def test_satellites_stand_over_sichuan_where_the_table_says(site, satellite, zenith, azimuth, shift):
    seen = view_from(*site, satellite)
    assert float(seen.zenith_deg) == pytest.approx(zenith, abs=0.0501)
    assert float(seen.azimuth_deg) == pytest.approx(azimuth[0], abs=azimuth[1])
    assert float(shift_m(seen.zenith_deg, 1000.0)) / 1000.0 == pytest.approx(shift, abs=0.00501)


def test_a_fire_in_muli_at_3800_m_is_drawn_five_kilometres_to_the_north_west():
    there = drawn(101.2, 28.3, 3800.0, HIMAWARI)
    assert float(distance_km(101.2, 28.3, *there)) == pytest.approx(5.3, abs=0.3)
    assert float(there[0]) < 101.2
    assert float(there[1]) > 28.3


def test_a_satellite_below_the_horizon_sees_nothing():
    with pytest.raises(ValueError, match=r"not in sight of the satellite at 140\.7"):
        view_from(-60.0, 0.0, HIMAWARI)


@some
@given(st.floats(WEST + 0.15, WEST + 0.4), st.floats(NORTH - 0.4, NORTH - 0.15))
def test_what_is_drawn_is_brought_back_to_where_it_is_or_to_what_stands_before_it(lon, lat):
    height = float(MOUNTAINS.elevation_m(lon, lat))
    x, y, known = corrected(MOUNTAINS, *drawn(lon, lat, height, HIMAWARI), HIMAWARI)
    assert known[0]
    off_m = float(distance_km(lon, lat, x[0], y[0])) * 1000.0
    seen = view_from(lon, lat, HIMAWARI)
    # ground nearer to the satellite may stand in the line of sight: then that is what was seen
    steps = np.arange(50.0, 20_000.0, 20.0)
    above = height + steps / np.tan(np.radians(float(seen.zenith_deg))) + steps**2 / 12_742_017.6
    before, there = MOUNTAINS.sample(*destination(lon, lat, seen.azimuth_deg, steps / 1000.0))
    if np.min(np.where(there, above - before, np.inf)) > 30.0:
        assert off_m < 60.0
    else:
        assert float(distance_km(x[0], y[0], *destination(lon, lat, seen.azimuth_deg, off_m / 1000))) < 0.1


@some
@given(st.floats(WEST + 0.2, WEST + 0.3), st.floats(NORTH - 0.3, NORTH - 0.2), st.integers(0, 50))
def test_on_level_ground_the_correction_is_height_times_the_tangent(lon, lat, hundreds):
    level = ground(np.full((500, 500), 100.0 * hundreds))
    x, y, known = corrected(level, lon, lat, HIMAWARI)
    shift = float(shift_m(view_from(lon, lat, HIMAWARI).zenith_deg, 100.0 * hundreds))
    assert known[0]
    assert float(distance_km(lon, lat, x[0], y[0])) * 1000.0 == pytest.approx(shift, abs=15.0)


def test_where_the_ground_is_not_known_a_place_stays_as_it_was_drawn():
    x, y, known = corrected(MOUNTAINS, [90.0, WEST + 0.3], [30.0, NORTH - 0.3], HIMAWARI)
    assert known.tolist() == [False, True]
    assert (x[0], y[0]) == (90.0, 30.0)
    assert x[1] != WEST + 0.3


def test_a_steep_face_is_found_where_rounds_of_looking_up_the_height_would_not_settle():
    heights = np.where(np.arange(300)[None, :] * STEP < 0.12, 1000.0, 4000.0) * np.ones((300, 1))
    face = ground(heights)
    x, y, known = corrected(face, WEST + 0.10, NORTH - 0.12, HIMAWARI)
    height = float(face.elevation_m(x, y)[0])
    assert known[0]
    # the line of sight through the drawn place has just this height there
    assert float(distance_km(WEST + 0.10, NORTH - 0.12, x[0], y[0])) * 1000.0 == pytest.approx(
        float(shift_m(view_from(WEST + 0.10, NORTH - 0.12, HIMAWARI).zenith_deg, height)), abs=25.0
    )
