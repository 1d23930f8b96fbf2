import datetime as dt
import json

import msgspec
import numpy as np
import pyproj
import pytest
import shapely

from detectors.region import Layer, Region
from streams.region import RegionWriter, open_region, write_region
from streams.region.manifest import RegionError
from streams.region.pointer import read_pointer

HOLED = shapely.box(100, 30, 101, 31).difference(shapely.box(100.4, 30.4, 100.6, 30.6))
MANY = shapely.MultiPolygon([shapely.box(101, 30, 102, 31), shapely.box(103, 30, 104, 31)])
NOW = dt.datetime.now(dt.UTC)


def small(name="test"):
    attributes = [
        {
            "species": "云南松",
            "age_a": 31,
            "volume_m3_ha": 120.5,
            "illustrative": True,
            "more": [1, {"a": 2}],
        },
        {"species": None, "age_a": None, "burnt": False},
    ]
    stands = Layer.of("stands", [HOLED, MANY], ["s-1", "s-2"], ["一", "two"], attributes)
    towns = Layer.of("settlements", [shapely.Point(100.5, 30.5)], ["t"], ["村"])
    roads = Layer.of("roads", [shapely.LineString([(100, 30), (101, 31)])], ["r"], ["G5"])
    border = Layer.of("boundary", [shapely.box(99, 29, 105, 32)], ["b"], ["b"])
    layers = {one.name: one for one in (stands, towns, roads, Layer.of("traps", [], [], []))}
    return Region(name, layers, border, zone="Asia/Shanghai", jurisdiction="cn-sichuan")


def test_what_is_written_is_opened_again_the_same(tmp_path):
    region = small()
    manifest = write_region(tmp_path, region)
    opened = open_region(tmp_path)
    assert opened.version == region.version == manifest.version
    assert (opened.name, opened.zone, opened.jurisdiction) == ("test", "Asia/Shanghai", "cn-sichuan")
    assert opened.boundary.extent == (99, 29, 105, 32)
    stands = opened.layers["stands"]
    one, two = stands.row("s-1"), stands.row("s-2")
    assert stands.geometries([one, two]).tolist() == [HOLED.normalize(), MANY.normalize()] or (
        shapely.equals(stands.geometries([one, two]), [HOLED, MANY]).all()
    )
    assert stands.names([two, one]) == ["two", "一"]
    assert stands.attributes(one) == small().layers["stands"].attributes(one)
    assert stands.attributes(two) == {"burnt": False}
    assert stands.column("age_a", [one, two]) == [31, None]
    assert [len(opened.layers[name]) for name in ("settlements", "roads", "traps")] == [1, 1, 0]
    asked = ([100.5, 100.1, 103.5], [30.5, 30.1, 30.5], [10.0, 500.0, 10.0])
    assert opened.places_bulk(*asked) == region.places_bulk(*asked)


def test_the_manifest_says_what_there_is(tmp_path):
    manifest = write_region(tmp_path, small())
    said = {one.name: one for one in manifest.layers}
    assert [(name, one.kind, one.count) for name, one in said.items()] == [
        ("roads", "line", 1),
        ("settlements", "point", 1),
        ("stands", "polygon", 2),
        ("traps", "empty", 0),
    ]
    assert said["stands"].extent == (100, 30, 104, 31)
    assert said["stands"].illustrative == 1
    assert said["traps"].extent is None
    equal_area = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True).transform
    dense = shapely.segmentize([HOLED, MANY], 0.01)
    true_m2 = shapely.area(shapely.transform(dense, equal_area, interleaved=False)).sum()
    assert said["stands"].area_ha == pytest.approx(true_m2 / 1e4, rel=1e-6)


def test_the_same_content_has_the_same_version_wherever_and_whenever_it_is_built(tmp_path):
    first, second = (write_region(tmp_path / place, small()) for place in "ab")
    assert first.version == second.version
    assert write_region(tmp_path / "c", small("other")).version != first.version


