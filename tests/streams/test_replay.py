"""`fenghuo replay`: what is counted adds up, files are replaced whole, and it ends 0 only when it judged."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from judged import hotspot, report

from detectors.region import WORLD
from schemas.codec import encode
from schemas.settings import Settings
from streams.cli import main
from streams.commands import replay as replay_command
from streams.files import refuse_unwritable
from streams.recorded import read
from streams.replay import replay

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FOUR = {"incidents.ndjson", "alerts.ndjson", "silences.ndjson", "summary.json"}
FIRE = [hotspot(0, 0.4 * i, 0.0, frp=80.0) for i in range(4)]
BETTER = hotspot(0, 0.0, 0.0, frp=90.0, version="2.0", lag=400)
LATE = hotspot(0, 30.0, 30.0, lag=9 * 24 * 60)
NO_FRAME = b'{"kind":"report","source":"a","observed_at":"2024-03-01T00:00:00Z"}\n'


def lines_of(observations):
    return b"".join(encode(one) + b"\n" for one in observations)


@pytest.fixture
def file(tmp_path):
    """Four pixels of a fire, a repeat, a better version, a call, one too late, and two lines of no use."""
    path = tmp_path / "past.ndjson"
    rows = [*FIRE, FIRE[0], BETTER, report(5, 0.5, 0.1, kind="ground", who="ranger"), LATE]
    path.write_bytes(lines_of(rows) + NO_FRAME + b"\xff\x00 no text\n")
    return path


def fenghuo(*words):
    return CliRunner().invoke(main, ["replay", *map(str, words)])


def written(out):
    return {path.name: path.read_bytes() for path in out.iterdir()}


def rows_of(out, name):
    return [json.loads(line) for line in (out / f"{name}.ndjson").read_bytes().splitlines()]


def test_every_row_read_is_accepted_a_duplicate_or_rejected(file, tmp_path):
    summary = replay(read([file], now=NOW), Settings(), WORLD, tmp_path / "out")
    counts = summary["counts"]
    assert counts["duplicate"] == {"duplicate_of": 1, "superseded_by": 1}
    assert sum(counts["rejected"].values()) == 2
    assert counts["silent"] == {"too_late": 1}
    assert counts["accepted"] == 6
    assert counts["read"] == counts["accepted"] + 2 + 2 == 10
    assert [(one["feed"], one["read"], one["rejected"]) for one in summary["files"]] == [("ndjson", 10, 2)]


def test_the_counts_are_those_of_the_files(file, tmp_path):
    out = tmp_path / "out"
    summary = replay(read([file], now=NOW), Settings(), WORLD, out)
    silences, alerts, incidents = (rows_of(out, name) for name in ("silences", "alerts", "incidents"))
    outcomes = [one["outcome"] for one in silences]
    assert [outcomes.count(word) for word in ("rejected", "duplicate", "silent")] == [2, 2, 1]
    assert all(one["reason"]["code"] for one in silences)
    assert summary["alerts"]["total"] == len(alerts) == sum(summary["alerts"]["action"].values())
    assert summary["alerts"]["total"] == sum(summary["alerts"]["grade"].values())
    assert summary["alerts"]["paging"] == sum(one["pages"] for one in alerts) > 0
    assert summary["incidents"]["opened"] == len(incidents)
    told = sum(one["observation_count"] for one in incidents if one["status"] != "merged")
    assert told == summary["counts"]["accepted"] - 1
    assert json.loads((out / "summary.json").read_bytes()) == summary


def test_equal_files_give_equal_bytes_packed_or_not_and_whichever_way_they_are_cut(file, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    lines = file.read_bytes().splitlines(keepends=True)
    (tmp_path / "b.ndjson").write_bytes(b"".join(lines[:3]))
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(b"".join(lines[3:])))
    replay(read([file], now=NOW), Settings(), WORLD, whole)
    replay(read([tmp_path / "a.ndjson.gz", tmp_path / "b.ndjson"], now=NOW), Settings(), WORLD, cut)
    for name in ("incidents.ndjson", "alerts.ndjson"):
        assert written(whole)[name] == written(cut)[name]


def test_files_are_replaced_whole(file, tmp_path):
    out = tmp_path / "out"
    replay(read([file], now=NOW), Settings(), WORLD, out)
    before = written(out)
    assert set(before) == FOUR
    with (out / "alerts.ndjson").open("rb") as held:
        second = tmp_path / "second.ndjson"
        second.write_bytes(lines_of(FIRE[:1]))
        replay(read([second], now=NOW), Settings(), WORLD, out)
        assert held.read() == before["alerts.ndjson"]
    after = written(out)
    assert set(after) == FOUR
    assert len(after["alerts.ndjson"].splitlines()) == 1


def test_a_file_that_cannot_be_written_is_one_line_and_a_failure_and_leaves_no_part(file, tmp_path):
    out = tmp_path / "out"
    (out / "alerts.ndjson").mkdir(parents=True)
    failed = fenghuo(file, "--out", out)
    assert failed.exit_code == 1
    assert "Is a directory" in failed.stderr.splitlines()[-1]
    assert {path.name for path in out.iterdir()} == {"alerts.ndjson", "incidents.ndjson"}


def test_where_nothing_can_be_written_is_said_before_anything_is_judged(file, tmp_path, monkeypatch):
    monkeypatch.setattr(replay_command, "read", None)
    (tmp_path / "taken").write_text("")
    failed = fenghuo(file, "--out", tmp_path / "taken" / "out")
    assert failed.exit_code == 1
    assert failed.stderr.splitlines()[-1].endswith("cannot be written: Not a directory")
    refuse_unwritable(tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()


def test_how_far_it_has_come_is_told_and_never_too_far(tmp_path):
    far = tmp_path / "far.ndjson"
    far.write_bytes(lines_of(hotspot(i, 20.0 * (i % 7), 0.0) for i in range(600)))
    told = []
    replay(read([far], now=NOW), Settings(), WORLD, tmp_path / "out", told.append)
    assert told == sorted(told)
    assert len(told) == 3
    assert told[-1] <= 600


def test_the_command_ends_0_and_says_what_it_did_in_three_lines(file, tmp_path):
    done = fenghuo(file, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    first, second, third = done.stdout.splitlines()
    assert first == "read 10 · accepted 6 · duplicate 2 · rejected 2 · silent 1"
    assert second == "2 incidents (1 merged, 0 open at the end), 3 alert revisions, 2 that page"
    assert third.endswith(f"written to {tmp_path / 'out'}")
    assert set(written(tmp_path / "out")) == FOUR


def test_as_json_standard_output_is_the_summary_and_nothing_else(file, tmp_path):
    done = fenghuo(file, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "summary.json").read_bytes())


@pytest.mark.parametrize(
    "content", [b"", b"nothing here\n", b"\x00\x01\x02", b"a,b\n1,2\n", b"\x1f\x8b broken"]
)
def test_where_nothing_can_be_read_one_line_says_so_and_it_fails(content, tmp_path):
    noise = tmp_path / "noise"
    noise.write_bytes(content)
    failed = fenghuo(noise, "--out", tmp_path / "out")
    assert failed.exit_code == 1
    assert failed.stdout == ""
    assert len(failed.stderr.splitlines()) == 1
    assert failed.stderr.startswith(f"Error: nothing readable: {noise}: ")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_fails_alone_and_is_counted_beside_one_that_is(file, tmp_path):
    gone = tmp_path / "gone.csv"
    assert fenghuo(gone, "--out", tmp_path / "out").exit_code == 1
    beside = fenghuo(file, gone, "--out", tmp_path / "out")
    assert beside.exit_code == 0
    assert "rejected 3" in beside.stdout


def test_a_typo_in_the_settings_fails_before_anything_is_judged(file, tmp_path):
    settings = tmp_path / "typo.toml"
    settings.write_text("[lifecycle]\nquiet_hours = 3.0\n", encoding="utf-8")
    failed = fenghuo(file, "--out", tmp_path / "out", "--settings", settings)
    assert failed.exit_code == 1
    assert "quiet_hours" in failed.stderr
    assert not (tmp_path / "out").exists()
