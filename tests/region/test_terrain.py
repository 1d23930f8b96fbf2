import numpy as np
import pytest
from hills import DEGREE_M, NORTH, STEP, WEST, few, ground, hills, nodes, some
from hypothesis import given
from hypothesis import strategies as st

from detectors.region.relief import NODATA, UNKNOWN_PEAK
from detectors.region.terrain import Terrain

HILLS = hills(1)
HILLY = ground(HILLS)
ROWS, COLUMNS = HILLS.shape
INSIDE = st.tuples(
    st.floats(WEST, WEST + (COLUMNS - 1) * STEP, exclude_max=True),
    st.floats(NORTH - (ROWS - 1) * STEP, NORTH, exclude_min=True),
)


def plane(east_grade, north_grade):
    """A plane that rises by so many whole metres a cell to the east and to the north."""
    row, column = np.mgrid[0:90, 0:90]
    return ground(4300.0 + east_grade * column - north_grade * row)


@some
@given(INSIDE)
def test_a_height_is_the_bilinear_one_of_the_four_nodes_about_it(position):
    lon, lat = position
    x, y = (lon - WEST) / STEP, (NORTH - lat) / STEP
    left, top = min(int(x), COLUMNS - 2), min(int(y), ROWS - 2)
    upper = np.interp(x, [left, left + 1], HILLS[top, left : left + 2])
    lower = np.interp(x, [left, left + 1], HILLS[top + 1, left : left + 2])
    by_hand = np.interp(y, [top, top + 1], [upper, lower])
    assert float(HILLY.elevation_m(lon, lat)) == pytest.approx(by_hand, abs=1e-4)


def test_every_node_has_its_own_height_across_the_cuts_between_tiles():
    lon, lat = nodes(ROWS, COLUMNS)
    assert np.allclose(HILLY.elevation_m(lon, lat).filled(-1), HILLS, atol=1e-4)
    assert not HILLY.elevation_m(lon, lat).mask.any()


@some
@given(st.integers(-25, 25), st.integers(-25, 25))
def test_a_plane_has_its_own_slope_and_faces_down(east_grade, north_grade):
    lon, lat = WEST + 40.3 * STEP, NORTH - 33.7 * STEP
    east = east_grade / (STEP * DEGREE_M * np.cos(np.radians(lat)))
    north = north_grade / (STEP * DEGREE_M)
    tilted = plane(east_grade, north_grade)
    slope = float(np.degrees(np.arctan(np.hypot(east, north))))
    assert float(tilted.slope_deg(lon, lat)) == pytest.approx(slope, abs=1e-6)
    if east_grade or north_grade:
        facing = np.degrees(np.arctan2(-east, -north)) % 360.0
        turn = (float(tilted.aspect_deg(lon, lat)) - facing + 180.0) % 360.0 - 180.0
        assert abs(turn) < 1e-3
    else:
        assert bool(np.ma.getmaskarray(tilted.aspect_deg(lon, lat)))


def test_the_south_side_of_a_hill_faces_south():
    lon, lat = nodes(80, 80)
    hill = ground(3000.0 - 8e4 * np.hypot(lon - lon.mean(), lat - lat.mean()))
    south = hill.aspect_deg(lon.mean(), lat.mean() - 20 * STEP)
    east = hill.aspect_deg(lon.mean() + 20 * STEP, lat.mean())
    assert float(south) == pytest.approx(180.0, abs=1.0)
    assert float(east) == pytest.approx(90.0, abs=1.0)


def holed():
    heights = HILLS.copy()
    heights[100:103, 200:203] = NODATA
    return ground(heights)


def test_unknown_ground_is_masked_and_neither_zero_nor_a_number_that_could_be_used():
    lon, lat = WEST + 201 * STEP, NORTH - 101 * STEP
    for answer in (holed().elevation_m, holed().slope_deg, holed().aspect_deg):
        told = answer([lon, lon + 0.05], [lat, lat])
        assert told.mask.tolist() == [True, False]
        assert told.data[0] == NODATA
        assert np.isfinite(told.data).all()


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (WEST - 0.001, 27.9),
        (WEST + 1, 27.9),
        (102.1, NORTH + 0.001),
        (102.1, 20.0),
        (float("nan"), 27.9),
        (102.1, float("inf")),
        (-77.9, 27.9),
    ],
)
def test_beyond_the_heights_nothing_is_known(lon, lat):
    assert HILLY.elevation_m(lon, lat).mask.all()
    assert HILLY.slope_deg(lon, lat).mask.all()
    assert HILLY.peak_m(lon, lat) == UNKNOWN_PEAK


def test_a_hole_reaches_as_far_as_its_nodes_have_weight_and_no_further():
    terrain = holed()
    row = NORTH - 101 * STEP
    assert terrain.elevation_m(WEST + 199.001 * STEP, row).mask.all()
    assert not terrain.elevation_m(WEST + 198.999 * STEP, row).mask.any()
    assert float(terrain.elevation_m(WEST + 250 * STEP, row)) == pytest.approx(HILLS[101, 250], abs=1e-4)


def test_heights_that_stand_for_no_height_are_unknown():
    strange = np.ma.masked_equal(np.full((3, 8), 500.0), -1.0)
    strange[1, 1:6] = [-9999.0, np.nan, np.inf, 32767.0, 1e30]
    strange[1, 6] = np.ma.masked
    told = ground(strange).elevation_m(WEST + np.arange(8) * STEP, NORTH - STEP)
    assert told.mask.tolist() == [False, True, True, True, True, True, True, False]


def test_one_row_is_no_terrain():
    with pytest.raises(ValueError, match="1 by 5 heights"):
        Terrain.of(np.zeros((1, 5)), WEST, NORTH, STEP, STEP)


def test_ground_may_lie_across_the_180th_meridian():
    terrain = Terrain.of(np.arange(63).reshape(3, 21), 179.9, 1.0, 0.01, 0.01)
    told = terrain.elevation_m([179.95, -179.95, 180.0, -180.0, -179.8], [0.99] * 5)
    assert np.allclose(told.filled(-1), [26.0, 36.0, 31.0, 31.0, -1.0])
    assert terrain.extent == pytest.approx((179.9, 0.98, 180.1, 1.0))


def test_the_same_arrays_make_the_same_terrain():
    again = Terrain.from_arrays(HILLY.arrays())
    assert again.elevation_m(102.1, 27.9) == HILLY.elevation_m(102.1, 27.9)


@few
@given(INSIDE)
def test_no_node_within_eight_cells_stands_above_the_peak(position):
    lon, lat = position
    x, y = (lon - WEST) / STEP, (NORTH - lat) / STEP
    rows = slice(max(0, int(np.ceil(y - 8))), int(y + 8) + 1)
    columns = slice(max(0, int(np.ceil(x - 8))), int(x + 8) + 1)
    assert HILLY.peak_m(lon, lat) >= HILLS[rows, columns].max()


@few
@given(INSIDE, st.integers(-100, 100))
def test_moving_the_ground_moves_the_answer(position, cells):
    lon, lat = position
    moved = Terrain.of(HILLS, WEST + cells * STEP, NORTH, STEP, STEP)
    there = float(moved.elevation_m(lon + cells * STEP, lat))
    assert there == pytest.approx(float(HILLY.elevation_m(lon, lat)), abs=0.01)
