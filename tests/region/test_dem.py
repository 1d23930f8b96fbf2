import numpy as np
import pytest
import rasterio
from hills import some
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import Affine

from detectors.region.relief import NODATA
from detectors.region.terrain import Terrain
from streams.region.build.dem import build_dem
from streams.region.manifest import RegionError

STEP = 1 / 1200
DICE = np.random.default_rng(3)


def tiff(path, heights, west=102.0, north=28.0, step=STEP, *, crs="EPSG:4326", unit=None, **how):
    """A GeoTIFF whose first node (the middle of its first pixel) lies at west, north."""
    heights = np.atleast_3d(heights).transpose(2, 0, 1)
    frame = Affine(step, 0, west - step / 2, 0, -step, north + step / 2)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(heights),
        height=heights.shape[1],
        width=heights.shape[2],
        dtype=heights.dtype,
        crs=crs,
        transform=frame,
        **how,
    ) as file:
        file.write(heights)
        if unit:
            file.units = [unit] * len(heights)
    return path


def built(folder, *paths):
    told = build_dem(paths, folder / "dem")
    arrays = {
        name: np.load(folder / "dem" / f"{name}.npy", mmap_mode="r")
        for name in ("grid", "tiles", "heights", "peaks")
    }
    return told, Terrain.from_arrays(arrays)


def at_nodes(terrain, rows, columns):
    lon, lat = np.meshgrid(102.0 + np.arange(columns) * STEP, 28.0 - np.arange(rows) * STEP)
    return terrain.elevation_m(lon, lat)


def test_a_geotiff_keeps_every_height_and_every_hole(tmp_path):
    heights = DICE.integers(500, 5000, (300, 530)).astype(np.int16)
    heights[10:20, 400:410] = NODATA
    told, terrain = built(tmp_path, tiff(tmp_path / "a.tif", heights, nodata=NODATA))
    answer = at_nodes(terrain, 300, 530)
    assert np.array_equal(answer.mask, heights == NODATA)
    assert np.allclose(answer.compressed(), heights[heights != NODATA], atol=1e-3)
    assert (told.known, told.nodes, told.moved) == (300 * 530 - 100, 300 * 530, ())
    assert told.extent == pytest.approx((102.0, 28.0 - 299 * STEP, 102.0 + 529 * STEP, 28.0))
    assert not (tmp_path / "dem" / "heights.raw").exists()


def test_what_is_built_is_what_is_made_in_memory(tmp_path):
    heights = DICE.integers(500, 5000, (270, 300)).astype(np.int16)
    _, terrain = built(tmp_path, tiff(tmp_path / "a.tif", heights))
    same = Terrain.of(heights, 102.0, 28.0, STEP, STEP).arrays()
    for name, array in terrain.arrays().items():
        assert np.allclose(array, same[name], rtol=1e-12), name


def test_an_hgt_file_is_a_square_degree_with_its_borders(tmp_path):
    heights = DICE.integers(500, 5000, (1201, 1201)).astype(">i2")
    path = tmp_path / "N27E102.hgt"
    path.write_bytes(heights.tobytes())
    told, terrain = built(tmp_path, path)
    assert told.extent == pytest.approx((102.0, 27.0, 103.0, 28.0))
    assert float(terrain.elevation_m(102.0, 28.0)) == heights[0, 0]
    assert float(terrain.elevation_m(103.0, 27.0)) == heights[-1, -1]
    assert float(terrain.elevation_m(102.5, 27.5)) == heights[600, 600]


def test_neighbours_become_one_and_the_first_named_counts_where_they_overlap(tmp_path):
    west, east = (np.full((40, 40), height, dtype=np.int16) for height in (1000, 2000))
    west[5, 35] = NODATA
    files = [
        tiff(tmp_path / "w.tif", west, nodata=NODATA),
        tiff(tmp_path / "e.tif", east, west=102.0 + 30 * STEP, nodata=NODATA),
    ]
    answer = at_nodes(built(tmp_path, *files)[1], 40, 70)
    assert not answer.mask.any()
    assert answer[:, :40].max() == answer[5, 35] == 2000.0
    assert (np.delete(answer[:, :40].ravel(), 5 * 40 + 35) == 1000.0).all()
    assert (answer[:, 40:] == 2000.0).all()


