"""Shapefile, GeoPackage, FlatGeobuf, GeoParquet and GeoJSON in any encoding give the same region."""

import json
import sys

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj
import pytest
import shapely
from pyarrow import parquet as pq
from region_files import feature, made, square, written

from streams.region.build import geojson, source
from streams.region.build.source import SourceError
from streams.region.build.text import encoding_of

SHAPES = np.array([shapely.box(102 + n / 10, 27, 102.05 + n / 10, 27.05) for n in range(5)])
SPECIES = np.array(["云南松", "冷杉", None, "栎类", "桦木"], dtype=object)
AGES = np.array([32, 135, 8, 40, 61])


def table(path, *, crs="EPSG:4490", shapes=SHAPES, **options):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [SPECIES, AGES],
        ["树种", "林龄"],
        geometry_type="Polygon",
        crs=crs,
        **options,
    )
    return path


def parquet(path, *, crs="absent", encoding="WKB"):
    column = {"encoding": encoding, "geometry_types": ["Polygon"]} | ({} if crs == "absent" else {"crs": crs})
    about = {"version": "1.1.0", "primary_column": "shape", "columns": {"shape": column}}
    rows = pa.table({"shape": list(shapely.to_wkb(SHAPES)), "树种": SPECIES.tolist(), "林龄": AGES})
    pq.write_table(rows.replace_schema_metadata({"geo": json.dumps(about)}), path)
    return path


def text_table(path, encoding):
    """A Shapefile whose table is in `encoding` and does not say so."""
    table(path, encoding="UTF-8" if encoding == "utf-8" else encoding)
    path.with_suffix(".cpg").unlink()
    raw = bytearray(path.with_suffix(".dbf").read_bytes())
    raw[29] = 0
    path.with_suffix(".dbf").write_bytes(raw)
    return path


def check(found):
    rows = sorted(zip(found.layer.column("age_a"), found.layer.column("species"), strict=True))
    assert rows == [(8.0, None), (32.0, "云南松"), (40.0, "栎类"), (61.0, "桦木"), (135.0, "冷杉")]
    off = shapely.symmetric_difference(shapely.union_all(found.layer.geometries()), shapely.union_all(SHAPES))
    assert off.area < 1e-9
    assert (found.counts.read, found.counts.kept) == (5, 5)


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.fgb"])
def test_every_format_of_gdal_gives_the_same_layer(tmp_path, name):
    options = {"encoding": "UTF-8"} if name == "a.shp" else {}
    check(made(tmp_path, "stands", table(tmp_path / name, **options)))


def test_geoparquet_gives_the_same_layer(tmp_path):
    for crs in ("absent", pyproj.CRS("EPSG:4490").to_json_dict()):
        check(made(tmp_path, "stands", parquet(tmp_path / "a.parquet", crs=crs)))
    with pytest.raises(SourceError, match="says no coordinate system"):
        made(tmp_path, "stands", parquet(tmp_path / "a.parquet", crs=None))
    with pytest.raises(SourceError, match="only WKB is read"):
        made(tmp_path, "stands", parquet(tmp_path / "a.parquet", encoding="point"))


