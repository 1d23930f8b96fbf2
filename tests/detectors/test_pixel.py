import doctest

import numpy as np
import pyproj
import pytest
from hills import some
from hypothesis import given
from hypothesis import strategies as st

from detectors import parallax, pixel
from detectors.geodesy import bearing_deg, distance_km
from detectors.pixel import MODIS, VIIRS_I, error_km, scan_angle_deg, scanned_km, stared_km
from detectors.region.footprint import pixels

MODIS_TABLE = [
    (1, 0.0, 0.0, 1.00, 1.00),
    (224, 18.2, 20.3, 1.13, 1.06),
    (424, 34.4, 38.9, 1.60, 1.25),
    (524, 42.5, 48.7, 2.16, 1.43),
    (624, 50.7, 59.2, 3.39, 1.74),
    (677, 55.0, 65.4, 4.82, 2.00),
]
VIIRS_TABLE = [
    (0, 0.0, 0.0, 0.384, 0.361),
    (800, 21.4, 24.3, 0.457, 0.392),
    (1183, 31.6, 36.3, 0.574, 0.435),
    (1185, 31.6, 36.3, 0.383, 0.435),
    (1919, 44.7, 52.6, 0.636, 0.545),
    (1921, 44.7, 52.6, 0.318, 0.545),
    (3199, 56.06, 69.5, 0.796, 0.784),
]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(pixel).failed == doctest.testmod(parallax).failed == 0


@pytest.mark.parametrize(("number", "angle", "zenith", "scan", "track"), MODIS_TABLE)
def test_a_modis_pixel_has_the_size_of_the_table(number, angle, zenith, scan, track):
    # the table counts the pixels beside nadir from one
    assert float(scan_angle_deg(MODIS, number - 1)[0]) == pytest.approx(angle, abs=0.0501)
    told = [float(part) for part in scanned_km(MODIS, number - 1)]
    assert told == pytest.approx([scan, track, told[2]], abs=0.00501)
    assert told[2] == pytest.approx(zenith, abs=0.0501)


@pytest.mark.parametrize(("sample", "angle", "zenith", "scan", "track"), VIIRS_TABLE)
def test_a_viirs_sample_has_the_size_of_the_table(sample, angle, zenith, scan, track):
    assert float(scan_angle_deg(VIIRS_I, sample)[0]) == pytest.approx(angle, abs=0.0501)
    told = [float(part) for part in scanned_km(VIIRS_I, sample)]
    assert told[:2] == pytest.approx([scan, track], abs=0.000501)
    assert told[2] == pytest.approx(zenith, abs=0.0501)


@given(st.sampled_from([MODIS, VIIRS_I]), st.integers(0, 3198))
def test_further_out_a_pixel_is_no_smaller_unless_fewer_readings_make_it(scanner, sample):
    sample = min(sample, scanner.zones[-1][0] - 2)
    (here, there), (_, _) = (scanned_km(scanner, [sample, sample + 1])[0], (0, 0))
    readings = scan_angle_deg(scanner, [sample, sample + 1])[1]
    assert there / readings[1] > here / readings[0]
    track = scanned_km(scanner, [sample, sample + 1])[1]
    assert track[1] > track[0]


@pytest.mark.parametrize(("scanner", "sample"), [(MODIS, 677), (VIIRS_I, 3200), (VIIRS_I, -1)])
def test_a_sample_beyond_the_swath_is_refused(scanner, sample):
    with pytest.raises(ValueError, match="on either side of nadir"):
        scanned_km(scanner, sample)


@pytest.mark.parametrize(
    ("lon", "lat", "satellite", "across", "along"),
    [
        (102.264, 27.894, 140.7, 2.1, 3.5),
        (101.01, 30.03, 140.7, 2.1, 3.8),
        (102.264, 27.894, 105.0, 2.05, 2.4),
        (102.264, 27.894, 86.5, 2.06, 2.6),
        (102.264, 27.894, 128.2, 2.1, 2.9),
    ],
)
def test_a_geostationary_pixel_over_sichuan_has_the_size_of_the_table(lon, lat, satellite, across, along):
    told = stared_km(lon, lat, satellite, 2.0)
    assert float(told[0]) == pytest.approx(across, abs=0.05)
    assert float(told[1]) == pytest.approx(along, abs=0.05)


@given(st.floats(90, 180), st.floats(-50, 50))
def test_a_geostationary_pixel_is_never_smaller_than_straight_below(lon, lat):
    across, along, azimuth = stared_km(lon, lat, 140.7, 2.0)
    assert 2.0 - 1e-9 <= float(across) <= float(along) + 1e-12
    assert 0.0 <= float(azimuth) < 360.0 + 1e-9


@pytest.mark.parametrize(
    ("sides", "errors"),
    [
        ((0.384, 0.361), (0.11, 0.10)),
        ((0.796, 0.784), (0.23, 0.23)),
        ((1.0, 1.0), (0.29, 0.29)),
        ((4.82, 2.00), (1.39, 0.58)),
    ],
)
def test_the_error_of_a_place_in_a_pixel_is_that_of_the_table(sides, errors):
    assert np.allclose(error_km(sides, 0.0), errors, atol=0.00501)
    assert (error_km(sides, 0.07) > error_km(sides, 0.0)).all()


@some
@given(st.floats(-180, 180), st.floats(-60, 60), st.integers(0, 3199), st.floats(0, 359))
def test_the_footprint_of_a_sample_has_the_area_of_its_sides_wherever_and_however_it_lies(
    lon, lat, sample, azimuth
):
    scan, track, _ = scanned_km(VIIRS_I, sample)
    (ring,) = pixels(lon, lat, scan, track, azimuth).rings()
    area_m2 = abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(*ring.T)[0])
    assert area_m2 / 1e6 == pytest.approx(float(scan * track), rel=0.01)


def test_a_geostationary_footprint_is_long_in_the_direction_of_the_view():
    across, along, azimuth = stared_km(102.264, 27.894, 140.7, 2.0)
    (ring,) = pixels(102.264, 27.894, across, along, azimuth).rings()
    far = np.argmax(distance_km(102.264, 27.894, *ring.T))
    away = float(bearing_deg(102.264, 27.894, *ring[far]))
    assert abs((away - float(azimuth) + 90) % 180 - 90) == pytest.approx(
        np.degrees(np.arctan(across / along)), abs=0.5
    )