def test_files_apart_leave_the_ground_between_them_unknown(tmp_path):
    flat = np.full((30, 30), 1500, dtype=np.int16)
    files = [tiff(tmp_path / "a.tif", flat), tiff(tmp_path / "b.tif", flat, west=103.5, north=27.0)]
    told, terrain = built(tmp_path, *files)
    assert told.known == 1800
    assert terrain.elevation_m([102.01, 103.51, 102.75], [27.99, 26.99, 27.5]).mask.tolist() == [
        False,
        False,
        True,
    ]
    # tiles of nothing take no room
    assert len(terrain.heights) <= 8
    assert terrain.tiles.size > 20


def test_a_file_in_metres_of_another_frame_is_brought_onto_the_grid(tmp_path):
    row, column = np.mgrid[0:200, 0:200]
    plane = (1000.0 + 2.0 * column - row).astype(np.float32)
    path = tmp_path / "utm.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=1,
        height=200,
        width=200,
        dtype="float32",
        crs="EPSG:32648",
        transform=Affine(90.0, 0, 200_000.0, 0, -90.0, 3_100_000.0),
    ) as file:
        file.write(plane, 1)
    told, terrain = built(tmp_path, path)
    assert told.moved == ("utm.tif",)
    import pyproj

    to_degrees = pyproj.Transformer.from_crs(32648, 4326, always_xy=True)
    lon, lat = to_degrees.transform(200_000.0 + 90.0 * 100.5, 3_100_000.0 - 90.0 * 100.5)
    assert float(terrain.elevation_m(lon, lat)) == pytest.approx(1100.0, abs=2.0)
    assert terrain.elevation_m(lon - 0.3, lat).mask.all()


def test_a_coarser_file_fills_what_the_finer_one_does_not_know(tmp_path):
    fine = np.full((60, 60), 3000, dtype=np.int16)
    fine[:, 30:] = NODATA
    coarse = np.full((30, 60), 1000, dtype=np.int16)
    files = [
        tiff(tmp_path / "fine.tif", fine, nodata=NODATA),
        tiff(tmp_path / "coarse.tif", coarse, step=2 * STEP),
    ]
    told, terrain = built(tmp_path, *files)
    assert told.step == pytest.approx((STEP, STEP))
    assert told.moved == ("coarse.tif",)
    assert terrain.elevation_m([102.01, 102.04], [27.98, 27.98]).tolist() == [3000.0, 1000.0]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"crs": None}, "no coordinate system"),
        ({"unit": "ft"}, "heights in ft, not metres"),
        ({"bands": 3}, "3 bands"),
        ({"content": b"P5 not a raster"}, "not an elevation model"),
        ({"content": None}, "not an elevation model"),
        ({"unknown": True}, "no height is known"),
    ],
)
def test_a_file_that_is_no_elevation_model_is_refused_by_name(tmp_path, how, why):
    path = tmp_path / "bad.tif"
    heights = np.full((20, 20, how.get("bands", 1)), NODATA if how.get("unknown") else 900, dtype=np.int16)
    if "content" not in how:
        tiff(path, heights, crs=how.get("crs", "EPSG:4326"), unit=how.get("unit"), nodata=NODATA)
    elif how["content"]:
        path.write_bytes(how["content"])
    with pytest.raises(RegionError, match=why) as refused:
        build_dem([path], tmp_path / "dem")
    assert "bad.tif" in str(refused.value)


def test_heights_that_nobody_declared_unknown_are_unknown(tmp_path):
    heights = np.full((20, 20), 900.0, dtype=np.float32)
    heights[3, 3], heights[4, 4] = -9999.0, np.nan
    told, _ = built(tmp_path, tiff(tmp_path / "a.tif", heights))
    assert told.known == 398


@some
@given(st.integers(2, 70), st.integers(2, 70), st.integers(0, 2**32 - 1))
def test_any_window_comes_out_as_it_went_in(tmp_path_factory, rows, columns, seed):
    folder = tmp_path_factory.mktemp("dem")
    heights = np.random.default_rng(seed).integers(0, 6000, (rows, columns)).astype(np.int16)
    _, terrain = built(folder, tiff(folder / "a.tif", heights))
    assert np.allclose(at_nodes(terrain, rows, columns).filled(-1), heights, atol=1e-3)
