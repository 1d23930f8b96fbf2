"""The real files of the issue: every row accounted for, the steel works silent, any order the same."""

import datetime as dt
import gzip
import itertools
import math
import random

import pytest
from judged import living
from msgspec.structs import replace

from detectors.region import WORLD
from schemas.observation import Delivery
from schemas.settings import Settings
from streams.recorded import deliveries, read
from streams.replay import replay, run

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WORKS = (101.67, 26.58)
"""Steel works at Panzhihua."""


def km_from_works(lon, lat):
    return 111.195 * math.hypot((lon - WORKS[0]) * math.cos(math.radians(WORKS[1])), lat - WORKS[1])


@pytest.fixture(scope="module")
def sichuan(shared_data):
    return read([shared_data / "firms" / "modis_sichuan_2021_2025q1.csv"], now=NOW)


@pytest.fixture(scope="module")
def played(sichuan):
    return run(deliveries(sichuan.observations), Settings())


def test_every_row_of_four_years_is_accounted_for(sichuan, tmp_path):
    summary = replay(sichuan, Settings(), WORLD, tmp_path)
    counts = summary["counts"]
    assert counts["read"] == 1445
    assert counts["accepted"] + sum(counts["duplicate"].values()) + sum(counts["rejected"].values()) == 1445
    assert len((tmp_path / "silences.ndjson").read_text().splitlines()) == sum(counts["silent"].values())


def test_the_steel_works_are_silent_after_their_tenth_day(sichuan, played):
    near = [one for one in sichuan.observations if km_from_works(one.longitude, one.latitude) <= 2.0]
    days = sorted({one.observed_at.date() for one in near})
    assert len(days) > 40
    raised = [
        alert
        for alert in played.alerts
        if alert.action in {"new", "upgrade"}
        and km_from_works(alert.longitude, alert.latitude) <= 2.0
        and alert.observed_at.date() > days[9]
    ]
    assert raised == []
    masked = [
        one for one in near if one.observed_at.date() > days[9] and one.observation_id in played.silences
    ]
    assert {played.silences[one.observation_id].reason.code for one in masked} == {"masked_by"}
    assert len(masked) == len([one for one in near if one.observed_at.date() > days[9]])


def test_2_shuffled_and_doubled_files_give_identical_incidents(sichuan, played):
    given = list(sichuan.observations) * 2
    random.Random(3).shuffle(given)
    assert living(run(deliveries(given), Settings())) == living(played)


LONGEST_LAG_H = 140.0
"""Just within the seven days after which an observation is history only."""


def arrived(observations, seed):
    """The same observations, each received up to 140 h after it was made; without a seed, at once."""
    dice = random.Random(seed)
    lags = (0.0 if seed is None else dice.uniform(0.0, LONGEST_LAG_H) for _ in observations)
    late = [
        replace(one, received_at=one.observed_at + dt.timedelta(hours=lag))
        for one, lag in zip(observations, lags, strict=True)
    ]
    end = max(one.observed_at for one in observations) + dt.timedelta(hours=LONGEST_LAG_H)
    return [*deliveries(late), Delivery(delivery_id="end", received_at=end)]


def assert_any_order_ends_the_same(observations, seeds):
    prompt = run(arrived(observations, None), Settings())
    for seed in seeds:
        given = arrived(observations, seed)
        heard = [seen.observed_at for one in given for seen in one.observations]
        assert sum(a > b for a, b in itertools.pairwise(heard)) > len(heard) / 4, "that is no other order"
        mixed = run(given, Settings())
        assert living(mixed) == living(prompt)
        assert mixed.silences.keys() == prompt.silences.keys()
    return prompt


def test_2_arriving_up_to_six_days_late_in_any_order_four_years_end_in_the_same_incidents(sichuan):
    prompt = assert_any_order_ends_the_same(sichuan.observations, (1, 2))
    assert len(living(prompt)) > 500
    assert len(prompt.silences) > 100


@pytest.mark.slow
def test_2_arriving_in_any_order_two_global_days_end_in_the_same_incidents(shared_data):
    path = shared_data / "firms" / "modis_replay_20220402_20220414.csv.gz"
    observations = read([path], now=NOW).observations[:4000]
    assert len(living(assert_any_order_ends_the_same(observations, (1,)))) > 2000


@pytest.mark.slow
def test_every_row_of_twelve_global_days_is_accounted_for(shared_data):
    path = shared_data / "firms" / "modis_replay_20220402_20220414.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = sum(1 for _ in file) - 1
    recorded = read([path], now=NOW)
    outcome = run(deliveries(recorded.observations), Settings())
    assert recorded.read == rows == 41497
    told = len(recorded.observations) - len(outcome.duplicates) - len(outcome.silences)
    assert told == sum(
        one.observation_count for one in outcome.incidents.values() if one.status in {"open", "closed"}
    )
