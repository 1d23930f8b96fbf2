import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from region_map import STEP, footprints, island, mesh, on_grid, sheet_of

from detectors.region.footprint import circles, cones, ellipses, pixels
from detectors.region.prepared import Prepared
from detectors.region.touching import shares, touched

SHAPES = [*mesh(), island()]
SHEET = sheet_of(SHAPES)
VERTICES = shapely.get_coordinates(SHAPES)


def by_shapely(shapes, given):
    piece, row = shapely.STRtree(shapes).query(shapely.polygons(given.rings()), predicate="intersects")
    return np.unique(given.owner[piece] * len(shapes) + row)


def test_a_hundred_thousand_footprints_touch_what_shapely_says():
    for name, some in footprints(100_000, 5).items():
        at, row = touched(SHEET, some)
        assert np.array_equal(at * len(SHAPES) + row, by_shapely(SHAPES, some)), name


def test_shares_are_those_of_shapely():
    for name, some in footprints(6_000, 6).items():
        told = shares(SHEET, some)
        assert np.array_equal(told.at * len(SHAPES) + told.row, by_shapely(SHAPES, some)), name
        rings = shapely.polygons(some.rings())
        area = np.bincount(some.owner, shapely.area(rings))
        pair, piece = np.nonzero(told.at[:, None] == some.owner) if name == "cones" else (told.at, told.at)
        if name != "cones":
            pair = np.arange(len(told.at))
        common = shapely.area(
            shapely.intersection(rings[piece], np.array(SHAPES, dtype=object)[told.row[pair]])
        )
        true = np.bincount(pair, common, minlength=len(told.at)) / area[told.at]
        assert np.abs(told.share - true).max() < 1e-8, name
        centre = shapely.points(some.x * STEP, some.y * STEP)
        held = shapely.intersects(centre[told.at], np.array(SHAPES, dtype=object)[told.row])
        assert (held != told.held).sum() <= len(held) * 1e-4, name


def test_prepared_shapes_answer_the_same():
    prepared = Prepared.of(SHEET)
    for some in (*footprints(6_000, 8).values(), circles(*VERTICES[:400].T, 50.0), circles(180, 0, 9.0)):
        one, other = shares(SHEET, some), prepared.shares(some)
        assert np.array_equal(one.at, other.at)
        assert np.array_equal(one.row, other.row)
        assert np.array_equal(one.held, other.held)
        assert one.share == pytest.approx(other.share, abs=1e-12)
        assert one.probability == pytest.approx(other.probability, abs=1e-12)


def test_a_mesh_shares_out_the_whole_footprint_and_all_its_probability():
    cells = sheet_of([shapely.box(x, y, x + 1, y + 1) for x in range(-2, 2) for y in range(-2, 2)])
    spread = np.array([0.0, 0.3, -0.7, 1e-9])
    for some in (
        pixels(spread, 0 * spread, 60, 30, 20.0),
        circles(spread, spread, 50_000.0),
        ellipses(spread, spread, 60_000.0, 5.0, 33.0),
        cones(spread, spread, 45.0, 180.0, 0.0, 70_000.0),
    ):
        told = shares(cells, some)
        assert np.bincount(told.at, told.share) == pytest.approx(1.0, abs=1e-9)
        assert np.bincount(told.at, told.probability) == pytest.approx(1.0, abs=1e-5)


def mass_by_brute_force(shape, some):
    """Probability that a normal position, cut off at two standard errors, lies in the shape (by cells)."""
    axis = (np.arange(2000) + 0.5) / 500 - 2
    u, v = np.meshgrid(axis, axis)
    inside = u * u + v * v <= 4
    u, v = u[inside], v[inside]
    weight = np.exp(-(u * u + v * v) / 2)
    steps = np.linalg.inv(some.errors[0]) @ np.stack([u, v])
    spot = (steps + np.array([[some.x[0]], [some.y[0]]])) * STEP
    return weight[shapely.intersects_xy(shape, *spot)].sum() / weight.sum()


