"""Bad rows: each is repaired, dropped or ambiguous with its reason, and every row is accounted for."""

import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from region_files import SQUARE, feature, made, point, polygon, square, written

from streams.region.build.known import layers
from streams.region.build.report import WHY
from streams.region.build.source import SourceError

BOWTIE = [[102.0, 27.0], [102.1, 27.1], [102.1, 27.0], [102.0, 27.1], [102.0, 27.0]]
LINE = {"type": "LineString", "coordinates": [[102.0, 27.0], [102.1, 27.1]]}


def one(tmp_path, geometry, layer="stands", **labels):
    """Build a layer of a good row and one with this geometry, which is row 2."""
    file = written(tmp_path / "in.geojson", feature(square(103.0), "good"), feature(geometry, "odd"))
    return made(tmp_path, layer, file, **labels)


DROPPED = {
    "no geometry": (None, "no_geometry"),
    "empty": (polygon(), "empty"),
    "empty multipolygon": ({"type": "MultiPolygon", "coordinates": []}, "empty"),
    "no numbers": (polygon([["a", "b"]] * 4), "bad_coordinates"),
    "null in a ring": (polygon([[102.0, None], *SQUARE[1:]]), "bad_coordinates"),
    "not a number": (polygon([[float("nan"), 27.0], *SQUARE[1:]]), "bad_coordinates"),
    "unknown type": ({"type": "Circle", "coordinates": [102, 27]}, "bad_coordinates"),
    "two points": (polygon([SQUARE[0], SQUARE[1]]), "too_few_points"),
    "zero area": (polygon([[102.0, 27.0], [102.1, 27.1], [102.2, 27.2], [102.0, 27.0]]), "zero_area"),
    "sliver": (square(size=0.000001), "zero_area"),
    "a line among areas": (LINE, "mixed_types"),
    "a point among areas": (point(102, 27), "mixed_types"),
    "exchanged": (polygon([[lat, lon] for lon, lat in SQUARE]), "swapped_coordinates"),
    "metres": (polygon([[500000 + lon, 3000000 + lat] for lon, lat in SQUARE]), "not_degrees"),
}


@pytest.mark.parametrize("case", DROPPED, ids=str)
def test_what_cannot_be_mended_is_dropped_with_its_reason(tmp_path, case):
    geometry, code = DROPPED[case]
    found = one(tmp_path, geometry)
    assert found.said("dropped") == [(2, code)]
    assert found.layer.ids() == ["good"]
    assert (found.counts.read, found.counts.kept, found.counts.dropped) == (2, 1, 1)
    assert found.counts.reasons == {f"dropped:{code}": 1}


MENDED = {
    "self-crossing": (polygon(BOWTIE), "self_crossing", 1 / 2),
    "unclosed": (polygon(SQUARE[:-1]), "unclosed", 1),
    "hole beyond its shell": (
        polygon(SQUARE, [[101.9, 27.02], [102.05, 27.02], [102.05, 27.05], [101.9, 27.05], [101.9, 27.02]]),
        "self_crossing",
        1 - 0.05 * 0.03 / 0.01,
    ),
    "with a line beside it": (
        {"type": "GeometryCollection", "geometries": [polygon(SQUARE), LINE]},
        "other_parts",
        1,
    ),
    "a whole turn away": (polygon([[lon - 360, lat] for lon, lat in SQUARE]), "around", 1),
}


@pytest.mark.parametrize("case", MENDED, ids=str)
def test_what_can_be_mended_is_kept_and_said(tmp_path, case):
    geometry, code, share = MENDED[case]
    found = one(tmp_path, geometry)
    assert found.said("repaired") == [(2, code)]
    assert (found.counts.kept, found.counts.repaired, found.counts.dropped) == (2, 1, 0)
    shape = found.layer.geometries([found.layer.row("odd")])[0]
    assert shape.is_valid
    assert shape.area == pytest.approx(0.01 * share, rel=1e-3)
    assert 102.0 <= shape.bounds[0] <= shape.bounds[2] <= 102.1


def test_heights_are_left_out_and_counted_once(tmp_path):
    tall = polygon([[*position, 1800.5] for position in SQUARE])
    found = one(tmp_path, tall)
    assert found.said("repaired") == []
    assert found.remarks()["height"] == "heights of 1 rows are left out"
    assert not found.layer.geometries()[0].has_z


def test_a_polygon_across_the_antimeridian_is_cut_in_two(tmp_path):
    across = polygon([[179.0, 50.0], [-179.0, 50.0], [-179.0, 51.0], [179.0, 51.0], [179.0, 50.0]])
    found = one(tmp_path, across, "grassland")
    assert found.said("repaired") == [(2, "antimeridian")]
    shape = found.layer.geometries([found.layer.row("odd")])[0]
    assert shapely.equals(
        shape, shapely.union(shapely.box(179, 50, 180, 51), shapely.box(-180, 50, -179, 51))
    )


