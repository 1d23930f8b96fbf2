import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from region_map import STEP, island, mesh, sheet_of, spots

from detectors.region.holding import holding

SHAPES = [*mesh(), island()]
SHEET = sheet_of(SHAPES)


def by_shapely(shapes, lon, lat):
    at, row = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
    order = np.lexsort((row, at))
    return at[order], row[order]


def test_a_hundred_thousand_positions_lie_where_shapely_says():
    lon, lat = spots(100_000, 1, SHAPES)
    at, row = holding(SHEET, lon, lat)
    true_at, true_row = by_shapely(SHAPES, lon, lat)
    assert np.array_equal(at, true_at)
    assert np.array_equal(row, true_row)
    held = np.bincount(at, minlength=len(lon))
    assert (held == 0).sum() > 10_000
    assert (held >= 4).sum() > 500


def test_a_border_of_two_stands_is_in_both_and_nothing_lies_between_them():
    lon, lat = spots(20_000, 2)
    centre = (abs(lon - 101.06) < 0.05) & (abs(lat - 29.06) < 0.05)
    whole = sheet_of([shapely.union_all(mesh())])
    inside = np.unique(holding(whole, lon[centre], lat[centre])[0])
    assert set(inside) == set(np.unique(holding(sheet_of(mesh()), lon[centre], lat[centre])[0]))


ORIGINS = [(0.0, 0.0), (-180.0, -90.0), (179.9999988, 89.9999988), (101.5, 28.25)]
SMALL = st.integers(0, 5)
CELLS = st.sets(st.tuples(SMALL, SMALL), min_size=1, max_size=20)
CORNER = st.tuples(st.integers(-1800, 1800), st.integers(-900, 900))
SPOTS = st.lists(st.tuples(st.integers(-1, 13), st.integers(-1, 13)), min_size=1, max_size=20)


@settings(max_examples=150, deadline=None)
@given(
    CELLS, SPOTS, st.sampled_from([(0.0, 0.0), (-180.0, -90.0), (179.9999988, 89.9999988), (101.5, 28.25)])
)
def test_shapes_of_touching_squares_with_holes_hold_what_shapely_says(cells, asked, origin):
    squares = [shapely.box(x * 2, y * 2, x * 2 + 2, y * 2 + 2) for x, y in cells]
    plain = shapely.union_all(squares)
    placed = sheet_of([shapely.transform(plain, lambda xy: np.round(xy * STEP + origin, 7))])
    lon, lat = np.array(asked).T * STEP + np.array(origin)[:, None]
    known = (abs(lon) <= 180 - STEP / 2) & (abs(lat) <= 90 + STEP / 2)
    at, _ = holding(placed, lon[known], lat[known].clip(-90, 90))
    expected = [
        plain.intersects(shapely.Point(spot)) for spot, there in zip(asked, known, strict=True) if there
    ]
    assert [n in set(at.tolist()) for n in range(int(known.sum()))] == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1800, 1800), st.integers(-900, 900)), min_size=3, max_size=8, unique=True)
)
def test_edges_across_half_the_earth_are_exact(corners):
    ring = shapely.Polygon(np.array(corners) / 10)
    if not ring.is_valid or ring.area == 0:
        return
    rng = np.random.default_rng(len(corners))
    between = rng.integers(-1800, 1801, (200, 2)) / [10, 20]
    asked = np.concatenate([between, np.array(corners) / 10])
    asked = asked[abs(asked[:, 0]) < 180]
    at, _ = holding(sheet_of([ring]), asked[:, 0], asked[:, 1])
    # The ring in tenths of a degree: shapely decides the same with small whole numbers.
    plain = shapely.Polygon(corners)
    tenths = np.round(asked * 20) / 2
    assert np.array_equal(np.isin(np.arange(len(asked)), at), shapely.intersects_xy(plain, *tenths.T))


def test_lines_and_points_hold_only_what_lies_on_them():
    mixed = sheet_of([shapely.LineString([(0, 0), (2, 2)]), shapely.Point(1, 1), shapely.box(5, 5, 6, 6)])
    at, row = holding(mixed, [1, 1.5, 1, 5.5], [1, 1.5, 1.0000001, 5.5])
    assert list(zip(at.tolist(), row.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (3, 2)]


def test_the_180th_meridian_is_one_line_and_a_pole_can_be_held():
    sides = sheet_of(
        [shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1), shapely.box(-180, 80, 180, 90)]
    )
    at, row = holding(sides, [180, -180, 540, 0, 180], [0, 0.5, 0, 90, 1.0000001])
    pairs = list(zip(at.tolist(), row.tolist(), strict=True))
    assert pairs == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (3, 2)]


@pytest.mark.parametrize("nowhere", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_nowhere(nowhere):
    at, _ = holding(sheet_of([shapely.box(-180, -90, 180, 90)]), [nowhere, 0, 0], [0, nowhere, 91])
    assert at.tolist() == []


def test_an_empty_sheet_holds_nothing():
    assert holding(sheet_of([]), [0.0], [0.0])[0].tolist() == []
