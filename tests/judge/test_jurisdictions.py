"""Every input in both jurisdictions: the same incidents and pages, and no Chinese character abroad."""

import datetime as dt
import pathlib

import msgspec
import pytest
from alerted import a_receiver
from judged import START, delivery, hotspot, report
from latin import CJK, latin_region

from detectors.region import WORLD
from schemas.codec import encode
from schemas.observation import Delivery, Pass
from schemas.settings import Settings
from schemas.topics import OBSERVATION
from streams.demo.season import STARTS_AT, season
from streams.hops.build import build_hops
from streams.hops.deliver import at_once
from streams.hops.outbox import Pending
from streams.pipeline import Pipeline
from streams.recorded import NothingReadable, deliveries, read
from streams.region import demo_region
from streams.replay import Outcome, replay, run, tick

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DATA = pathlib.Path(__file__).resolve().parent.parent / "feeds" / "data"
RECEIVERS = (a_receiver(), a_receiver("office", tasks=True), a_receiver("chief", minimum_grade="II"))
WORDS = {"report_duty", "headline", "description", "legal", "versions"}
"""What a jurisdiction words by itself; which reports it asks for is its law as well."""
HOUR = 60.0


def evening():
    """The demo's season with all of its history and the first hours of the fire."""
    until = STARTS_AT + dt.timedelta(hours=5)
    return [
        Delivery(delivery_id=f"{key}/{at.isoformat()}", received_at=at, observations=tuple(some))
        for at, key, some in season()
        if at < until
    ], latin_region()


def growth_and_quiet():
    first = [delivery(hotspot(0, 0.4 * i, 0.0, frp=80.0)) for i in range(4)]
    people = [delivery(report(5, 0.5, 0.1, kind="ground", who="ranger"))]
    more = [delivery(*(hotspot(90, 0.4 * i, 0.4 * j, frp=90.0) for i in range(6) for j in range(4)))]
    return [*first, *people, *more, tick(START + dt.timedelta(hours=40))], WORLD


def late_and_digest():
    old = [hotspot(0, 6.0 * k + 0.4 * i, 0.0, frp=80.0, lag=30 * HOUR) for k in range(3) for i in range(6)]
    return [delivery(*old), tick(START + dt.timedelta(hours=31))], WORLD


def merge_and_blind_looks():
    at = START + dt.timedelta(minutes=50)
    blind = Pass(
        observation_id="p", source="NPP/VIIRS", observed_at=at, received_at=at, looked=False,
        west=101.0, south=27.0, east=103.0, north=29.0, reason="cloud",
    )  # fmt: skip
    apart = [delivery(hotspot(0, 0.0, 0.0)), delivery(hotspot(30, 2.6, 0.0)), delivery(blind)]
    return [*apart, delivery(hotspot(60, 1.3, 0.0)), tick(START + dt.timedelta(hours=30))], WORLD


def evening_as_read():
    """The same where the region gives no other names than Chinese ones."""
    return evening()[0], demo_region()


SCENARIOS = (evening, evening_as_read, growth_and_quiet, late_and_digest, merge_and_blind_looks)


def told(given, region, jurisdiction):
    """Everything that comes of it: what replay notes, and every body that a gateway would have been sent."""
    settings = Settings(jurisdiction=jurisdiction, receivers=RECEIVERS)
    outcome, bodies = Outcome(), []

    def world(result, at):
        bodies.extend(row.body for row in result.rows.values() if isinstance(row, Pending) and row.ready)
        return at_once(result, at)

    pipeline = Pipeline(build_hops(settings, region), outcome.take, world)
    for one in given:
        pipeline.feed(OBSERVATION, one)
        pipeline.feed(OBSERVATION, tick(one.received_at))
    return outcome, bodies


def without_words(alert):
    return {name: value for name, value in msgspec.to_builtins(alert).items() if name not in WORDS}


def texts(outcome):
    """All that an outcome says, a line each."""
    kinds = (
        outcome.alerts, outcome.incidents.values(), outcome.silences.values(), outcome.duplicates,
        outcome.notices,
    )  # fmt: skip
    return [encode(value).decode() for kind in kinds for value in kind]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_a_scenario_abroad_has_no_chinese_character_and_the_same_judgement(scenario):
    given, region = scenario()
    abroad, bodies = told(given, region, "generic-en")
    assert abroad.alerts
    assert bodies
    assert [line for line in (*texts(abroad), *bodies) if CJK.search(line)] == []
    assert {language for alert in abroad.alerts for language in alert.headline} == {"en"}
    home, home_bodies = told(given, region, "cn-sichuan")
    assert CJK.search("".join(home_bodies))
    assert len(home_bodies) == len(bodies)
    assert [(n.receiver, n.outcome, n.reason.code) for n in home.notices] == [
        (n.receiver, n.outcome, n.reason.code) for n in abroad.notices
    ]
    unnamed = [{**without_words(one), "places": len(one.places)} for one in abroad.alerts]
    assert unnamed == [{**without_words(one), "places": len(one.places)} for one in home.alerts]


def test_what_abroad_is_told_of_the_season_names_places_in_its_own_letters():
    given, region = evening()
    first = next(one for one in told(given, region, "generic-en")[0].alerts if one.pages)
    assert "County 513401" in first.headline["en"]
    assert first.legal.affected_area.startswith("County 513401, ")
    assert first.versions.jurisdiction.startswith("generic-en@")
    assert first.versions.region == region.version


def readable(path):
    try:
        return read([path], now=NOW).read > 0
    except NothingReadable:
        return False


FILES = [path for path in sorted(DATA.iterdir()) if path.is_file() and readable(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_replay_of_each_recorded_form_writes_no_chinese_character_of_its_own(path, tmp_path):
    assert len(FILES) >= 20
    replay(read([path], now=NOW), Settings(jurisdiction="generic-en"), WORLD, tmp_path)
    given = path.read_text(encoding="utf-8", errors="ignore")
    for file in tmp_path.iterdir():
        for found in CJK.finditer(file.read_text(encoding="utf-8")):
            assert found[0] in given, (file.name, found[0])


def test_four_real_years_are_judged_alike_and_told_in_english(shared_data):
    given = read([shared_data / "firms" / "modis_sichuan_2021_2025q1.csv"], now=NOW).observations
    abroad = run(deliveries(given), Settings(jurisdiction="generic-en"))
    home = run(deliveries(given), Settings())
    assert len(abroad.alerts) > 1000
    assert [line for line in texts(abroad) if CJK.search(line)] == []
    assert [without_words(one) for one in abroad.alerts] == [without_words(one) for one in home.alerts]
    lawless = [
        {name: msgspec.structs.replace(one, report_duty=None) for name, one in each.incidents.items()}
        for each in (abroad, home)
    ]
    assert lawless[0] == lawless[1]
