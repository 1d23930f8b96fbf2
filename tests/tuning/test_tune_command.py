"""The command from end to end: the same bytes on one core and on two, and bad input in one line."""

import json

import pytest
from click.testing import CliRunner

from schemas.codec import encode
from streams.commands.tune import command
from streams.files import write_whole
from streams.tuning import backtest
from streams.tuning.season import season, written

FLOOR = "[grade]\ntask = 0.1\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    for name, content in written(season(1, 10)):
        write_whole(folder / name, content)
    write_whole(folder / "b.toml", FLOOR.encode())
    return folder


def run(*words, code=0):
    done = CliRunner().invoke(command, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def test_one_core_and_two_write_the_same_bytes(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(backtest, "QUICK", 0)
    given = (
        folder / "observations.ndjson.gz",
        "--candidate",
        folder / "b.toml",
        "--truth",
        folder / "truth.ndjson",
    )
    said = [run(*given, "--out", tmp_path / n, "--cores", n) for n in ("1", "2")]
    assert "too thin" in said[0]
    for name in ("report.json", "report.html"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    found = json.loads((tmp_path / "1" / "report.json").read_bytes())
    assert found["comparison"]["counts"]["lost"] > 0
    assert found["misses"]
    assert found["past"]["rejected"] == {}


def test_near_misses_are_listed_the_nearest_first(folder):
    words = ("nearest", folder / "observations.ndjson.gz", "--settings", folder / "b.toml")
    found = json.loads(run(*words, "--json"))
    assert [one["lacks"] for one in found] == sorted(one["lacks"] for one in found)
    assert {one["threshold"] for one in found} == {0.1}
    assert "lacks" in run(*words, "--most", "3")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[grade]\ntsk = 1", "did you mean task"),
        ("[kafka]\n", "needs a restart"),
        ("[grade", "not TOML"),
    ],
)
def test_a_bad_candidate_is_refused_before_anything_is_judged(folder, tmp_path, text, words):
    bad = tmp_path / "bad.toml"
    bad.write_text(text)
    said = run(folder / "observations.ndjson.gz", "--candidate", bad, "--out", tmp_path / "out", code=1)
    assert words in said
    assert not (tmp_path / "out").exists()


def test_an_archive_with_holes_and_unreadable_rows_says_so(folder, tmp_path):
    file = tmp_path / "rows.ndjson"
    early = [one for one in season(1, 10).observations if one.observed_at.day in {1, 2, 6}]
    file.write_bytes(b"".join(encode(one) + b"\n" for one in early) + b"{broken\n")
    run(file, "--candidate", folder / "b.toml", "--out", tmp_path / "out", "--cores", "1")
    past = json.loads((tmp_path / "out" / "report.json").read_bytes())["past"]
    assert past["holes"] == ["2026-03-03", "2026-03-04", "2026-03-05"]
    assert past["rejected"] == {"unreadable": 1}
