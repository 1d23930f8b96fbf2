"""The border decides what is outside, and its rim is as wide as it was asked for, in metres on the ground."""

import numpy as np
import pyproj
import pytest
import shapely
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st
from region_files import feature, made, point, square, written

from streams.region.build.border import outside, with_rim
from streams.region.build.china import open_china, outline

GEOD = pyproj.Geod(ellps="WGS84")
SICHUAN = outline("china:510000")


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-60, 60).map(lambda lat: round(lat, 2)),
    st.floats(0.5, 200).map(lambda km: round(km, 1)),
    st.floats(0, 360),
)
def test_the_rim_is_as_wide_as_asked_in_every_direction(lat, km, azimuth):
    # A metre across: hardly more than a point, so that the rim is a circle round it.
    rim = with_rim(shapely.box(100.0, lat, 100.00001, lat + 0.00001), km)
    for share, held in ((0.985, True), (1.015, False)):
        lon, at, _ = GEOD.fwd(100.0, lat, azimuth, km * 1000 * share)
        assert shapely.contains_xy(rim, lon, at) == held


def test_the_rim_of_a_province_is_right_to_a_hundredth():
    rim = with_rim(SICHUAN, 20)
    edge = shapely.get_coordinates(rim.exterior if rim.geom_type == "Polygon" else rim.geoms[0].exterior)[
        ::40
    ]
    apart = []
    for lon, lat in edge:
        foot = shapely.ops.nearest_points(SICHUAN, shapely.Point(lon, lat))[0]
        apart.append(GEOD.inv(foot.x, foot.y, lon, lat)[2])
    # The nearest point in degrees is not always the nearest on the ground: never nearer, sometimes further.
    assert min(apart) > 19_750
    assert np.median(apart) == pytest.approx(20_000, rel=0.03)
    assert shapely.covers(rim, SICHUAN)


def test_no_rim_leaves_the_border_as_it_is():
    assert with_rim(SICHUAN, 0) is SICHUAN


def test_what_touches_the_border_is_kept_whole_and_what_does_not_is_dropped(tmp_path):
    border = written(tmp_path / "border.geojson", feature(square(102, 27, 1)))
    rows = [
        feature(square(102.9, 27.5, 0.3), "across"),
        feature(square(103, 27.5, 0.1), "beside"),
        feature(square(103.02, 27.5, 0.1), "near"),
        feature(square(104, 27.5, 0.1), "far"),
    ]
    file = written(tmp_path / "in.geojson", *rows)
    plain = made(tmp_path, "stands", file, boundary=border)
    assert sorted(plain.layer.ids()) == ["across", "beside"]
    assert plain.said("dropped") == [(3, "outside_boundary"), (4, "outside_boundary")]
    assert plain.layer.geometries([plain.layer.row("across")])[0].area == pytest.approx(0.09)
    rimmed = made(tmp_path, "stands", file, boundary=border, buffer_km=3)
    assert sorted(rimmed.layer.ids()) == ["across", "beside", "near"]
    assert rimmed.region.inside([103.02, 103.1], [27.5, 27.5]).tolist() == [True, False]
    assert plain.region.inside([102.5, 103.0, 103.02], [27.5, 27.5, 27.5]).tolist() == [True, True, False]


def test_a_boundary_of_many_rows_is_one_and_bad_ones_are_in_the_report(tmp_path):
    rows = [feature(square(102, 27, 1)), feature(square(103, 27, 1)), feature(point(102, 27)), feature(None)]
    border = written(tmp_path / "border.geojson", *rows)
    found = made(
        tmp_path, "stands", written(tmp_path / "in.geojson", feature(square(103.5))), boundary=border
    )
    assert found.region.boundary.extent == (102, 27, 104, 28)
    assert [(one.layer, one.code) for one in found.lines if one.outcome == "dropped"] == [
        ("boundary", "mixed_types"),
        ("boundary", "no_geometry"),
    ]


def test_a_boundary_without_a_polygon_is_refused(tmp_path):
    border = written(tmp_path / "border.geojson", feature(point(102, 27)))
    with pytest.raises(ValueError, match=r"border\.geojson: holds no polygon for the boundary"):
        made(tmp_path, "stands", written(tmp_path / "in.geojson", feature(square())), boundary=border)


def test_without_a_border_nothing_is_outside():
    assert outside(None, np.array([shapely.Point(0, 0)])).tolist() == [False]


@pytest.mark.parametrize(
    ("code", "counts"), [("510000", (1, 21, 183)), ("513400", (1, 1, 17)), ("513401", (1, 1, 1))]
)
def test_a_code_of_china_gives_what_lies_in_it_and_what_holds_it(code, counts):
    (chunk,) = open_china(f"china:{code}").chunks
    levels = chunk.columns["level"].tolist()
    assert tuple(levels.count(level) for level in ("province", "city", "county")) == counts
    inner = outline(f"china:{code}")
    rows = [row for row, one in enumerate(chunk.columns["code"]) if one == code]
    assert shapely.equals(chunk.shapes[rows[0]], inner)