@pytest.mark.parametrize(
    ("shape", "spot"),
    [
        (shapely.box(0, -1, 1, 1), (0.001, 0.0)),
        (shapely.box(0, -1, 1, 1), (-0.00001, 0.0)),
        (shapely.box(0, -1, 1, 1), (0.0, 0.0)),
        (shapely.box(0, 0, 1, 1), (0.0, 0.0)),
        (shapely.box(-0.002, -0.002, 0.003, 0.001), (0.0005, 0.0005)),
        (shapely.Point(0, 0).buffer(0.01).difference(shapely.Point(0, 0).buffer(0.003)), (0.0, 0.001)),
    ],
)
def test_the_mass_of_a_circle_and_an_ellipse_is_that_of_the_normal_distribution(shape, spot):
    for some in (circles(*spot, 800.0), ellipses(*spot, 900.0, 200.0, 30.0)):
        told = shares(sheet_of([shape]), some)
        assert told.probability[0] == pytest.approx(mass_by_brute_force(on_grid(shape), some), abs=2e-3)


SMALL = st.integers(0, 4)
CELLS = st.sets(st.tuples(SMALL, SMALL), min_size=1, max_size=14)


@settings(max_examples=120, deadline=None)
@given(
    CELLS,
    st.lists(st.tuples(st.integers(-8, 58), st.integers(-8, 58)), min_size=1, max_size=6),
    st.floats(0.002, 0.5),
    st.sampled_from([0.0, 45.0, 90.0, 17.0]),
)
def test_nasty_shapes_are_touched_and_shared_as_shapely_says(cells, tenths, size_km, turn):
    # Squares of 20 m that touch in corners, with holes, and the needle that shapely allows beside them.
    squares = [shapely.box(x * 10, y * 10, x * 10 + 10, y * 10 + 10) for x, y in cells]
    needle = shapely.Polygon([(0, 0), (50, 1), (50, 2)])
    shapes = [
        on_grid(shapely.transform(one, lambda xy: xy * 2e-5 + [100.0, 30.0]))
        for one in (shapely.union_all(squares), needle)
    ]
    lon, lat = np.array(tenths).T * 2e-5 + np.array([[100.0], [30.0]])
    for some in (pixels(lon, lat, size_km, size_km / 2, turn), circles(lon, lat, size_km * 400)):
        told = shares(sheet_of(shapes), some)
        keys = told.at * 2 + told.row
        assert np.array_equal(keys, by_shapely(shapes, some))
        at, row = touched(sheet_of(shapes), some)
        assert np.array_equal(at * 2 + row, keys)
        rings = shapely.polygons(some.rings())
        both = shapely.area(shapely.intersection(rings[told.at], np.array(shapes)[told.row]))
        assert told.share == pytest.approx(both / shapely.area(rings[told.at]), abs=1e-6)


def test_a_footprint_across_the_180th_meridian_touches_and_shares_both_sides():
    sides = sheet_of([shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1)])
    for lon in (179.9995, -179.9995, 180.0):
        for some in (circles(lon, 0.0, 200.0), pixels(lon, 0.0, 0.4, 0.4), cones(lon, 0, 90, 180, 10, 300)):
            told = shares(sides, some)
            assert told.row.tolist() == [0, 1]
            assert touched(sides, some)[1].tolist() == [0, 1]
            assert told.share.sum() == pytest.approx(1.0, abs=1e-9)
            larger = 0 if lon == 179.9995 else 1
            assert lon == 180.0 or told.share[larger] > 0.5


def test_points_and_lines_are_touched_and_have_no_share():
    mixed = sheet_of([shapely.Point(0.001, 0), shapely.LineString([(-1, 0), (1, 0)]), shapely.Point(1, 1)])
    told = shares(mixed, circles(0.0, 0.0, 200.0))
    assert told.row.tolist() == [0, 1]
    assert told.share.tolist() == [0, 0]
    assert told.held.tolist() == [False, True]


def test_a_footprint_of_no_position_touches_nothing():
    assert shares(SHEET, circles([np.nan], [29.0], [100.0])).at.tolist() == []
    assert touched(SHEET, pixels([101.05], [np.nan], 1, 1))[0].tolist() == []
