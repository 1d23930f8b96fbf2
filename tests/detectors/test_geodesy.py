import doctest

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from detectors import geodesy
from detectors.geodesy import (
    EARTH_RADIUS_KM,
    bearing_deg,
    chord,
    circle_ring,
    cut_at_antimeridian,
    destination,
    distance_km,
    pixel_ring,
    positions,
    unit_vectors,
    wrap_longitude,
)

LON = st.floats(-180, 180)
LAT = st.floats(-89, 89)
SPHERE = pyproj.Geod(a=EARTH_RADIUS_KM * 1000, b=EARTH_RADIUS_KM * 1000)


def test_the_examples_in_the_docstrings_hold():
    outcome = doctest.testmod(geodesy)
    assert outcome.failed == 0
    assert outcome.attempted >= 6


@given(LON, LAT, LON, LAT)
def test_distance_is_that_of_an_independent_geodesic_on_the_same_sphere(lon1, lat1, lon2, lat2):
    _, _, metres = SPHERE.inv(lon1, lat1, lon2, lat2)
    assert float(distance_km(lon1, lat1, lon2, lat2)) == pytest.approx(metres / 1000, rel=1e-6, abs=1e-6)


@given(LON, LAT, st.floats(0, 359.9), st.floats(0.01, 5000))
def test_going_somewhere_and_looking_back_agree(lon, lat, bearing, km):
    there = destination(lon, lat, bearing, km)
    assert float(distance_km(lon, lat, *there)) == pytest.approx(km, rel=1e-6, abs=1e-6)
    assume(abs(float(there[1])) < 89.9)
    turn = (float(bearing_deg(lon, lat, *there)) - bearing + 180) % 360 - 180
    assert abs(turn) < 0.01
    assert -180 <= float(there[0]) <= 180


@given(LON, LAT, LON, LAT)
def test_the_chord_between_unit_vectors_is_the_distance(lon1, lat1, lon2, lat2):
    apart = np.linalg.norm(unit_vectors(lon1, lat1) - unit_vectors(lon2, lat2))
    assert apart == pytest.approx(float(chord(distance_km(lon1, lat1, lon2, lat2))), abs=1e-7)


@given(LON, LAT)
def test_a_position_comes_back_from_its_unit_vector(lon, lat):
    back = positions(unit_vectors(lon, lat) * 7.0)
    assert float(distance_km(lon, lat, *back)) < 1e-6


@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(0.1, 6), st.floats(0.1, 6))
def test_a_pixel_ring_has_the_size_it_was_given(lon, lat, scan, track):
    ring = pixel_ring(lon, lat, scan, track)
    (west, south), (east, _), (_, north) = ring[0], ring[1], ring[2]
    assert float(distance_km(west, lat, east, lat)) == pytest.approx(scan, rel=1e-3)
    assert float(distance_km(lon, south, lon, north)) == pytest.approx(track, rel=1e-6)
    assert shapely.Polygon(ring).exterior.is_ccw
    assert west < lon < east


@given(LON, st.floats(-80, 80), st.floats(0.01, 50), st.floats(0, 359), st.floats(0, 1))
def test_a_circle_ring_holds_its_circle_and_little_more(lon, lat, radius, bearing, share):
    ring = circle_ring(lon, lat, radius)
    there = destination(lon, lat, bearing, radius * share * 0.999)
    x = lon + (float(there[0]) - lon + 180) % 360 - 180
    assert shapely.Polygon(ring).buffer(1e-9).covers(shapely.Point(x, float(there[1])))
    assert float(distance_km(lon, lat, ring[:, 0], ring[:, 1]).max()) <= radius * 1.0087


def test_rings_come_in_any_shape_of_array():
    lon, lat = np.array([[10.0, 20.0, 30.0]] * 2), np.array([[1.0, 2.0, 3.0]] * 2)
    assert pixel_ring(lon, lat, 1.0, 1.0).shape == (2, 3, 5, 2)
    assert circle_ring(lon, lat, 1.0).shape == (2, 3, 25, 2)


@pytest.mark.parametrize("lon", [179.999, -179.999, 180.0, -180.0])
def test_a_pixel_across_the_180th_meridian_is_cut_in_two_and_keeps_its_area(lon):
    whole = shapely.Polygon(pixel_ring(lon, 10.0, 4.0, 2.0))
    cut = cut_at_antimeridian(whole)
    assert cut.geom_type == "MultiPolygon"
    assert cut.area == pytest.approx(whole.area)
    assert cut.bounds[0] >= -180
    assert cut.bounds[2] <= 180
    assert cut_at_antimeridian(cut).equals(cut)


@given(st.floats(-1000, 1000))
def test_wrapping_keeps_the_meridian(lon):
    wrapped = float(wrap_longitude(lon))
    assert -180 <= wrapped <= 180
    assert (wrapped - lon) % 360 == pytest.approx(0, abs=1e-9) or (wrapped - lon) % 360 == pytest.approx(360)
