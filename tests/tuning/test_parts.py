import datetime as dt

import numpy as np
import pytest
from msgspec.structs import replace

from schemas.observation import Hotspot, Pass, Reading, Report, Sighting
from schemas.settings import Layer, Receiver, Settings
from streams.recorded import deliveries
from streams.region import demo_region, load_region, write_region
from streams.replay import run
from streams.tables import load_tables
from streams.tuning import judging
from streams.tuning.backtest import _run as told_together
from streams.tuning.season import STARTS_AT, Sort, plain, season
from streams.tuning.splitting import works
from streams.tuning.stories import messages_of, stories_of

DAYS = 4
HEARD = Receiver(name="desk", url="https://localhost/x", tasks=True)
BASE = Settings(receivers=(HEARD,), lifecycle={"county_pages": 2})
RULE = {"grade": "IV", "probability": 0.3}
CANDIDATES = {
    "grade": Settings(
        receivers=(HEARD,),
        grade={"rule": [RULE], "task": 0.2},
        lifecycle={"county_pages": 2, "page_limit_h": 2.0, "growth": 4.0},
    ),
    "county": replace(BASE, layers=(Layer(scope="county:513401", grade={"task": 0.5}),)),
    "hotspot": replace(BASE, detectors={"hotspot": {"probability": 0.3}}),
    "quiet": replace(BASE, lifecycle={"county_pages": 2, "quiet_h": 3.0}),
    "same": BASE,
}


def weather(dice):
    for station, hour in ((s, h) for s in range(2) for h in range(0, 24 * DAYS, 12)):
        at = STARTS_AT + dt.timedelta(hours=hour)
        for quantity, value in (("temperature_c", 20.0), ("wind_speed_ms", 9.0)):
            yield Reading(observation_id=f"w/{station}/{hour}/{quantity}", source=f"w{station}",
                          frame="wgs84", observed_at=at, received_at=at, longitude=101.7 + 0.5 * station,
                          latitude=28.0, quantity=quantity, value=value + dice.uniform(0, 3))  # fmt: skip


def cameras(dice, found):
    fires = [one for one in found.known if one.is_fire]
    for k, fire in enumerate(fires):
        for step in range(1):
            at = fire.from_at + dt.timedelta(minutes=30 + 20 * step)
            yield Sighting(observation_id=f"c/{k}/{step}", source=f"camera-{k % 4}", source_class="video",
                           frame="wgs84", observed_at=at, received_at=at,
                           station_longitude=101.9 + 0.2 * (k % 4), station_latitude=27.9,
                           azimuth_deg=float(dice.uniform(0, 360)), probability=0.7, saw="smoke")  # fmt: skip


def mute(dice, found):
    """Repeats, better versions, pixels that their source calls static, and looks of every kind."""
    for one in [each for each in found.observations if isinstance(each, Hotspot)][::3]:
        later = dt.timedelta(hours=float(dice.uniform(1, 20)))
        twice = replace(one, received_at=one.received_at + later)
        yield (twice, replace(twice, version="2.0NRT"), replace(twice, land_type=2))[int(dice.integers(3))]
    for one in [each for each in found.known if each.is_fire]:
        at = one.from_at + dt.timedelta(hours=4)
        (west, east), (south, north) = ((x - 0.1, x + 0.1) for x in (one.longitude, one.latitude))
        for kind, source in (("video", "camera-1"), ("video", "camera-9"), ("aerial", "plane")):
            yield Pass(observation_id=f"{source}/{one.known_id}", source=source, source_class=kind,
                       observed_at=at, received_at=at, looked=True, west=west, east=east, south=south,
                       north=north)  # fmt: skip
        yield Report(observation_id=f"blank/{one.known_id}", source="hill", source_class="ground",
                     frame="wgs84", observed_at=at, received_at=at, longitude=one.longitude + 0.25,
                     latitude=one.latitude, radius_m=30_000.0, saw="nothing")  # fmt: skip


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    where = tmp_path_factory.mktemp("region")
    write_region(where, plain(demo_region()))
    dice, found = np.random.default_rng(5), season(5, DAYS, Sort(fires=2.5, straw=6.0))
    seen = [*found.observations, *weather(dice), *cameras(dice, found), *mute(dice, found)]
    return deliveries(seen), where


@pytest.fixture(scope="module")
def whole(past):
    given, region = past[0], load_region(past[1])

    def told(settings):
        outcome = run(given, settings, region)
        stories = stories_of(outcome, load_tables().evidence.surroundings)
        return [replace(one, carbon_t=None, reasons=()) for one in stories], messages_of(
            outcome.notices, "Asia/Shanghai"
        )

    return told


@pytest.mark.parametrize("name", CANDIDATES)
def test_parts_that_share_what_is_alike_tell_what_judging_everything_twice_tells(name, past, whole, cached):
    given, region = past[0], load_region(past[1])
    candidate = CANDIDATES[name]
    parts = works(given, BASE, candidate, str(past[1]), region, carbon=False)
    found = [judging.judged(part, lambda _done: None) for part in parts]
    assert len(parts) > 2
    for settings, sides in ((BASE, [p.base for p in found]), (candidate, [p.candidate for p in found])):
        made = told_together("x", settings, sides, region)
        stories, messages = cached(whole, settings)
        assert [replace(one, reasons=()) for one in made.stories] == stories
        assert made.messages == messages
    twice = sum(part.twice for part in found)
    total = sum(label >= 0 for part in parts for labels in part.labels for label in labels)
    assert (twice == 0) == (name == "same")
    assert twice < total or name != "county"


@pytest.fixture(scope="module")
def cached():
    known = {}

    def of(make, settings):
        if settings not in known.setdefault("keys", []):
            known["keys"].append(settings)
            known[len(known["keys"]) - 1] = make(settings)
        return known[known["keys"].index(settings)]

    return of


def test_where_sources_are_expected_each_side_is_a_part_of_its_own_and_tells_all_of_it(past, whole, cached):
    region = load_region(past[1])
    missed = {"expected": [{"source": "w0", "every_s": 21600.0, "grace_s": 600.0}]}
    base, candidate = replace(BASE, blind=missed), replace(CANDIDATES["quiet"], blind=missed)
    parts = works(past[0], base, candidate, str(past[1]), region, carbon=False)
    assert [one.tells for one in parts] == [("base",), ("candidate",)]
    found = [judging.judged(part, lambda _done: None) for part in parts]
    assert [one.twice for one in found] == [0, 0]
    for settings, side in ((base, found[0].base), (candidate, found[1].candidate)):
        made = told_together("x", settings, [side], region)
        stories, messages = cached(whole, settings)
        assert [replace(one, reasons=()) for one in made.stories] == stories
        assert made.messages == messages
    assert len(works(past[0], base, base, str(past[1]), region, carbon=False)) == 1
