"""A layer that keeps nothing is refused; one that is gone or halved since the version in force is told."""

import json

import pytest
from click.testing import CliRunner
from region_files import feature, point, square, written

from streams.cli import main
from streams.region.pointer import read_pointer

FAR = feature(square(120.0))


def run(*words):
    return CliRunner().invoke(main, ["region", "build", *map(str, words)])


@pytest.fixture
def files(tmp_path):
    written(tmp_path / "border.geojson", feature(square(101.5, 26.5, 2.0)))
    written(
        tmp_path / "stands.geojson", *(feature(square(102 + n / 10, size=0.05), f"s{n}") for n in range(8))
    )
    written(tmp_path / "towns.geojson", *(feature(point(102.2, 27 + n / 9), f"t{n}") for n in range(4)))
    written(tmp_path / "far.geojson", FAR, FAR, FAR)
    written(tmp_path / "bad.geojson", feature(None), feature({"type": "Circle", "coordinates": []}))
    written(tmp_path / "none.geojson")
    return tmp_path


def words(files, *layers):
    given = [word for layer in layers for word in ("--layer", layer.replace("=", f"={files}/"))]
    return [files / "out", "--boundary", files / "border.geojson", *given]


EMPTY = {
    "far.geojson": "far.geojson: read 3 · kept 0 · dropped 3: wholly outside the boundary (outside_boundary)",
    "bad.geojson": "bad.geojson: read 2 · kept 0 · dropped 2: "
    "coordinates that are no numbers (bad_coordinates); no geometry (no_geometry)",
    "none.geojson": "none.geojson: no rows in it",
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_layer_that_keeps_nothing_is_refused_and_nothing_is_published(files, name):
    done = run(*words(files, f"stands={name}", "settlements=towns.geojson"))
    assert done.exit_code == 1
    assert f"layer stands: {EMPTY[name]}; if it is to be empty: --allow-empty stands" in done.stderr
    assert "nothing was built" in done.stderr
    assert "settlements" not in done.stderr.replace("reading", "")
    assert not list((files / "out").glob("*"))


def test_every_empty_layer_has_its_line_and_the_version_before_stays(files):
    assert run(*words(files, "stands=stands.geojson")).exit_code == 0
    before = read_pointer(files / "out")
    done = run(*words(files, "stands=far.geojson", "settlements=none.geojson", "admin=bad.geojson"))
    assert done.exit_code == 1
    for name in ("stands", "settlements", "admin"):
        assert f"--allow-empty {name}" in done.stderr
    assert read_pointer(files / "out") == before
    assert not list((files / "out").glob(".building-*"))


def test_one_file_of_a_layer_may_be_empty_while_another_is_not(files):
    assert run(*words(files, "stands=far.geojson", "stands=stands.geojson")).exit_code == 0


def test_a_layer_that_is_allowed_to_be_empty_is_built_and_told(files):
    layers = ("stands=far.geojson", "settlements=none.geojson")
    done = run(*words(files, *layers), "--allow-empty", "stands", "--allow-empty", "settlements", "--json")
    assert done.exit_code == 0, done.output
    assert {name: one["kept"] for name, one in json.loads(done.stdout)["summary"].items()} == {
        "boundary": 1,
        "settlements": 0,
        "stands": 0,
    }
    plan = files / "region.toml"
    text = 'allow_empty = ["stands"]\n[[layer]]\nname = "stands"\nfile = "none.geojson"\n'
    plan.write_text(text, "utf-8")
    assert run(files / "planned", "--from", plan).exit_code == 0
    plan.write_text(text.replace('["stands"]', '["roads"]'), "utf-8")
    assert "--allow-empty roads: no such layer" in run(files / "planned", "--from", plan).stderr


def test_what_the_version_in_force_has_more_is_told_and_still_built(files):
    first = run(*words(files, "stands=stands.geojson", "settlements=towns.geojson"), "--json")
    version, none = json.loads(first.stdout)["version"], json.loads(first.stdout)["lost"]
    assert none == []
    written(files / "few.geojson", *(feature(square(102 + n / 10, size=0.05), f"s{n}") for n in range(3)))
    done = run(files / "out", "--layer", f"stands={files}/few.geojson", "--json")
    assert done.exit_code == 0
    lines = [
        f"layer settlements of version {version} (4 rows) is gone in this build",
        f"layer stands: 3 rows in this build, 8 in version {version}",
        f"layer boundary of version {version} (1 rows) is gone in this build",
    ]
    assert json.loads(done.stdout)["lost"] == lines
    assert all(f"WARNING: {line}" in done.stderr for line in lines)
    assert len(read_pointer(files / "out").versions) == 2


def test_half_of_the_rows_may_go_unsaid(files):
    run(*words(files, "stands=stands.geojson"))
    written(files / "half.geojson", *(feature(square(102 + n / 10, size=0.05), f"s{n}") for n in range(4)))
    done = run(*words(files, "stands=half.geojson"))
    assert done.exit_code == 0
    assert "WARNING" not in done.stderr


def test_a_version_in_force_that_cannot_be_read_does_not_stop_the_next(files):
    run(*words(files, "stands=stands.geojson"))
    version = read_pointer(files / "out").versions[0].version
    (files / "out" / version / "manifest.json").unlink()
    done = run(*words(files, "stands=stands.geojson", "settlements=towns.geojson"))
    assert done.exit_code == 0, done.output
    assert "WARNING: not compared with the version in force" in done.stderr