def test_a_polygon_that_is_cut_already_and_a_map_of_the_world_stay_as_they_are(tmp_path):
    cut = shapely.union(shapely.box(179, 50, 180, 51), shapely.box(-180, 50, -179, 51))
    for shape in (cut, shapely.box(-180, -90, 180, 90)):
        found = one(tmp_path, json.loads(shapely.to_geojson(shape)), "grassland")
        assert found.said() == []
        assert shapely.equals(found.layer.geometries([found.layer.row("odd")])[0], shape)


def test_an_area_where_a_point_is_expected_is_told_by_a_point_on_it(tmp_path):
    many = {"type": "MultiPoint", "coordinates": [[102, 27], [103, 28]]}
    single = {"type": "MultiPoint", "coordinates": [[102, 27]]}
    rows = [feature(shape, name) for name, shape in (("area", square()), ("many", many), ("one", single))]
    found = made(tmp_path, "cameras", written(tmp_path / "in.geojson", *rows))
    assert found.said("repaired") == [(1, "point_of_area")]
    assert found.said("ambiguous") == [(2, "many_points")]
    assert found.layer.kind == "point"
    assert len(found.layer) == 3


def test_the_same_id_again_is_kept_under_another_and_the_same_row_again_is_dropped(tmp_path):
    rows = [
        feature(square(102), 7),
        feature(square(103), 7),
        feature(square(102), 7),
        feature(square(104), "7~2"),
    ]
    found = made(tmp_path, "stands", written(tmp_path / "in.geojson", *rows))
    assert found.said("ambiguous") == [(2, "duplicate_id")]
    assert found.said("dropped") == [(3, "duplicate_row")]
    assert sorted(found.layer.ids()) == ["7", "7~2", "7~3"]


def test_the_same_id_in_a_second_file_is_found_too(tmp_path):
    files = [written(tmp_path / f"{n}.geojson", feature(square(102 + n), "a")) for n in range(2)]
    found = made(tmp_path, "stands", *files)
    assert sorted(found.layer.ids()) == ["a", "a~2"]
    assert [line.source for line in found.lines if line.code == "duplicate_id"] == ["1.geojson"]


def test_rows_without_an_id_get_one_from_their_place(tmp_path):
    found = made(
        tmp_path, "stands", written(tmp_path / "in.geojson", *(feature(square(102 + n)) for n in range(3)))
    )
    assert sorted(found.layer.ids()) == ["stands-1", "stands-2", "stands-3"]
    assert found.remarks()["made_id"].startswith("3 rows")


def test_features_that_are_none_are_dropped(tmp_path):
    found = made(tmp_path, "stands", written(tmp_path / "in.geojson", 7, None, {}, feature(square(), "a")))
    assert found.said("dropped") == [(1, "no_geometry"), (2, "no_geometry"), (3, "no_geometry")]


def test_every_code_that_is_written_is_explained(root):
    import re

    folder = root / "streams" / "region" / "build"
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "report.py")
    found = [code for code in WHY if f'"{code}"' in text]
    assert sorted(found) == sorted(WHY)
    assert not set(re.findall(r'(?:drop|say)\([^"\n]*"(\w+)"', text)) - WHY.keys()


def test_a_layer_that_a_region_does_not_have_is_refused_with_the_nearest(tmp_path):
    file = written(tmp_path / "in.geojson", feature(square()))
    with pytest.raises(SourceError, match=r"no layer stand; did you mean stands"):
        made(tmp_path, "stand", file)
    with pytest.raises(SourceError, match=r"layers are .*protected_areas"):
        made(tmp_path, "xyz", file)
    assert not (tmp_path / "out").exists()
    assert {"admin", "stands", "risk_zones", "carbon_projects"} <= layers().keys()


def test_every_file_that_is_missing_is_named_at_once_and_nothing_is_written(tmp_path):
    with pytest.raises(SourceError) as refused:
        made(tmp_path, "stands", tmp_path / "a.geojson", tmp_path / "b.shp")
    assert [line.split(": ", 1)[0] for line in str(refused.value).splitlines()] == ["layer stands"] * 2
    assert "a.geojson: no such file" in str(refused.value)
    assert list((tmp_path / "out").glob("*")) == []


rings = st.lists(
    st.tuples(
        st.floats(101.0, 103.0).map(lambda x: round(x, 3)), st.floats(26.0, 28.0).map(lambda x: round(x, 3))
    ),
    min_size=3,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(rings)
def test_whatever_the_ring_what_is_kept_is_valid_and_lies_in_its_hull(tmp_path_factory, ring):
    folder = tmp_path_factory.mktemp("ring")
    geometry = polygon([list(at) for at in [*ring, ring[0]]])
    file = written(folder / "in.geojson", feature(geometry, "a"))
    found = made(folder, "stands", file, allow_empty=("stands",))
    assert found.counts.read == found.counts.kept + found.counts.dropped == 1
    if found.counts.kept:
        shape = found.layer.geometries()[0]
        assert shape.geom_type in {"Polygon", "MultiPolygon"}
        hull = shapely.MultiPoint(ring).convex_hull
        assert shapely.covers(shapely.buffer(hull, 1e-6), shape)
        assert shape.area * 111_195**2 > 1.0
    else:
        assert found.said("dropped")[0][1] in {"zero_area", "too_few_points", "empty"}
