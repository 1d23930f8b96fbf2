"""`region show` says from when until when each version is in force, and what a picture was written to."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from region_files import feature, square, written

from streams.cli import main
from streams.region.build.make import build
from streams.region.build.plan import LayerPlan, Plan
from streams.region.shown import lines_of, shown

FIRST, SECOND = datetime(2026, 3, 1, 4, 30, 59, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    written(tmp_path / "a.geojson", feature(square(), "a"))
    layer = (LayerPlan(name="stands", file=str(tmp_path / "a.geojson")),)
    for name, since in (("one", None), ("two", FIRST), ("three", SECOND)):
        build(tmp_path / "out", Plan(layer=layer, name=name, effective_at=since))
    return tmp_path / "out"


def versions(folder, now):
    found = [line.split("  ", 2) for line in lines_of(shown(folder), now) if line.startswith("  version")]
    return [one[2] for one in found]


def test_each_version_says_its_time_in_force_to_the_minute(folder):
    assert versions(folder, FIRST - timedelta(days=1)) == [
        "since ever  in force until 2026-03-01 04:30 UTC",
        "from 2026-03-01 04:30 UTC  in force until 2026-05-01 00:00 UTC",
        "from 2026-05-01 00:00 UTC",
    ]
    assert versions(folder, SECOND + timedelta(days=1)) == [
        "since ever  was in force until 2026-03-01 04:30 UTC",
        "from 2026-03-01 04:30 UTC  was in force until 2026-05-01 00:00 UTC",
        "from 2026-05-01 00:00 UTC  in force",
    ]


def again(folder, name, since):
    layer = (LayerPlan(name="stands", file=str(folder.parent / "a.geojson")),)
    build(folder, Plan(layer=layer, name=name, effective_at=since))


def test_a_version_built_late_for_an_earlier_time_stands_at_its_time(folder):
    again(folder, "four", FIRST - timedelta(days=9))
    assert versions(folder, SECOND) == [
        "from 2026-02-20 04:30 UTC  was in force until 2026-03-01 04:30 UTC",
        "from 2026-03-01 04:30 UTC  was in force until 2026-05-01 00:00 UTC",
        "from 2026-05-01 00:00 UTC  in force",
    ]


def test_of_one_instant_the_version_built_earlier_was_never_in_force(folder):
    again(folder, "four", SECOND)
    assert versions(folder, SECOND) == [
        "from 2026-03-01 04:30 UTC  was in force until 2026-05-01 00:00 UTC",
        "from 2026-05-01 00:00 UTC  never in force",
        "from 2026-05-01 00:00 UTC  in force",
    ]


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_the_picture_is_said_to_be_written(folder, extra):
    path = folder.parent / "map.svg"
    done = CliRunner().invoke(main, ["region", "show", str(folder), "--map", str(path), *extra])
    assert f"wrote {path} (" in (done.stderr if extra else done.stdout)
    if extra:
        assert json.loads(done.stdout)["name"] == "three"
