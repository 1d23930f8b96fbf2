"""Every labelled frame comes to WGS 84; what cannot be what its label says is refused with a guess."""

import json

import numpy as np
import pyproj
import pytest
import shapely
from region_files import feature, made, point, square, written

from detectors.datum import to_bd09, to_gcj02
from streams.region.build.frames import guess
from streams.region.build.source import SourceError

XICHANG = (102.2644, 27.8945)
SHAPE = shapely.box(102.25, 27.85, 102.31, 27.92)


def moved(transform, shape=SHAPE):
    """The shape as GeoJSON after `transform` of its longitudes and latitudes."""
    there = shapely.transform(shape, lambda at: np.column_stack(transform(at[:, 0], at[:, 1])))
    return json.loads(shapely.to_geojson(there))


def projected(epsg, shape=SHAPE):
    return moved(pyproj.Transformer.from_crs("EPSG:4326", epsg, always_xy=True).transform, shape)


def built(tmp_path, geometry, **labels):
    file = written(tmp_path / "in.geojson", feature(geometry, "a"))
    return made(tmp_path, "protected_areas", file, **labels)


def off_m(shape):
    """How far the shape's corners lie from where they should be, metres at most."""
    far = shapely.get_coordinates(shape)[:, None, :] - shapely.get_coordinates(SHAPE)[None, :, :]
    return float(np.hypot(far[..., 0] * np.cos(np.radians(27.9)), far[..., 1]).min(axis=1).max() * 111_195)


@pytest.mark.parametrize(
    "epsg", ["EPSG:4490", "EPSG:32647", "EPSG:32648", "EPSG:4543", "EPSG:4522", "EPSG:3857"]
)
def test_every_coordinate_system_comes_to_wgs84(tmp_path, epsg):
    found = built(tmp_path, projected(epsg), crs=epsg)
    assert off_m(found.layer.geometries()[0]) < 0.03
    assert found.said("dropped") == []


@pytest.mark.parametrize(("frame", "transform"), [("gcj02", to_gcj02), ("bd09", to_bd09)])
def test_a_labelled_web_map_comes_back_to_a_tenth_of_a_metre(tmp_path, frame, transform):
    geometry = moved(transform)
    assert off_m(built(tmp_path, geometry, frame=frame).layer.geometries()[0]) < 0.1
    assert off_m(built(tmp_path, geometry).layer.geometries()[0]) > 200


def test_points_of_gcj02_come_to_the_published_positions(tmp_path):
    # WGS 84 and GCJ-02 of the same place: the test point of the library coordtransform, and towns of Sichuan.
    pairs = [
        ((116.377817, 39.911954), (116.384047225, 39.913345455)),
        ((102.2644, 27.8945), (102.265893, 27.891064)),
        ((104.0633, 30.66), (104.065803, 30.657576)),
        ((101.718, 26.582), (101.719574, 26.578431)),
    ]
    rows = [feature(point(*there), str(n)) for n, (_, there) in enumerate(pairs)]
    found = made(tmp_path, "cameras", written(tmp_path / "in.geojson", *rows), frame="gcj02")
    for n, (here, _) in enumerate(pairs):
        shape = found.layer.geometries([found.layer.row(str(n))])[0]
        assert (shape.x, shape.y) == pytest.approx(here, abs=1.1e-6)


def test_a_web_map_that_is_known_by_its_columns_is_refused_until_it_is_labelled(tmp_path):
    row = feature(square(), adcode=513401, acroutes=[100000], childrenNum=0, name="西昌市")
    file = written(tmp_path / "in.geojson", row)
    with pytest.raises(SourceError, match=r"DataV.GeoAtlas, whose positions are gcj02; label it"):
        made(tmp_path, "county", file)
    assert len(made(tmp_path, "county", file, frame="gcj02").layer) == 1
    assert len(made(tmp_path, "county", file, frame="wgs84").layer) == 1


def test_metres_labelled_degrees_are_refused_with_a_guess(tmp_path):
    with pytest.raises(SourceError, match=r"look like metres: .*3-degree zone 34 \(EPSG:4522\).*label it"):
        built(tmp_path, projected("EPSG:4522"))
    with pytest.raises(SourceError, match=r"UTM or a Gauss-Kruger zone without its prefix"):
        built(tmp_path, projected("EPSG:32647"), crs="EPSG:4490")
    with pytest.raises(SourceError, match=r"Web Mercator \(EPSG:3857\)"):
        built(tmp_path, projected("EPSG:3857"))


