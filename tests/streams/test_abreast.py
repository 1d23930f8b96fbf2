"""Replay on several cores: the same bytes as in one process, and one process wherever that is not sure."""

import math
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import hotspot, report
from msgspec.structs import replace

from detectors.region import WORLD
from schemas.settings import Receiver, Settings
from streams import abreast, replay
from streams.bench.world import pixels_csv
from streams.hops.build import build_hops
from streams.islands import shared
from streams.recorded import Recorded, deliveries, read

SECONDS = ("seconds", "observations_per_second")

PLACES = [(0.0, 0.0), (3.0, 0.0), (0.0, 40.0), (900.0, 60.0), (903.5, 60.0), (-400.0, -900.0)]
"""Two of a pair are near enough to meet or to throw sparks; the others are not."""

spots = st.builds(
    lambda minutes, place, east, north, frp, lag: hotspot(
        minutes, place[0] + east, place[1] + north, frp=frp, lag=lag, satellite=("N", "N20")[minutes % 2]
    ),
    st.integers(0, 9 * 24 * 12).map(lambda step: step * 5),
    st.sampled_from(PLACES),
    *[st.sampled_from([0.0, 0.4, 0.8, 1.6, 2.4])] * 2,
    st.sampled_from([0.5, 20.0, 300.0]),
    st.sampled_from([0, 0, 0, 180, 1600, 3000]),
)


def recorded(observations):
    return Recorded(tuple(observations), (), ())


def told(observations, parts):
    """Return what is told in so many parts, each judged here."""
    observing, judging, *_ = build_hops(Settings(), WORLD)
    seen = deliveries(observations)
    share = shared(seen, 20.0, parts)
    claims = abreast.observed(list(replay.in_time(seen, every=False)), observing, lambda _output: None)
    return abreast.merged([abreast.judged(claims, judging, share, part, None) for part in range(parts)])


@settings(max_examples=25, deadline=None)
@given(st.lists(spots, min_size=1, max_size=40))
def test_parts_judged_beside_each_other_tell_what_one_process_tells_in_its_order(observations):
    one = replay.told_of(recorded(observations), deliveries(observations), Settings(), WORLD, cores=1)
    alerts, incidents = told(observations, 2)
    assert [row.line for row in alerts] == [row.line for row in one.alerts]
    assert [row.line for row in incidents] == [row.line for row in one.incidents]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=6),
    st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)), min_size=1, max_size=4),
    st.integers(1, 4),
)
def test_what_may_meet_is_of_one_part_at_the_date_line_and_at_the_poles_too(middles, steps, parts):
    every = [
        (lon + east, max(-90.0, min(90.0, lat + north))) for lon, lat in middles for east, north in steps
    ]
    some = [
        replace(
            hotspot(0),
            longitude=(lon + 180.0) % 360.0 - 180.0,
            latitude=lat,
            observation_id=str(k),
        )
        for k, (lon, lat) in enumerate(every)
    ]
    share = shared(deliveries(some), 20.0, parts)
    assert set(share) == {one.observation_id for one in some}
    for one, two in combinations(some, 2):
        if apart_km(one, two) <= 20.0:
            assert share[one.observation_id] == share[two.observation_id]


def apart_km(one, two):
    lon1, lat1, lon2, lat2 = map(math.radians, (one.longitude, one.latitude, two.longitude, two.latitude))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


@pytest.fixture
def day(tmp_path, monkeypatch):
    """Three hundred hotspots of a made-up day of the globe, enough to be judged on several cores."""
    monkeypatch.setattr(abreast, "LEAST", 100)
    path = tmp_path / "day.csv"
    path.write_bytes(pixels_csv(300))
    return read([path], now=datetime(2026, 1, 1, tzinfo=UTC))


def files_of(day, out, cores):
    summary = replay.replay(day, Settings(), WORLD, out, cores=cores)
    files = {one.name: one.read_bytes() for one in out.iterdir() if one.name != "summary.json"}
    return files, {name: value for name, value in summary.items() if name not in SECONDS}


def test_the_files_are_the_same_on_one_core_and_on_three_processes(day, tmp_path):
    started = []
    told_there = abreast.abreast
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(abreast, "abreast", lambda *asked: started.append(asked) or told_there(*asked))
        many = files_of(day, tmp_path / "many", 3)
    assert started
    assert many == files_of(day, tmp_path / "one", 1)
    assert b"incident_id" in many[0]["alerts.ndjson"]


def test_where_a_process_fails_one_judges_all_of_it(day, tmp_path, monkeypatch):
    judged = abreast.judged

    def failing(claims, hop, share, part, progress):
        if part:
            raise MemoryError
        return judged(claims, hop, share, part, progress)

    monkeypatch.setattr(abreast, "judged", failing)
    assert files_of(day, tmp_path / "many", 2) == files_of(day, tmp_path / "one", 1)


@pytest.mark.parametrize(
    "besides",
    [
        {"verdicts": ("said",)},
        {"besides": (report(0),)},
        {"observations": (hotspot(0), report(5))},
    ],
)
def test_people_and_their_words_are_judged_in_one_process(besides, monkeypatch):
    monkeypatch.setattr(abreast, "LEAST", 0)
    plain = Recorded((hotspot(0),), (), ())
    assert abreast.is_plain(plain, Settings(), WORLD)
    assert not abreast.is_plain(
        Recorded(**{"observations": (), "rejected": (), "files": ()} | besides), Settings(), WORLD
    )


def test_receivers_one_great_fire_and_more_days_than_heat_is_learned_in_ask_for_one_process(monkeypatch):
    monkeypatch.setattr(abreast, "LEAST", 0)
    judging = build_hops(Settings(), WORLD)[1]
    fire = [hotspot(minutes, 0.1 * minutes) for minutes in range(30)]
    assert abreast.parted(deliveries(fire), judging, 2) is None
    days = [hotspot(1440 * day, place[0], place[1]) for day in range(12) for place in PLACES]
    assert abreast.parted(deliveries(days), judging, 2) is None
    assert abreast.parted(deliveries(days[: 6 * len(PLACES)]), judging, 2) is not None
    assert not abreast.is_plain(
        recorded(days), Settings(receivers=(Receiver(name="a", channel="log"),)), WORLD
    )
