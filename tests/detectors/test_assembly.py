"""What claims say together: where, how large, how outlined; the same in any order."""

import math
import random

import pytest
import shapely
from claimed import claim
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from detectors.assembly import assemble, centre, radius_m
from detectors.geodesy import KM_PER_DEGREE
from detectors.outline import UNION_MOST, area_ha, finest, footprint
from streams.tables import load_tables

TABLE = load_tables().evidence
SQUEEZE = math.cos(math.radians(28.0))


def east(km, lon=102.0):
    return lon + km / KM_PER_DEGREE / SQUEEZE


def person(minutes=0.0, lon=102.0, lat=28.0, **fields):
    return claim(minutes, lon, lat, look="12119", kind="public", **fields)


def test_a_lone_pixel_covers_what_its_sides_say():
    found = assemble(TABLE, [claim(scan=0.5)])
    assert found.area_ha == 25.0
    assert found.spread_ha == 0.0
    assert found.footprint["type"] == "Polygon"
    outline = shape(found.footprint)
    assert outline.area * KM_PER_DEGREE**2 * SQUEEZE * 100 == pytest.approx(25.0, rel=0.01)


@pytest.mark.parametrize(
    ("km", "expected"), [(0.0, 100.0), (0.5, 150.0), (1.0, 200.0), (3.0, 200.0)], ids="{}".format
)
def test_the_area_of_two_pixels_is_that_of_their_union(km, expected):
    pair = [claim(scan=1.0), claim(lon=east(km), look="NPP/VIIRS", scan=1.0)]
    assert assemble(TABLE, pair).area_ha == pytest.approx(expected, abs=0.2)


def test_persons_have_no_area_and_unknown_is_not_zero():
    found = assemble(TABLE, [person(), person(5.0, east(1.0))])
    assert found.area_ha is None
    assert found.frp_mw is None
    assert found.spread_ha == 0.0
    assert shape(found.footprint).is_valid


def test_a_person_beside_a_pixel_widens_the_footprint_and_not_the_area():
    alone, both = assemble(TABLE, [claim()]), assemble(TABLE, [claim(), person(5.0, east(2.0))])
    assert both.area_ha == alone.area_ha
    assert shape(both.footprint).area > shape(alone.footprint).area
    assert both.source_classes == ("public", "satellite")


def test_the_same_pixel_seen_twice_covers_its_ground_once():
    twice = [claim(), claim(720.0)]
    assert assemble(TABLE, twice).area_ha == assemble(TABLE, twice[:1]).area_ha


def test_a_coarse_pixel_over_a_fine_one_says_nothing_more_about_where():
    fine, coarse = claim(scan=0.4), claim(look="AHI", scan=2.0)
    assert finest([fine, coarse]) == [fine]
    assert assemble(TABLE, [fine, coarse]).area_ha == 16.0


def test_a_coarse_pixel_that_meets_no_fine_one_stays():
    fine, far = claim(scan=0.4), claim(lon=east(1.3), look="AHI", scan=2.0)
    assert finest([fine, far]) == [fine, far]
    meets = claim(lon=east(1.1), look="AHI", scan=2.0)
    assert finest([fine, meets]) == [fine]


def test_up_to_four_times_the_finest_area_is_not_coarse():
    fine, twice_as_wide = claim(scan=0.4), claim(look="AHI", scan=0.8)
    assert finest([fine, twice_as_wide]) == [fine, twice_as_wide]


def test_the_date_line_is_no_seam_in_area_centre_or_radius():
    here = [claim(lon=102.0 + d, lat=0.0, look=f"s{d}", scan=1.0) for d in (-0.004, 0.004)]
    there = [claim(lon=lon, lat=0.0, look=f"s{lon}", scan=1.0) for lon in (179.996, -179.996)]
    west, line = assemble(TABLE, here), assemble(TABLE, there)
    assert line.area_ha == pytest.approx(west.area_ha, abs=0.1)
    assert abs(line.longitude) == 180.0
    assert line.radius_m == pytest.approx(west.radius_m, abs=1.0)


