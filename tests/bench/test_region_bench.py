import pathlib
import tempfile

import msgspec
import numpy as np
import shapely
from click.testing import CliRunner

from detectors.region.holding import holding
from detectors.region.sheet import Sheet
from streams.bench.stands import columns_of, made, spots
from streams.commands.bench import command


def test_made_stands_are_a_mesh_of_forty_vertices_without_gap_or_overlap():
    count = 2500
    shapes = made(0, count, columns_of(count))
    polygons = shapes.geometries()
    assert shapely.is_valid(polygons).all()
    assert set(shapely.get_num_coordinates(polygons)) == {41}
    union = shapely.coverage_union_all(polygons)
    assert abs(shapely.area(polygons).sum() - union.area) < 1e-12
    assert shapely.coverage_is_valid(polygons)
    at, _ = holding(Sheet.of(shapes), *spots(5000, count, 1))
    assert len(np.unique(at)) == 5000


def test_chunks_make_the_same_stands():
    whole, part = made(0, 100, 10), made(37, 61, 10)
    assert np.array_equal(whole.take(np.arange(37, 61)).xy, part.xy)


def test_the_region_is_measured_beside_shapely_and_nothing_stays_behind():
    before = set(pathlib.Path(tempfile.gettempdir()).glob("fenghuo-bench-*"))
    done = CliRunner().invoke(command, ["--quick", "--only", "region", "--json"])
    assert done.exit_code == 0, done.output
    figures = msgspec.json.decode(done.stdout)["figures"]
    named = {one["name"]: one for one in figures}
    assert all(one["section"] == "region" and one["value"] > 0 for one in figures)
    for what in ("points placed", "VIIRS footprints touched", "VIIRS footprints with shares"):
        one = named[f"10,000 stands, {what}"]
        assert one["peer"] == "/s, shapely's STRtree"
        assert one["ratio"] > 0
        assert one["aim"].startswith("≥ ")
    assert named["10,000 stands, open"]["aim"] == "≤ 2 s"
    assert set(pathlib.Path(tempfile.gettempdir()).glob("fenghuo-bench-*")) <= before
