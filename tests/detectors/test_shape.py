"""The shape of a fire: fields, head, growth and the bounds of its area, against figures made by hand."""

import math

import numpy as np
import pytest
import shapely
from claimed import claim
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.fire import Fire
from detectors.geodesy import KM_PER_DEGREE
from detectors.link import Node
from detectors.running import summed
from detectors.shape import Sketch, flattened, joined, shape_of, triangles_of
from schemas.codec import decode, encode
from schemas.shape import Shape
from streams.tables import load_tables

TABLE = load_tables().evidence


def pixel(minutes, east, north, **more):
    return claim(minutes, 102.0 + east / 98.18, 28.0 + north / 111.195, **more)


def fire_of(claims):
    first, *others = [Node(one) for one in claims]
    fire = Fire(first)
    for other in others:
        fire.absorb(Fire(other))
    return fire


def shape(claims):
    fire = fire_of(claims)
    return shape_of(fire, summed(TABLE, fire))


def block(minutes, columns, rows, *, east=0.0, north=0.0, step=0.4):
    return [pixel(minutes, east + step * i, north + step * j) for i in range(columns) for j in range(rows)]


def test_one_pixel_has_no_shape_and_two_span_no_ground():
    assert shape([pixel(0, 0, 0)]) is None
    two = shape([pixel(0, 0, 0), pixel(0, 0.4, 0)])
    assert (two.area_low_ha, two.area_high_ha, len(two.fields)) == (0.0, 32.0, 1)
    assert (two.growth_ha_h, two.head, two.perimeter) == (None, None, None)


def test_ground_between_neighbours_is_the_low_bound_and_what_all_pixels_enclose_the_high_one():
    found = shape(block(0, 3, 3))
    assert found.area_low_ha == pytest.approx(64.0, abs=0.2)
    assert found.area_high_ha == pytest.approx(144.0, abs=0.3)


def test_three_fields_are_told_the_largest_first_each_with_its_newest_pixel():
    claims = [*block(0, 3, 2), *block(0, 2, 2, east=2.2), *block(40, 2, 1, north=1.8)]
    fields = shape(claims).fields
    assert [field.pixels for field in fields] == [6, 4, 2]
    assert [(field.newest_at - claims[0].observed_at).total_seconds() / 60 for field in fields] == [0, 0, 40]
    assert shape([*claims, *block(5, 2, 1, north=1.0)]).fields[0].pixels == 10


def test_growth_is_new_ground_an_hour_and_the_head_lies_where_it_ran_furthest():
    found = shape([*block(0, 3, 3), pixel(120, 2.4, 0.4)])
    # the hull of 0.8 by 0.8 km grows by a triangle of 0.8 by 1.6 / 2 = 64 ha in two hours
    assert found.growth_ha_h == pytest.approx(32.0, abs=0.1)
    assert found.head.azimuth_deg == pytest.approx(90.0, abs=0.2)
    assert found.head.distance_km == pytest.approx(1.6, abs=0.01)


def test_what_burns_again_inside_grows_nothing_and_has_no_head():
    found = shape([*block(0, 3, 3), pixel(120, 0.5, 0.4)])
    assert (found.growth_ha_h, found.head) == (0.0, None)


def test_pixels_of_the_day_before_shape_it_no_more():
    assert shape([*block(0, 3, 3), pixel(25 * 60, 0.4, 0.4), pixel(25 * 60, 0.8, 0.4)]).fields[0].pixels == 2


def test_the_ellipse_lies_along_the_line_of_pixels():
    found = shape(
        [
            pixel(0, 0.4 * k * math.sin(math.radians(30)), 0.4 * k * math.cos(math.radians(30)))
            for k in range(9)
        ]
    )
    assert found.ellipse.azimuth_deg == pytest.approx(30.0, abs=0.3)
    # 0.4 km times the standard deviation of 0 to 8, and the error of one pixel, 0.2 km
    assert found.ellipse.semi_major_m == pytest.approx(1000 * math.hypot(0.4 * np.std(range(9)), 0.2), abs=3)
    assert found.ellipse.semi_minor_m == pytest.approx(200, abs=2)