def test_a_footprint_over_the_date_line_is_cut_in_two():
    for lon in (179.999, -179.999):
        found = assemble(TABLE, [claim(lon=lon, lat=51.0, scan=1.0)])
        assert found.footprint["type"] == "MultiPolygon"
        west, _, east_edge, _ = shape(found.footprint).bounds
        assert (west, east_edge) == (-180.0, 180.0)


def test_the_centre_leans_to_the_surer_place():
    sure, vague = claim(sigma_km=0.1), person(0.0, 102.1, sigma_km=0.3)
    assert centre([sure, vague]) == pytest.approx((102.01, 28.0))


def test_the_radius_holds_every_place():
    pair = [claim(scan=1.0), claim(lon=east(4.0), look="NPP/VIIRS", scan=1.0)]
    lon, lat = centre(pair)
    assert radius_m(pair, lon, lat) == pytest.approx(2000 + 1000 / math.sqrt(2), abs=5)


def test_very_many_pixels_are_outlined_by_their_hull():
    dice = random.Random(1)
    many = [claim(lon=102 + dice.random(), lat=28 + dice.random()) for _ in range(UNION_MOST + 1)]
    hull = footprint(many)
    assert hull.equals(shapely.convex_hull(hull))
    assert all(hull.covers(shapely.Point(one.longitude, one.latitude)) for one in many)
    assert area_ha(hull, 28.5) > 1e5


PLACES = st.tuples(st.integers(-6, 6), st.integers(-6, 6))
CORNERS = st.sampled_from([(102.0, 28.0), (180.0, 51.0), (-180.0, -16.5), (25.0, 70.0)])


@st.composite
def fires(draw):
    lon, lat = draw(CORNERS)
    found = []
    for number, (x, y) in enumerate(draw(st.lists(PLACES, min_size=1, max_size=8))):
        at = ((lon + x * 0.006 + 180) % 360 - 180, lat + y * 0.005)
        minutes = draw(st.integers(0, 600))
        if draw(st.integers(0, 4)) == 0:
            found.append(person(minutes + number / 10, *at))
        else:
            look, scan = draw(st.sampled_from([("N20/VIIRS", 0.4), ("Aqua/MODIS", 1.1), ("AHI", 2.0)]))
            found.append(claim(minutes + number / 10, *at, look=look, scan=scan))
    return found


@given(fires(), st.data())
@settings(max_examples=200, deadline=None)
def test_in_any_order_claims_say_the_same(claims, data):
    shuffled = data.draw(st.permutations(claims))
    assert assemble(TABLE, shuffled) == assemble(TABLE, claims)


@given(fires())
@settings(max_examples=200, deadline=None)
def test_every_footprint_is_valid_geojson_within_the_map(claims):
    found = assemble(TABLE, claims)
    outline = shape(found.footprint)
    assert outline.is_valid
    assert outline.geom_type in {"Polygon", "MultiPolygon"}
    west, south, east_edge, north = outline.bounds
    assert -180 <= west <= east_edge <= 180
    assert -90 <= south <= north <= 90
    for part in getattr(outline, "geoms", [outline]):
        assert part.exterior.is_ccw
        assert not any(hole.is_ccw for hole in part.interiors)
        assert part.exterior.coords[0] == part.exterior.coords[-1]
    assert (found.area_ha is None) == all(one.scan_km == 0 for one in claims)


@given(fires())
@settings(max_examples=200, deadline=None)
def test_one_more_claim_never_makes_the_footprint_of_equal_pixels_smaller(claims):
    pixels = [one for one in claims if one.look == "N20/VIIRS"]
    if len(pixels) > 1:
        assert assemble(TABLE, pixels).area_ha >= assemble(TABLE, pixels[:-1]).area_ha - 0.2