def test_degrees_labelled_metres_are_refused(tmp_path):
    with pytest.raises(
        SourceError, match="labelled EPSG:32648, in metres, but the numbers look like degrees"
    ):
        built(tmp_path, square(), crs="EPSG:32648")


@pytest.mark.parametrize("zone", [25, 34, 36, 45])
def test_the_codes_that_are_guessed_are_those_of_the_zones(zone):
    words = guess(zone * 1e6 + 5e5, 3e6)
    code = 4513 + zone - 25
    assert f"EPSG:{code}" in words
    assert pyproj.CRS.from_epsg(code).name == f"CGCS2000 / 3-degree Gauss-Kruger zone {zone}"
    assert pyproj.CRS.from_epsg(4491 + 17 - 13).name == "CGCS2000 / Gauss-Kruger zone 17"


def test_exchanged_coordinates_are_refused_and_never_exchanged(tmp_path):
    exchanged = moved(lambda lon, lat: (lat, lon))
    with pytest.raises(SourceError, match="longitude and latitude exchanged\\? Put longitude first"):
        built(tmp_path, exchanged)


def test_exchanged_coordinates_that_could_be_are_found_by_the_boundary(tmp_path):
    park = shapely.box(34.0, -19.5, 35.0, -18.0)
    border = written(tmp_path / "border.geojson", feature(json.loads(shapely.to_geojson(park))))
    file = written(tmp_path / "in.geojson", feature(point(-18.5, 34.5)), feature(point(-18.6, 34.6)))
    with pytest.raises(SourceError, match="inside it with longitude and latitude exchanged"):
        made(tmp_path, "cameras", file, boundary=border)


def test_an_unknown_system_and_a_member_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(SourceError, match="unknown coordinate system EPSG:99999999"):
        built(tmp_path, square(), crs="EPSG:99999999")
    file = written(tmp_path / "in.geojson", feature(square()), crs={"type": "link"})
    with pytest.raises(SourceError, match="`crs` member that cannot be read"):
        made(tmp_path, "stands", file)


def test_old_chinese_datums_are_placed_and_said_to_be_inexact(tmp_path):
    for epsg, datum in (
        ("EPSG:4610", "Xian 1980"),
        ("EPSG:2359", "Xian 1980"),
        ("EPSG:4214", "Beijing 1954"),
    ):
        found = built(tmp_path, projected(epsg), crs=epsg)
        assert off_m(found.layer.geometries()[0]) < 1.0
        assert f"datum {datum}: " in found.remarks()["accuracy"]
    for epsg in ("EPSG:4490", "EPSG:4543", "EPSG:32647", "EPSG:3857"):
        assert "accuracy" not in built(tmp_path, projected(epsg), crs=epsg).remarks()


def test_a_crs_member_of_older_geojson_is_obeyed_and_a_label_is_stronger(tmp_path):
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}}
    file = written(tmp_path / "in.geojson", feature(projected("EPSG:32648"), "a"), crs=member)
    assert off_m(made(tmp_path, "protected_areas", file).layer.geometries()[0]) < 0.03
    file = written(tmp_path / "in.geojson", feature(projected("EPSG:32647"), "a"), crs=member)
    found = made(tmp_path, "protected_areas", file, crs="EPSG:32647")
    assert off_m(found.layer.geometries()[0]) < 0.03
    assert "EPSG:32647 as labelled" in found.remarks()["crs_label"]


def test_a_crs_member_behind_the_features_is_refused_because_they_are_read_already(tmp_path):
    document = {"type": "FeatureCollection", "features": [feature(square())]}
    document["crs"] = {"type": "name", "properties": {"name": "EPSG:32648"}}
    (tmp_path / "in.geojson").write_text(json.dumps(document))
    with pytest.raises(SourceError, match="its `crs` stands after the features"):
        made(tmp_path, "stands", tmp_path / "in.geojson")


def test_wgs84_in_every_spelling_needs_no_label(tmp_path):
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"):
        member = {"type": "name", "properties": {"name": name}}
        file = written(tmp_path / "in.geojson", feature(square(), "a"), crs=member)
        assert len(made(tmp_path, "stands", file).layer) == 1
