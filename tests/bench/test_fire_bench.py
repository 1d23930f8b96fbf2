"""What the benchmark makes of one great fire, a year and a Qingming day is what it says it is."""

import json

import pytest
from click.testing import CliRunner

from schemas.settings import Settings
from streams.bench import qingming, year
from streams.bench.long_fire import PIXELS, fire_csv
from streams.commands.bench import command
from streams.recorded import deliveries, read
from streams.replay import run


def test_a_smaller_fire_is_the_same_fire_cut_off_earlier():
    few, more = fire_csv(1000).splitlines(), fire_csv(3000).splitlines()
    assert (len(few), len(more)) == (1001, 3001)
    assert more[:1001] == few
    assert fire_csv(1000, seed=2) != fire_csv(1000)
    whole = fire_csv().splitlines()
    assert len(whole) == PIXELS + 1
    days = [line.split(b",")[5] for line in whole[1:]]
    assert days == sorted(days)
    assert len(set(days)) == 60


def test_all_of_it_is_one_fire(tmp_path):
    path = tmp_path / "fire.csv"
    path.write_bytes(fire_csv(2000))
    recorded = read([path], now=year.STARTED_AT.replace(year=2026))
    outcome = run(deliveries(recorded.observations), Settings())
    largest = max(outcome.incidents.values(), key=lambda one: one.observation_count)
    assert largest.observation_count > 1900
    assert recorded.rejected == ()


def test_a_qingming_day_is_four_times_the_heaviest_known_in_farm_fires():
    given = qingming.day()
    spots = [one for delivery in given for one in delivery.observations]
    assert len(spots) == len({one.observation_id for one in spots}) == 3656
    by_day = [one for one in spots if one.observed_at.hour < 12]
    assert 0.75 < len(by_day) / len(spots) < 0.85
    assert [one.received_at for one in given] == sorted(one.received_at for one in given)


def test_days_of_a_province_are_remembered_one_after_the_other():
    assert year.hotspots(3) == year.hotspots(3) != year.hotspots(4)
    told = list(year.remembered([1, 3], 8))
    assert [(one["day"], one["hotspots"]) for one in told] == [(1, 8), (3, 24)]


@pytest.mark.slow
def test_each_has_its_figures():
    words = ["--json", "--quick", "--only", "fire", "--only", "year", "--only", "qingming"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)["figures"]
    assert {one["section"] for one in figures} == {"fire", "year", "qingming"}
    assert all(one["value"] > 0 for one in figures)
    (memory,) = [one for one in figures if one["section"] == "year"]
    assert memory["peer_value"] > 0
