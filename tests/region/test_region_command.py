"""`fenghuo region build` and `show`: what is said, what is written, and that a build is whole or absent."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from region_files import feature, point, square, written

from streams.cli import main
from streams.commands.region import progressing
from streams.region.build import make
from streams.region.manifest import RegionError
from streams.region.opening import open_region
from streams.region.pointer import read_pointer

BORDER = square(101.5, 26.5, 2.0)


@pytest.fixture
def files(tmp_path):
    """Files of a small region."""
    written(tmp_path / "border.geojson", feature(BORDER))
    rows = [
        feature(square(102 + n / 20, size=0.05), f"s{n}", 树种="230", illustrative=True) for n in range(6)
    ]
    bowtie = square(103)["coordinates"][0]
    bowtie[1], bowtie[2] = bowtie[2], bowtie[1]
    rows.append(feature({"type": "Polygon", "coordinates": [bowtie]}, "odd"))
    rows.append(feature(square(120), "far"))
    written(tmp_path / "stands.geojson", *rows)
    written(tmp_path / "towns.geojson", feature(point(102.2, 27.1), "t", 名称="经久", 人口="5,200"))
    return tmp_path


def said(*words, code=0):
    done = CliRunner().invoke(main, ["region", *map(str, words)])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.stderr


def options(files):
    layers = [
        "--layer",
        f"stands={files / 'stands.geojson'}",
        "--layer",
        f"settlements={files / 'towns.geojson'}",
    ]
    return [files / "out", "--boundary", files / "border.geojson", "--name", "test", *layers]


def test_a_build_says_what_became_of_the_rows_and_show_says_it_again(files):
    built = said("build", *options(files), "--licence", "stands=CC0", "--source", "stands=office")
    assert "stands: read 8 · kept 7 · repaired 1 · dropped 1 · ambiguous 0" in built
    assert "dropped 1: wholly outside the boundary (outside_boundary)" in built
    version = read_pointer(files / "out").versions[0].version
    assert f"built version {version}" in built
    shown = said("show", files / "out")
    for words in (
        version,
        "since ever  in force",
        "7 polygon",
        "6 illustrative (示意)",
        "office",
        "CC0",
        "boundary",
    ):
        assert words in shown
    assert "stands: read 8 · kept 7" in shown
    assert "settlements" in shown


def test_json_is_for_programs(files):
    built = json.loads(said("build", *options(files), "--json"))
    assert built["summary"]["stands"]["reasons"] == {
        "dropped:outside_boundary": 1,
        "repaired:self_crossing": 1,
    }
    shown = json.loads(said("show", files / "out", "--json", "--verify"))
    assert shown["versions"][0]["version"] == built["version"] == shown["manifest"]["version"]
    assert {one["name"]: one["count"] for one in shown["manifest"]["layers"]} == {
        "stands": 7,
        "settlements": 1,
    }
    assert shown["report"] == built["summary"]


def test_the_same_inputs_give_the_same_version_and_others_another(files):
    first = json.loads(said("build", *options(files), "--json"))["version"]
    other = files / "elsewhere"
    again = json.loads(said("build", other, *options(files)[1:], "--json"))["version"]
    assert first == again
    wider = json.loads(said("build", *options(files), "--buffer-km", "5", "--json"))["version"]
    assert wider != first
    versions = read_pointer(files / "out").versions
    assert [one.version for one in versions] == [first, wider]
    assert versions[0].effective_at is None
    assert timedelta(0) < versions[1].effective_at - datetime.now(UTC) < timedelta(seconds=31)
    later = said("build", *options(files), "--name", "third", "--effective-at", "2031-03-01T00:00:00+08:00")
    assert "built version" in later
    assert read_pointer(files / "out").versions[-1].effective_at == datetime(2031, 2, 28, 16, tzinfo=UTC)
    assert open_region(files / "out", now=datetime.now(UTC)).version == first
    assert "from 2031-02-28 16:00 UTC" in said("show", files / "out")


def test_a_plan_in_toml_is_the_same_as_the_options_which_win_over_it(files):
    (files / "map.toml").write_text('[settlements]\npeople = "人口"\n', "utf-8")
    plan = files / "region.toml"
    plan.write_text(
        'name = "test"\nboundary = "border.geojson"\n'
        '[[layer]]\nname = "stands"\nfile = "stands.geojson"\n'
        '[[layer]]\nname = "settlements"\nfile = "towns.geojson"\n',
        "utf-8",
    )
    by_plan = json.loads(said("build", files / "a", "--from", plan, "--json"))
    by_words = json.loads(said("build", *options(files), "--json"))
    assert by_plan["version"] == by_words["version"]
    assert by_plan["summary"]["settlements"]["reasons"] == {"ambiguous:bad_value": 1}
    renamed = said("build", files / "a", "--from", plan, "--name", "other", "--columns", files / "map.toml")
    assert "built version" in renamed
    assert open_region(files / "a").name == "other"


WRONG = [
    (["--layer", "stands"], "--layer stands: NAME=VALUE is wanted"),
    (["--layer", "stand=x.geojson"], "did you mean stands?"),
    (["--layer", "stands=nowhere.geojson"], "layer stands: nowhere.geojson: no such file"),
    ([], "nothing to build: name layers with --layer NAME=FILE"),
    (["--from", "none.toml"], "none.toml: No such file"),
    (
        ["--layer", "stands=china:510000", "--frame", "stands=gcj20"],
        "a frame is one of wgs84, cgcs2000, gcj02",
    ),
    (["--layer", "stands=china:510000", "--crs", "roads=EPSG:1"], "--crs roads: no such layer or file"),
    (["--layer", "admin=china:999999"], "china:999999: no province, city or county"),
    (["--layer", "admin=china:51"], "china:51: no province, city or county"),
    (["--boundary", "china:5"], "china:5: no province, city or county"),
    (["--layer", "admin=china:510000", "--effective-at", "soon"], "--effective-at soon: no time"),
    (["--layer", "admin=china:510000", "--effective-at", "2031-01-01T00:00"], "needs its offset"),
]


@pytest.mark.parametrize(("words", "why"), WRONG, ids=[why for _, why in WRONG])
def test_what_is_asked_wrongly_is_one_clear_line(tmp_path, monkeypatch, words, why):
    monkeypatch.chdir(tmp_path)
    assert why in said("build", "out", *words, code=1)
    assert not list(tmp_path.glob("out/*"))


def test_a_typo_in_a_plan_is_told_with_its_path(tmp_path):
    plan = tmp_path / "region.toml"
    for text, why in (
        ('nam = "x"', "unknown field `nam`"),
        ('[[layer]]\nname = "stands"\nfile = "x"\nframe = "gcj"', "`$.layer[0].frame`"),
        ("buffer_km = -1", "`$.buffer_km`"),
        ("a b", "region.toml: "),
    ):
        plan.write_text(text, "utf-8")
        assert why in said("build", tmp_path / "out", "--from", plan, code=1)


def test_show_refuses_what_is_no_region_or_a_broken_one(files):
    assert "no region here" in said("show", files / "nothing", code=1)
    said("build", *options(files))
    version = read_pointer(files / "out").versions[0].version
    broken = files / "out" / version / "stands" / "xy.npy"
    raw = bytearray(broken.read_bytes())
    raw[-1] ^= 1
    broken.write_bytes(raw)
    assert "xy.npy: changed since it was built (checksum)" in said("show", files / "out", code=1)
    broken.write_bytes(raw[:-8])
    assert "bytes, built with" in said("show", files / "out", code=1)
    broken.unlink()
    assert "xy.npy: missing" in said("show", files / "out", code=1)


def test_a_half_written_region_is_refused(files):
    said("build", *options(files))
    (files / "out" / "region.json").unlink()
    with pytest.raises(RegionError, match=r"region\.json is missing"):
        open_region(files / "out")


def test_the_picture_is_a_drawing_with_every_layer_its_count_and_a_scale(files):
    said("build", *options(files))
    said("show", files / "out", "--map", files / "map.svg")
    drawn = ET.fromstring((files / "map.svg").read_text("utf-8"))
    names = {one.get("data-layer") for one in drawn.iter("{http://www.w3.org/2000/svg}g")}
    assert {"stands", "settlements"} <= names
    words = " ".join("".join(one.itertext()) for one in drawn.iter("{http://www.w3.org/2000/svg}text"))
    for word in ("test", "stands 7", "settlements 1", "km", "102.0°E", "27.0°N"):
        assert word in words
    shapes = [one for one in drawn.iter("{http://www.w3.org/2000/svg}path") if len(one.get("d", "")) > 20]
    assert len(shapes) >= 8


def test_large_layers_are_thinned_in_the_picture_and_that_is_said(files, monkeypatch):
    from streams.region import picture

    monkeypatch.setattr(picture, "MOST_SHAPES", 3)
    said("build", *options(files))
    said("show", files / "out", "--map", files / "map.svg")
    assert "1 in 3 drawn" in (files / "map.svg").read_text("utf-8")


def test_an_error_in_the_middle_leaves_the_old_version_and_no_rest(files, monkeypatch):
    said("build", *options(files))
    before = read_pointer(files / "out")

    def broken(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make.RegionWriter, "publish", broken)
    failed = CliRunner().invoke(main, ["region", "build", *map(str, options(files)), "--buffer-km", "5"])
    assert failed.exit_code == 1
    assert "No space left on device" in failed.stderr.splitlines()[-1]
    assert read_pointer(files / "out") == before
    assert not list((files / "out").glob(".building-*"))
    assert open_region(files / "out").name == "test"


SLOW = """
import sys, time
from streams.region.build import make
keep = make.RegionWriter.keep
def slow(writer, layer):
    entry = keep(writer, layer)
    print("kept", layer.name, flush=True)
    time.sleep(30)
    return entry
make.RegionWriter.keep = slow
from streams.cli import main
main(sys.argv[1:])
"""


def test_killed_in_the_middle_the_old_version_opens_and_the_next_build_cleans_up(files):
    said("build", *options(files))
    before = read_pointer(files / "out")
    words = ["region", "build", *map(str, options(files)), "--buffer-km", "5"]
    process = subprocess.Popen([sys.executable, "-c", SLOW, *words], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("kept")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert list((files / "out").glob(".building-*"))
    assert read_pointer(files / "out") == before
    assert open_region(files / "out").name == "test"
    said("build", *options(files), "--buffer-km", "5")
    assert not list((files / "out").glob(".building-*"))
    assert len(read_pointer(files / "out").versions) == 2


def test_progress_names_every_source_and_counts_where_somebody_looks(monkeypatch, capsys):
    with progressing(quiet=False) as step:
        step("a.shp", 10, 20)
        step("a.shp", 20, 20)
        step("b.geojson", 5, None)
    assert capsys.readouterr().err == "reading a.shp\nreading b.geojson\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progressing(quiet=False) as step:
        step("a.shp", 10, 20)
    assert "a.shp: 10 of 20 rows" in capsys.readouterr().err
