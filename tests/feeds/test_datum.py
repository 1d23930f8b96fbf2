"""GCJ-02 and BD-09 against published points; the way back loses nothing that matters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import datum

POINTS = [
    # WGS 84 lat, lon, GCJ-02 lat, lon: the first is a test point of the public library eviltransform;
    # the others (Xichang, Chengdu, Yajiang, Maerkang, Panzhihua) are its formulas at six decimals.
    (39.911954, 116.377817, 39.913345455, 116.384047225),
    (27.8945, 102.2644, 27.891064, 102.265893),
    (30.66, 104.0633, 30.657576, 104.065803),
    (30.03, 101.01, 30.027304, 101.011544),
    (31.906, 102.206, 31.903776, 102.207675),
    (26.582, 101.718, 26.578431, 101.719574),
]


def metres(lon, lat, other_lon, other_lat):
    return np.hypot((lon - other_lon) * 111_320 * np.cos(np.radians(lat)), (lat - other_lat) * 110_900)


@pytest.mark.parametrize(("lat", "lon", "gcj_lat", "gcj_lon"), POINTS)
def test_gcj02_agrees_with_the_published_points(lat, lon, gcj_lat, gcj_lon):
    east, north = datum.to_gcj02(lon, lat)
    digits = 9 if lat == 39.911954 else 6
    assert (round(float(north), digits), round(float(east), digits)) == (gcj_lat, gcj_lon)
    back = datum.from_gcj02(gcj_lon, gcj_lat)
    assert metres(*back, lon, lat) < 0.1
    assert metres(*datum.to_wgs84("gcj02", gcj_lon, gcj_lat), lon, lat) < 0.1


@pytest.mark.parametrize(
    ("lat", "lon", "off_m"),
    [
        (27.8945, 102.2644, 409.8),
        (30.66, 104.0633, 360.9),
        (30.03, 101.01, 335.0),
        (31.906, 102.206, 293.8),
        (26.582, 101.718, 427.0),
    ],
)
def test_gcj02_is_as_far_off_as_published(lat, lon, off_m):
    assert metres(*datum.to_gcj02(lon, lat), lon, lat) == pytest.approx(off_m, abs=1.5)


@pytest.mark.parametrize(("lat", "lon", "gcj_lat", "gcj_lon"), POINTS)
def test_bd09_comes_back_through_the_published_points(lat, lon, gcj_lat, gcj_lon):
    # Baidu's own formulas, written the other way round: BD-09 straight from the published GCJ-02 point.
    turn = np.pi * 3000 / 180
    radius = np.hypot(gcj_lon, gcj_lat) + 0.00002 * np.sin(gcj_lat * turn)
    angle = np.arctan2(gcj_lat, gcj_lon) + 0.000003 * np.cos(gcj_lon * turn)
    bd_lon, bd_lat = radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
    assert metres(*datum.to_wgs84("bd09", bd_lon, bd_lat), lon, lat) < 0.1


@given(st.floats(73, 137), st.floats(2, 55))
def test_there_and_back_is_the_same_place(lon, lat):
    for there, back in ((datum.to_gcj02, datum.from_gcj02), (datum.to_bd09, datum.from_bd09)):
        assert metres(*back(*there(lon, lat)), lon, lat) < 0.001


def test_arrays_move_as_single_points_do():
    lon, lat = np.array([102.2644, 104.0633]), np.array([27.8945, 30.66])
    east, north = datum.to_gcj02(lon, lat)
    assert [float(e) for e in east] == [float(datum.to_gcj02(x, y)[0]) for x, y in zip(lon, lat, strict=True)]
    assert float(north[1]) == pytest.approx(30.657576, abs=1e-6)


def test_outside_china_nothing_moves():
    assert [float(v) for v in datum.to_gcj02(-64.9, 48.1)] == [-64.9, 48.1]


def test_bd09_lies_about_a_kilometre_off():
    assert 500 < metres(*datum.to_bd09(104.0633, 30.66), 104.0633, 30.66) < 1500


def test_cgcs2000_is_taken_as_wgs84_and_an_unknown_datum_is_an_error():
    assert datum.to_wgs84("cgcs2000", 102.0, 28.0) == (102.0, 28.0)
    assert datum.to_wgs84("gcj02", 102.265893, 27.891064) == pytest.approx((102.2644, 27.8945), abs=2e-6)
    with pytest.raises(KeyError):
        datum.to_wgs84("mars", 1.0, 1.0)
