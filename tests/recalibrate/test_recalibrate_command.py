"""Verified incidents are counted from recorded files; the proposal can be published and is never taken up."""

import json
import tomllib

import pytest
import shapely
from answered_words import verdict
from click.testing import CliRunner
from judged import delivery, hotspot, judge

from detectors.proposal import document
from detectors.recalibration import Found, recalibrated
from detectors.region import WORLD, Region
from detectors.region.layer import Layer
from schemas.codec import encode
from schemas.settings import Settings
from streams.cli import main
from streams.hops.build import build_hops
from streams.recalibrate.collect import collect
from streams.recorded import deliveries
from streams.said import with_said
from streams.tables import load_tables

TABLE = load_tables().evidence
SPOTS = [hotspot(60 * n, 30.0 * n, lag=10) for n in range(4)]
"""Four fires, each seen once, far apart."""
WOOD = Region("wood", {"stands": Layer.of("stands", [shapely.box(101.0, 27.0, 107.0, 29.0)], ["s"], ["s"])})


def name_of(*observations):
    return next(iter(judge([delivery(one) for one in observations]).incidents))


def counted(observations, verdicts, region=WORLD):
    return collect(with_said(deliveries(observations), verdicts), Settings(), region)


def cells(found):
    return {
        (one.source, one.land, one.is_day): (one.fires, one.others)
        for one in found.report.proposals
        if one.fires + one.others
    }


def test_what_was_seen_of_each_incident_that_an_office_ruled_on_counts_by_land_and_hour():
    names = [name_of(one) for one in SPOTS]
    # 00:00 to 03:00 UTC is morning at 102 E
    verdicts = [
        verdict(300, 0, names[0], level="county"),
        verdict(300, 3, names[1], level="county"),
        verdict(300, 9, names[2], level="city"),
        verdict(300, 0, names[3]),
    ]
    found = counted(SPOTS, verdicts, WOOD)
    assert (found.fires, found.others, found.unsettled) == (1, 2, 0)
    assert cells(found) == {("satellite", "forest", True): (1, 2)}
    assert cells(counted(SPOTS, verdicts)) == {("satellite", "unknown", True): (1, 2)}


def test_the_newest_word_of_an_office_counts_and_an_incident_counts_once_whatever_it_was_called():
    early, late = hotspot(0, 0.0, lag=200), hotspot(30, 1.0, satellite="NPP", lag=10)
    old, new = name_of(late), name_of(early)
    verdicts = [verdict(100, 3, old, level="county"), verdict(400, 0, new, level="city")]
    found = counted([early, late], verdicts)
    assert (found.fires, found.others) == (1, 0)
    assert cells(found) == {("satellite", "unknown", True): (2, 0)}


def test_contradictory_answers_and_denials_that_evidence_overcame_count_for_nothing():
    name = name_of(SPOTS[0])
    verdicts = [verdict(300, 0, name, level="city"), verdict(310, 9, name, level="county")]
    found = counted(SPOTS[:1], verdicts)
    assert (found.report.looks, found.unsettled) == (0, 1)


def report_of(fires, others, land="forest"):
    def looks(n, was_fire):
        return [Found(source="satellite", land=land, is_day=True, was_fire=was_fire)] * n

    # what else was verified, so that the shares of this land mean something
    rest = [
        Found(source="satellite", land="unknown", is_day=True, was_fire=was) for was in (True, False)
    ] * 40
    return recalibrated(TABLE.version, TABLE.surroundings, looks(fires, True) + looks(others, False) + rest)


def test_a_proposal_is_a_document_that_the_settings_take_and_changes_only_what_differs():
    text = document(report_of(60, 5), "verdicts-1")
    proposed = tomllib.loads(text)
    [row] = proposed["evidence"]["ratio"]
    assert (row["source"], row["land"], row["night"]) == ("satellite", "forest", 1.6)
    assert row["day"] > 3.0
    assert "60 of fires, 5 of others" in text
    judged = build_hops(Settings(**proposed), WORLD)[1].options.evidence
    assert judged.version == f"{TABLE.version}+verdicts-1"
    changed = {(one.source, one.land): one for one in judged.surroundings.ratio}
    assert changed["satellite", "forest"].day == row["day"]
    plain = {(one.source, one.land): one for one in TABLE.surroundings.ratio}
    assert {key for key in plain if plain[key] != changed[key]} == {("satellite", "forest")}
    assert build_hops(Settings(), WORLD)[1].options.evidence == TABLE


@pytest.mark.parametrize(("fires", "others", "least"), [(0, 0, 10), (3, 0, 10), (40, 40, 10), (60, 5, 100)])
def test_too_few_looks_and_what_lies_inside_the_interval_propose_nothing(fires, others, least):
    assert document(report_of(fires, others), "v", least) is None


def run(tmp_path, observations, verdicts, *words):
    seen, said = tmp_path / "seen.ndjson", tmp_path / "said.ndjson"
    seen.write_bytes(b"".join(encode(one) + b"\n" for one in observations))
    said.write_bytes(b"".join(encode(one) + b"\n" for one in verdicts))
    return CliRunner().invoke(main, ["recalibrate", str(seen), str(said), *map(str, words)])


@pytest.mark.parametrize("place", [WOOD, WORLD], ids=["wood", "no region"])
def test_the_command_prints_counts_and_writes_what_can_be_published(tmp_path, monkeypatch, place):
    monkeypatch.setattr("streams.commands.recalibrate.load_region", lambda _folder: place)
    spots = [hotspot(0, 30.0 * n, lag=10) for n in range(12)]
    called = [hotspot(0, 30.0 * n, 300.0, lag=10) for n in range(12)]
    verdicts = [verdict(60, 3, name_of(one), level="county") for one in spots]
    verdicts += [verdict(60, 0, name_of(one), level="county") for one in called]
    out = tmp_path / "ratios.toml"
    done = run(tmp_path, [*spots, *called], verdicts, "--out", out)
    assert done.exit_code == 0, done.output
    assert "12 fires and 12 others that offices ruled on, 24 looks" in done.output
    found = json.loads(run(tmp_path, [*spots, *called], verdicts, "--json").stdout)
    assert found["report"]["status"] == "proposed"
    if place is WORLD:
        assert "nothing is proposed" in done.output
        assert not out.exists()
        return
    assert "nothing is in force until it is published" in done.output
    assert tomllib.loads(out.read_text(encoding="utf-8"))["evidence"]["version"] == "verdicts-20240301-24"


def test_without_a_word_of_an_office_it_says_so_in_one_line_and_fails(tmp_path):
    done = run(tmp_path, SPOTS[:1], [verdict(60, 0, name_of(SPOTS[0]))])
    assert done.exit_code == 1
    assert "no incident that an office ruled on" in done.output
