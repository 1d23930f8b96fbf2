"""The demo's region is built from the files in the repository, once, whoever asks first."""

import subprocess
import sys

import pytest

from streams.region import demo, demo_region
from streams.region.build.make import build
from streams.region.build.plan import read_plan

ROUND_XICHANG = (
    "roads",
    "ranger_posts",
    "ancient_trees",
    "barriers",
    "risk_zones",
    "carbon_projects",
    "place_names",
)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fenghuo"


def test_it_is_built_once_says_so_and_is_reused(cache):
    said = []
    first = demo.demo_folder(said.append)
    assert first.parent == cache
    assert said == [f"building the demo's region of Sichuan, once, in {first}"]
    assert demo.demo_folder(said.append) == first
    assert len(said) == 1
    assert [one.name for one in cache.iterdir()] == [first.name]


@pytest.mark.usefixtures("cache")
def test_a_broken_one_is_built_again():
    first = demo.demo_folder()
    next(first.glob("*/stands/xy.npy")).write_bytes(b"")
    said = []
    assert demo.demo_folder(said.append) == first
    assert len(said) == 1
    assert demo.open_region(first).version == demo_region().version


def test_two_programs_may_build_it_at_the_same_time(cache):
    code = "from streams.region.demo import demo_folder; print(demo_folder())"
    runs = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert len({run.communicate(timeout=120)[0] for run in runs}) == 1
    assert [run.returncode for run in runs] == [0, 0]
    assert len(list(cache.iterdir())) == 1


def test_a_cache_that_cannot_be_made_is_not_needed(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert demo.cache_folder().parent == tmp_path


def test_the_command_builds_the_same_region_and_no_row_is_lost(root, tmp_path):
    built = build(tmp_path / "out", read_plan(root / "streams" / "demo" / "region" / "region.toml"))
    assert built.manifest.version == demo_region().version
    assert sum(one.dropped + one.repaired + one.ambiguous for one in built.summary.values()) == 0
    files = {path.stem for path in (root / "streams" / "demo" / "region").glob("*.geojson")}
    assert files == {one.name for one in built.manifest.layers} - {"province", "city", "county"}
    for layer in built.manifest.layers:
        real = layer.name in {"province", "city", "county"}
        assert layer.illustrative == (0 if real else layer.count)
        assert layer.sources
        assert layer.licences == ("MIT" if real else "Apache-2.0",)


def test_what_is_round_xichang_is_there_and_illustrative():
    region = demo_region()
    for name in ROUND_XICHANG:
        layer = region.layers[name]
        assert all(layer.column("illustrative"))
        west, south, east, north = layer.extent
        assert west < 102.3
        assert east > 102.2
        assert south < 27.85
        assert north > 27.75
    assert set(region.layers["barriers"].column("kind")) == {"生物隔离带", "water", "bare"}
    assert "皮家山山脊（示意）" in region.layers["place_names"].names()
    assert any(region.layers["static_sources"].column("baseline_frp_mw"))