def test_a_further_version_takes_effect_later_and_old_ones_stay(tmp_path):
    at = [NOW + dt.timedelta(hours=hour) for hour in (-9, -8, -7, 1)]
    built = [write_region(tmp_path, small(n), effective_at=at[i]) for i, n in enumerate("abcd")]
    versions = [one.version for one in built]
    pointer = read_pointer(tmp_path)
    assert [one.version for one in pointer.versions] == versions[1:]
    assert not (tmp_path / versions[0]).exists()
    assert open_region(tmp_path).version == versions[3]
    assert open_region(tmp_path, now=NOW - dt.timedelta(hours=10)).version == versions[1]
    assert open_region(tmp_path, now=NOW).version == versions[2]
    assert open_region(tmp_path, now=NOW + dt.timedelta(hours=2)).version == versions[3]


def test_two_builds_at_once_do_not_meet(tmp_path):
    with RegionWriter(tmp_path, "one") as build:
        with pytest.raises(RegionError, match="another build is at work"):
            write_region(tmp_path, small())
        build.keep_region(small("one"))
        build.publish()
    write_region(tmp_path, small())
    assert len(read_pointer(tmp_path).versions) == 2


def test_what_is_in_force_stays_however_many_are_built_after_it(tmp_path):
    soon = NOW + dt.timedelta(hours=1)
    versions = [write_region(tmp_path, small("a")).version]
    versions += [write_region(tmp_path, small(name), effective_at=soon).version for name in "bcdef"]
    assert [one.version for one in read_pointer(tmp_path).versions] == versions
    assert open_region(tmp_path, now=NOW).version == versions[0]


def test_a_version_built_again_is_in_force_as_before_and_an_older_one_comes_back(tmp_path):
    first = write_region(tmp_path, small("a")).version
    second = write_region(tmp_path, small("b"), effective_at=NOW).version
    before = [(one.version, one.effective_at) for one in read_pointer(tmp_path).versions]
    write_region(tmp_path, small("b"))
    assert [(one.version, one.effective_at) for one in read_pointer(tmp_path).versions] == before
    write_region(tmp_path, small("a"))
    back = read_pointer(tmp_path).versions
    assert [one.version for one in back] == [second, first]
    assert open_region(tmp_path, now=NOW).version == second
    assert open_region(tmp_path, now=NOW + dt.timedelta(hours=1)).version == first


def test_a_build_that_breaks_off_leaves_the_old_version_and_nothing_else(tmp_path):
    version = write_region(tmp_path, small()).version

    def broken():
        with RegionWriter(tmp_path, "next") as build:
            build.keep_region(small("next"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    (tmp_path / ".building-1").mkdir()
    assert open_region(tmp_path).version == version
    write_region(tmp_path, small())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([version, "region.json"])


def spoiled(folder, version, what):
    place = folder / version
    match what:
        case "no pointer":
            (folder / "region.json").unlink()
        case "torn pointer":
            (folder / "region.json").write_bytes(b'{"format": 1, "versi')
        case "format":
            (folder / "region.json").write_text(json.dumps({"format": 2, "versions": []}))
        case "no version":
            (folder / "region.json").write_text(json.dumps({"format": 1, "versions": []}))
        case "manifest":
            text = (place / "manifest.json").read_text("utf-8")
            (place / "manifest.json").write_text(text.replace("s-", "t-").replace('"count": 2', '"count": 3'))
        case "no manifest":
            (place / "manifest.json").unlink()
        case "missing":
            (place / "stands" / "xy.npy").unlink()
        case "short":
            file = place / "stands" / "xy.npy"
            file.write_bytes(file.read_bytes()[:-8])
        case "bit":
            file = place / "stands" / "xy.npy"
            content = bytearray(file.read_bytes())
            content[-3] ^= 1
            file.write_bytes(content)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("no pointer", "no region here"),
        ("torn pointer", "cannot be read"),
        ("format", "format 2"),
        ("no version", "names no version"),
        ("manifest", "checksum"),
        ("no manifest", "cannot be read"),
        ("missing", r"xy\.npy: missing"),
        ("short", r"xy\.npy: \d+ bytes, built with"),
        ("bit", r"xy\.npy: changed"),
    ],
)
def test_a_spoiled_region_is_refused_with_the_reason(tmp_path, what, said):
    spoiled(tmp_path, write_region(tmp_path, small()).version, what)
    with pytest.raises(RegionError, match=said) as refused:
        open_region(tmp_path)
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_rows_in_any_order_and_chunks_make_the_same_layer(tmp_path):
    spots = np.random.default_rng(1).uniform((100, 28), (104, 32), (500, 2))
    shapes = shapely.buffer(shapely.points(spots), 0.01)
    written = []
    for name, rows, step in (("a", range(500), 500), ("b", range(499, -1, -1), 37)):
        with RegionWriter(tmp_path / name, "r") as build:
            layer = build.layer("stands", {"n": "integer", "word": "word"}, sources=["made"])
            for first in range(0, 500, step):
                some = list(rows)[first : first + step]
                ids = [f"{row:03d}" for row in some]
                layer.add(shapes[some], ids, ids, {"n": some, "word": [f"w{row % 5}" for row in some]})
            entry = build.keep(layer)
            written.append(build.publish())
    assert entry.sources == ("made",)
    assert written[0].version == written[1].version
    stands = open_region(tmp_path / "a").layers["stands"]
    row = stands.row("123")
    assert stands.attributes(row) == {"n": 123, "word": "w3"}
    assert shapely.distance(stands.geometries([row])[0].centroid, shapely.Point(spots[123])) < 1e-6
    assert msgspec.to_builtins(written[0].layers[0].columns[0]) == {"name": "n", "kind": "integer"}