def test_a_perimeter_covers_its_pixels_and_leaves_the_ground_between_fields_out():
    found = shape([*block(0, 4, 3), *block(0, 2, 2, east=3.4)])
    ground = shapely.geometry.shape(found.perimeter)
    assert ground.geom_type == "MultiPolygon"
    assert ground.contains(shapely.Point(102.0 + 0.6 / 98.18, 28.0 + 0.4 / 111.195))
    assert not ground.contains(shapely.Point(102.0 + 2.5 / 98.18, 28.0 + 0.4 / 111.195))


PLACES = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda at: (at[0] * 0.2, at[1] * 0.2))
SEEN = st.lists(st.tuples(st.sampled_from([0, 20, 90, 800]), PLACES), min_size=2, max_size=40, unique=True)


@given(SEEN, st.data())
@settings(max_examples=40, deadline=None)
def test_it_is_the_same_in_any_order_and_its_bounds_hold(seen, data):
    claims = [pixel(minutes, *at) for minutes, at in seen]
    found = shape(claims)
    assert decode(encode(found), Shape) == found
    assert shape(data.draw(st.permutations(claims))) == found
    assert 0.0 <= found.area_low_ha <= found.area_high_ha
    assert sum(field.pixels for field in found.fields) == len(claims)
    assert found.growth_ha_h is None or found.growth_ha_h >= 0.0
    assert found.ellipse.semi_minor_m <= found.ellipse.semi_major_m


@given(SEEN)
@settings(max_examples=40, deadline=None)
def test_fields_are_the_chains_of_pixels_within_two_sides(seen):
    claims = [pixel(minutes, *at) for minutes, at in seen]
    flat = flattened(claims)
    parts = [{k} for k in range(len(claims))]
    for i in range(len(claims)):
        for j in range(i):
            if math.hypot(flat.x[i] - flat.x[j], flat.y[i] - flat.y[j]) <= 0.8 * 1.001:
                one, two = (next(p for p in parts if k in p) for k in (i, j))
                if one is not two:
                    parts.remove(two)
                    one |= two
    assert sorted(field.pixels for field in shape(claims).fields) == sorted(map(len, parts))
    assert len(Sketch(tuple(claims), 1.0).rough().fields) == len(parts)


def test_triangles_are_those_whose_circle_is_small():
    found = triangles_of(np.array([0.0, 1.0, 0.0, 5.0]), np.array([0.0, 0.0, 1.0, 0.0]))
    assert shapely.area(found).sum() == pytest.approx(0.5)


def test_triangles_that_meet_leave_no_hole_without_width_between_them():
    east, north = 0.449 / 111.195 / math.cos(math.radians(-7.0551)), 0.449 / 111.195
    pixels = [
        claim(0, round(16.41 + i * east, 5), round(-7.0551 + j * north, 5), scan=0.449 * 0.995)
        for i in range(5)
        for j in range(5)
    ]
    found = shape(pixels).perimeter
    assert found["type"] == "Polygon"
    assert len(found["coordinates"]) == 1


def test_triangles_on_a_grid_that_cross_by_their_last_digit_are_joined_all_the_same():
    east = (476, 481, 494, 470, 465, 499, 492, 462, 466, 462, 443, 475, 475, 475, 518, 459)
    south = (296, 238, 270, 279, 277, 285, 265, 289, 273, 253, 293, 261, 251, 282, 274, 273)
    lon = np.array([round(-179 - one / 1000, 3) for one in east])
    lat = np.array([round(-2 - one / 1000, 3) for one in south])
    scale = np.array([KM_PER_DEGREE * math.cos(math.radians(lat[0])), KM_PER_DEGREE])
    flat = triangles_of((lon - lon[0]) * scale[0], (lat - lat[0]) * scale[1])
    ground = shapely.transform(flat, lambda at: at / scale + (lon[0], lat[0]))
    with pytest.raises(shapely.errors.GEOSException):
        shapely.coverage_union_all(ground)
    assert joined(ground).area == pytest.approx(shapely.area(ground).sum(), rel=1e-9)