def test_geojson_gives_the_same_layer_in_every_encoding(tmp_path):
    rows = [
        feature(json.loads(shapely.to_geojson(shape)), 树种=species, 林龄=int(age))
        for shape, species, age in zip(SHAPES, SPECIES, AGES, strict=True)
    ]
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        found = made(tmp_path, "stands", written(tmp_path / "a.geojson", *rows, encoding=encoding))
        check(found)
        assert ("encoding" in found.remarks()) == (encoding == "gb18030")
    check(made(tmp_path, "stands", written(tmp_path / "a.geojson", *rows), encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_dbf_that_does_not_state_its_encoding_is_read_by_its_bytes(tmp_path, encoding):
    found = made(tmp_path, "stands", text_table(tmp_path / "a.shp", encoding))
    check(found)
    assert ("read as gb18030" in found.remarks().get("encoding", "")) == (encoding == "gb18030")


def test_the_encoding_is_told_from_the_bytes():
    assert encoding_of([b"plain"]) == "utf-8"
    assert encoding_of(["云南".encode()[:4], "云南".encode()[4:]]) == "utf-8"
    assert encoding_of(["云南松、冷杉".encode("gb18030")]) == "gb18030"
    for word in ("Forêt de chênes", "Parque Nacional da Gorongosa é", "Wälder und Höhen"):
        assert encoding_of([word.encode("latin-1")]) == "latin-1"


def test_latin1_geojson_keeps_its_letters(tmp_path):
    rows = [feature(square(), "a", name="Forêt de Chênes")]
    found = made(tmp_path, "stands", written(tmp_path / "a.geojson", *rows, encoding="latin-1"))
    assert found.layer.names() == ["Forêt de Chênes"]
    assert "latin-1" in found.remarks()["encoding"]


def test_a_file_without_a_coordinate_system_is_refused_unless_labelled(tmp_path):
    table(tmp_path / "a.shp", encoding="UTF-8")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(SourceError, match=r"a\.shp: says no coordinate system; label it"):
        made(tmp_path, "stands", tmp_path / "a.shp")
    check(made(tmp_path, "stands", tmp_path / "a.shp", crs="EPSG:4490"))


def test_a_layer_inside_a_file_is_named_or_the_only_one(tmp_path):
    table(tmp_path / "a.gpkg", layer="first")
    table(tmp_path / "a.gpkg", layer="second", append=True)
    with pytest.raises(SourceError, match="several layers; name one with `table`: first, second"):
        made(tmp_path, "stands", tmp_path / "a.gpkg")
    with pytest.raises(SourceError, match=r"a\.gpkg: no layer third"):
        made(tmp_path, "stands", tmp_path / "a.gpkg", table="third")
    check(made(tmp_path, "stands", tmp_path / "a.gpkg", table="second"))


def test_without_the_extra_the_way_out_is_told(tmp_path, monkeypatch):
    table(tmp_path / "a.gpkg")
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(SourceError, match=r"needs the extra `region`: pip install 'fenghuo\[region\]'"):
        made(tmp_path, "stands", tmp_path / "a.gpkg")


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.fgb", "a.parquet"])
def test_a_file_that_is_no_such_file_is_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"no such thing" * 40)
    with pytest.raises(SourceError, match=name.replace(".", r"\.")):
        made(tmp_path, "stands", tmp_path / name)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"type": "FeatureCollection"}', b"\xff\xfe\x00", b"<html>"]
)
def test_what_is_no_geojson_is_refused_by_name(tmp_path, raw):
    (tmp_path / "a.geojson").write_bytes(raw)
    with pytest.raises(SourceError, match=r"a\.geojson"):
        made(tmp_path, "stands", tmp_path / "a.geojson")


def test_geojson_that_breaks_off_is_refused_and_nothing_is_published(tmp_path):
    whole = written(
        tmp_path / "a.geojson", *(feature(square(102 + n), str(n)) for n in range(9))
    ).read_bytes()
    for cut in (len(whole) - 1, len(whole) // 2, 60):
        (tmp_path / "a.geojson").write_bytes(whole[:cut])
        with pytest.raises(SourceError, match="not GeoJSON, or cut off"):
            made(tmp_path, "stands", tmp_path / "a.geojson")
    assert list((tmp_path / "out").glob("*")) == []


def test_a_geometry_that_is_not_well_formed_in_a_table_is_mended_or_dropped(tmp_path):
    import struct

    open_ring = struct.pack("<BIII8d", 1, 3, 1, 4, 102.0, 27.0, 102.1, 27.0, 102.1, 27.1, 102.0, 27.1)
    raw = [open_ring, b"\x01\x03", None, shapely.to_wkb(SHAPES[3])]
    about = {"version": "1.1.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB"}}}
    rows = pa.table({"g": pa.array(raw, pa.binary())}).replace_schema_metadata({"geo": json.dumps(about)})
    pq.write_table(rows, tmp_path / "a.parquet")
    found = made(tmp_path, "stands", tmp_path / "a.parquet")
    assert found.said("repaired") == [(1, "unclosed")]
    assert found.said("dropped") == [(2, "bad_coordinates"), (3, "no_geometry")]
    assert shapely.area(found.layer.geometries([found.layer.row("stands-1")])[0]) == pytest.approx(0.01)