def test_rows_written_in_chunks_are_the_layer_that_is_written_at_once(tmp_path):
    rows = range(300)
    spots = np.random.default_rng(4).uniform((100, 28), (100.5, 28.5), (300, 2))
    shapes = [
        shapely.Point(spot).buffer(0.002 + 0.01 * (row % 3)) for row, spot in zip(rows, spots, strict=True)
    ]
    shapes[7] = shapely.MultiPolygon([shapes[7], shapely.box(99, 27, 99.1, 27.1)])
    shapes[8] = HOLED
    shapes[9], shapes[10] = shapely.Point(100, 28), shapely.LineString([(100, 28), (101, 29)])
    values = {
        "age_a": [row if row % 7 else None for row in rows],
        "free": [f"text {row}" for row in rows],
        "late": [None] * 250 + [1.5] * 50,
        "more": [{"a": row} for row in rows],
        "never": [None] * 300,
        "species": [f"w{row % 5}" if row % 4 else None for row in rows],
        "truth": [bool(row % 2) for row in rows],
    }
    ids = [f"{row % 290:03d}" for row in rows]
    attributes = [{label: column[row] for label, column in values.items()} for row in rows]
    at_once = Region("r", {"stands": Layer.of("stands", shapes, ids, ids, attributes)})
    whole = write_region(tmp_path / "a", at_once)
    with RegionWriter(tmp_path / "b", "r") as build:
        layer = build.layer("stands")
        for first in range(0, 300, 50):
            some = slice(first, first + 50)
            columns = {
                label: column[some] for label, column in values.items() if label != "late" or first == 250
            }
            layer.add(shapes[some], ids[some], ids[some], columns)
        build.keep(layer)
        parts = build.publish()
    assert msgspec.structs.replace(parts, built_at=NOW) == msgspec.structs.replace(whole, built_at=NOW)
    assert sorted(path.name for path in (tmp_path / "b" / parts.version / "stands").glob(".*")) == []
    opened = open_region(tmp_path / "b").layers["stands"]
    assert opened.attributes(opened.row("017")) == {
        label: column[17] for label, column in values.items() if column[17] is not None
    }


def test_the_kinds_of_columns_are_found_from_the_rows(tmp_path):
    said = {one.name: one.kind for one in write_region(tmp_path, small()).layers[2].columns}
    assert said == {
        "age_a": "integer",
        "burnt": "truth",
        "illustrative": "truth",
        "more": "json",
        "species": "text",
        "volume_m3_ha": "number",
    }
