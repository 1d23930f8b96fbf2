"""Elevation models and place names given to a build are there when the region is opened."""

import json

import numpy as np
import pytest
import rasterio
from click.testing import CliRunner
from rasterio.transform import Affine
from region_files import feature, point, written

from streams.cli import main
from streams.region import open_region
from streams.region.build.make import build
from streams.region.build.plan import LayerPlan, Plan
from streams.region.build.source import SourceError
from streams.region.manifest import RegionError

STEP = 0.01


@pytest.fixture
def dem(tmp_path):
    """An elevation model that rises 1000 m a degree towards the north, from 2000 m at 27.5 N."""
    latitude = 28.0 - np.arange(51) * STEP
    heights = np.repeat(np.rint(2000 + 1000 * (latitude - 27.5))[:, None], 51, axis=1).astype(np.int16)
    frame = Affine(STEP, 0, 102.0 - STEP / 2, 0, -STEP, 28.0 + STEP / 2)
    how = {"driver": "GTiff", "count": 1, "height": 51, "width": 51, "dtype": "int16", "crs": "EPSG:4326"}
    with rasterio.open(tmp_path / "dem.tif", "w", transform=frame, **how) as file:
        file.write(heights, 1)
    return tmp_path / "dem.tif"


@pytest.fixture
def names(tmp_path):
    rows = [
        feature(point(102.2, 27.8), "a", 名称="长板桥", 类别="小地名", radius_m=200, 别名="老桥；旧桥"),
        feature(point(102.3, 27.9), "b", 名称="西昭线87号塔", 类别="杆塔"),
    ]
    return written(tmp_path / "names.geojson", *rows)


def test_a_region_knows_the_heights_and_the_names_it_was_built_with(tmp_path, dem, names):
    words = [f"dem={dem}", f"place_names={names}"]
    options = [word for pair in words for word in ("--layer", pair)]
    done = CliRunner().invoke(
        main, ["region", "build", str(tmp_path / "out"), *options, "--licence", "dem=CC0"]
    )
    assert done.exit_code == 0, done.output
    region = open_region(tmp_path / "out")
    assert region.terrain.elevation_m([102.25], [27.75]).tolist() == pytest.approx([2250.0], abs=1)
    assert region.place_names.search("cbq")[0].name == "长板桥"
    assert region.place_names.search("旧桥")[0].name == "长板桥"
    assert region.place_names.search("87")[0].name == "西昭线87号塔"
    shown = CliRunner().invoke(main, ["region", "show", str(tmp_path / "out")]).output
    assert "dem  2,601 of 2,601 heights known · 102.000 to 102.500 E, 27.500 to 28.000 N" in shown
    assert "dem.tif, CC0" in shown


def test_the_same_files_give_the_same_version_and_another_height_another(tmp_path, dem, names):
    def version(folder):
        layers = (LayerPlan(name="dem", file=str(dem)), LayerPlan(name="place_names", file=str(names)))
        return build(tmp_path / folder, Plan(name="r", layer=layers)).manifest.version

    first = version("a")
    assert version("b") == first
    with rasterio.open(dem, "r+") as file:
        heights = file.read(1)
        heights[5, 5] += 1
        file.write(heights, 1)
    assert version("c") != first


def test_an_elevation_model_that_cannot_be_is_refused_and_nothing_is_written(tmp_path, dem):
    def refused(kind, why, **given):
        with pytest.raises(kind, match=why):
            build(tmp_path / "out", Plan(layer=(LayerPlan(name="dem", **given),)))
        assert not list((tmp_path / "out").glob("*"))

    refused(SourceError, r"layer dem: .*none\.tif: no such file", file=str(tmp_path / "none.tif"))
    refused(SourceError, "says its own system", file=str(dem), crs="EPSG:4326")
    (tmp_path / "bad.tif").write_bytes(b"no picture")
    refused(RegionError, r"bad\.tif", file=str(tmp_path / "bad.tif"))


def test_a_layer_of_no_names_has_no_index(tmp_path):
    layer = LayerPlan(name="place_names", file=str(written(tmp_path / "n.geojson")))
    build(tmp_path / "out", Plan(layer=(layer,), allow_empty=("place_names",)))
    region = open_region(tmp_path / "out")
    assert len(region.layers["place_names"]) == 0
    assert region.place_names is None


def test_the_demo_finds_its_names_by_initials():
    from streams.region import demo_region

    found = demo_region().place_names.search("pjsj") + demo_region().place_names.search("lsz")
    assert {"柳树桩（示意）"} <= {one.name for one in found}
    assert json.dumps([one.name for one in demo_region().place_names.search("xiangshuicun")])