CSV = "名称,经度,纬度,类别,radius_m\n皮家山,102.2225,27.7905,山,1500\n柳树桩,102.229,27.783,小地名,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_of_points_needs_a_label_and_nothing_else(tmp_path, encoding, separator):
    (tmp_path / "a.csv").write_bytes(CSV.replace(",", separator).encode(encoding))
    with pytest.raises(
        SourceError, match=r"no coordinate system; label it: --frame place_names=wgs84, --frame p"
    ):
        made(tmp_path, "place_names", tmp_path / "a.csv")
    found = made(tmp_path, "place_names", tmp_path / "a.csv", frame="wgs84")
    assert sorted(found.layer.names()) == ["柳树桩", "皮家山"]
    assert found.row("place_names-1") == {"kind": "山", "radius_m": 1500.0}
    assert found.row("place_names-2") == {"kind": "小地名"}
    at = found.layer.geometries([found.layer.row("place_names-1")])[0]
    assert (at.x, at.y) == pytest.approx((102.2225, 27.7905))
    shifted = made(tmp_path, "place_names", tmp_path / "a.csv", frame="gcj02").layer.geometries()
    assert 300 < shapely.distance(shifted[0], found.layer.geometries()[0]) * 105_000 < 600


def test_bad_rows_of_a_csv_are_dropped_with_what_stands_there(tmp_path):
    rows = ["102.2,27.8,a", ",27.8,b", "102.2,north,c", "nan,27.8,d", "27.8,102.2,e", "102.3,27.9"]
    (tmp_path / "a.csv").write_text("lon,lat,name\n" + "\n".join(rows) + "\n", "utf-8")
    found = made(tmp_path, "cameras", tmp_path / "a.csv", frame="wgs84")
    assert found.said("dropped") == [
        (2, "no_geometry"),
        (3, "bad_coordinates"),
        (4, "bad_coordinates"),
        (5, "swapped_coordinates"),
    ]
    assert "lat is 'north'" in [line.detail for line in found.lines]
    assert (found.counts.read, found.counts.kept) == (6, 2)
    (tmp_path / "a.csv").write_text("name,lat\nx,1\n", "utf-8")
    with pytest.raises(SourceError, match=r"a\.csv: no column of longitudes \(longitude, lon"):
        made(tmp_path, "cameras", tmp_path / "a.csv", frame="wgs84")


def test_an_unknown_suffix_is_refused_with_those_that_are_known(tmp_path):
    (tmp_path / "a.xyz").write_bytes(b"")
    with pytest.raises(SourceError, match=r"unknown format \.xyz; known are \.geojson, .*\.gpkg"):
        made(tmp_path, "stands", tmp_path / "a.xyz")


@pytest.mark.parametrize("block", [1, 7, 64])
def test_features_are_read_alike_however_the_blocks_fall(tmp_path, monkeypatch, block):
    rows = [feature(square(102 + n / 10), n, 树种="云南松", n=n * 1.5) for n in range(7)]
    file = written(tmp_path / "a.geojson", *rows, name="x", crs=None)
    monkeypatch.setattr(geojson, "BLOCK", block)
    monkeypatch.setattr(geojson, "CHUNK", 3)
    opened = geojson.open_geojson(file)
    chunks = list(opened.chunks)
    assert [len(chunk.shapes) for chunk in chunks] == [3, 3, 1]
    assert [one for chunk in chunks for one in chunk.ids] == [str(n) for n in range(7)]
    assert [one for chunk in chunks for one in chunk.columns["n"]] == [n * 1.5 for n in range(7)]


def test_small_chunks_give_the_same_version_as_large_ones(tmp_path, monkeypatch):
    rows = [feature(square(102 + n / 10), None if n % 3 else n % 6, 树种="230", 林龄=n) for n in range(40)]
    file = written(tmp_path / "a.geojson", *rows)
    large = made(tmp_path, "stands", file)
    monkeypatch.setattr(geojson, "CHUNK", 7)
    small = made(tmp_path, "stands", file)
    assert small.built.manifest.version == large.built.manifest.version
    assert small.lines == large.lines
    assert source.CHUNK > 1000
