import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from region_map import SOUTH, WEST, sheet_of, spots

from detectors.region.nearest import nearest, within

EARTH = pyproj.Geod(ellps="WGS84")
RNG = np.random.default_rng(9)
TOWNS = RNG.uniform((WEST, SOUTH), (WEST + 1, SOUTH + 1), (800, 2))


def test_the_nearest_point_its_distance_and_bearing_are_those_on_the_ellipsoid():
    sheet = sheet_of(shapely.points(TOWNS))
    asked = RNG.uniform((WEST, SOUTH), (WEST + 1, SOUTH + 1), (300, 2))
    found = nearest(sheet, asked[:, 0], asked[:, 1], 20_000.0)
    assert found.at.tolist() == list(range(300))
    for at, row, distance_m, bearing in zip(
        found.at, found.row, found.distance_m, found.bearing_deg, strict=True
    ):
        many = np.broadcast_to(asked[at], TOWNS.shape)
        azimuth, _, gap = EARTH.inv(*many.T, *TOWNS.T)
        assert row == gap.argmin()
        assert distance_m == pytest.approx(gap[row], rel=3e-3)
        assert distance_m == pytest.approx(gap[row], rel=1e-4, abs=0.1)
        assert abs((bearing - azimuth[row] + 180) % 360 - 180) < 0.05 + 2.0 / gap[row]


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-60, 60),
    st.floats(-179.9, 179.9),
    st.floats(1, 99_000),
    st.floats(0, 360),
    st.integers(1, 3000),
)
def test_distance_to_a_line_square_to_the_bearing_is_that_to_where_they_cross(
    lat, lon, away_m, azimuth, half_m
):
    foot = EARTH.fwd(lon, lat, azimuth, away_m)[:2]
    ends = [EARTH.fwd(*foot, azimuth + side, half_m)[:2] for side in (-90, 90)]
    if abs(ends[0][0]) > 179.99 or abs(ends[1][0]) > 179.99 or abs(ends[0][0] - ends[1][0]) > 180:
        return
    found = within(sheet_of([shapely.LineString(ends)]), lon, lat, 100_000.0)
    # straight in degrees is not the geodesic: up to 3000² tan 60° / 2R = 1.2 m aside
    assert found.distance_m[0] == pytest.approx(away_m, rel=3e-3, abs=1.5)


def test_inside_a_polygon_the_distance_is_nothing_and_beside_it_that_to_the_edge():
    square = shapely.box(101.4, 30.4, 101.6, 30.6)
    long = square.segmentize(0.001)
    for shape in (square, long, shapely.MultiPolygon([square, shapely.box(110, 30, 111, 31)])):
        found = within(sheet_of([shape]), [101.5, 101.62, 101.5], [30.5, 30.5, 30.7], 5_000.0)
        assert found.at.tolist() == [0, 1]
        assert found.distance_m[0] == 0
        assert found.distance_m[1] == pytest.approx(EARTH.inv(101.62, 30.5, 101.6, 30.5)[2], rel=1e-3)
        assert found.bearing_deg[1] == pytest.approx(270, abs=0.1)


def test_each_group_has_its_own_nearest():
    sheet = sheet_of(shapely.points([(0, 0), (0.01, 0), (0.02, 0), (0.5, 0)]))
    found = nearest(sheet, 0.011, 0.0, 3000.0, np.array([0, 1, 1, 1]))
    assert found.row.tolist() == [0, 1]
    assert nearest(sheet, np.nan, 0.0, 3000.0).at.tolist() == []


def test_the_180th_meridian_is_no_gap():
    sheet = sheet_of(shapely.points([(179.99, 0), (-179.99, 0)]))
    found = within(sheet, [180.0, -179.995, 179.995], [0, 0, 0], 3_000.0)
    assert sorted(zip(found.at.tolist(), found.row.tolist(), strict=True)) == [
        (at, row) for at in range(3) for row in range(2)
    ]
    assert found.distance_m[:2] == pytest.approx(EARTH.inv(180, 0, 179.99, 0)[2], rel=1e-3)


def test_many_lines_and_areas_agree_with_shapely_in_a_plane():
    lines = [shapely.LineString(RNG.uniform(0, 0.2, (40, 2))) for _ in range(30)]
    areas = [shapely.Point(spot).buffer(0.01, quad_segs=60) for spot in RNG.uniform(0, 0.2, (30, 2))]
    lon, lat = spots(400, 3)
    lon, lat = lon - WEST, lat - SOUTH
    found = within(sheet_of([*lines, *areas]), lon, lat, 4_000.0)
    # At the equator a degree is 111,320 m east and 110,574 m north.
    flat = [shapely.transform(one, lambda xy: xy * [111_319.5, 110_574.3]) for one in (*lines, *areas)]
    gaps = shapely.distance(
        shapely.points(lon * 111_319.5, lat * 110_574.3)[:, None], np.array(flat, dtype=object)
    )
    for at, row, gap in zip(found.at, found.row, found.distance_m, strict=True):
        assert gap == pytest.approx(gaps[at, row], rel=1e-3, abs=0.1)
    assert abs(len(found.at) - (gaps <= 4000).sum()) <= 0.005 * len(found.at)
