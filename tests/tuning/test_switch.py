"""A published document is taken up at one instant by every worker: no alert is lost or doubled across it."""

import datetime as dt
import tomllib
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living

from detectors.region import WORLD
from schemas.codec import decode, encode
from schemas.observation import Permit
from schemas.settings import Setting, Settings
from streams.feeds.base import Limits
from streams.hops.build import OWNERS, _given
from streams.said import delivered, read_said, with_said
from streams.tables import load_tables
from streams.tuning.remaking import Remade

FLOOR = "[grade]\ntask = 0.1\n"


def at(minutes):
    return START + dt.timedelta(minutes=minutes)


def setting(version, since, text=FLOOR, received=None):
    times = {"effective_at": at(since), "received_at": at(since - 100 if received is None else received)}
    return Setting(name="default", version=version, author="Li Ming", reason="straw", document=text, **times)


def weak(minutes, east):
    return delivery(hotspot(minutes, east=east, frp=4.0))


SPARKS = [weak(60 * k, 20.0 * k) for k in range(6)]
"""Received 180 minutes after they were seen: at 180, 240, … 480."""


def run(*published, **more):
    return judge(list(with_said(SPARKS, published)), **more)


def names(outcome):
    return [(one.alert_id, one.versions.settings) for one in outcome.alerts if one.action == "new"]


def test_from_its_time_on_it_judges_and_every_alert_names_what_judged():
    plain, found = run(), run(setting(1, 300), setting(2, 420, "[grade]\nslack = 0.06\n", received=310))
    assert len(names(plain)) == 6
    base = names(plain)[0][1]
    told = dict(names(found))
    assert len(told) == 4
    assert [one.removeprefix(base)[:3] for one in told.values()] == ["", "", "+2@", "+2@"]
    assert len(found.silences) == 2
    assert living(found) == living(plain)


def test_one_that_comes_after_its_time_judges_from_when_it_came():
    assert len(names(run(setting(1, 0, received=301)))) == 3


def test_a_later_version_stands_in_the_way_of_an_earlier_one_that_begins_after_it():
    assert len(names(run(setting(1, 420, received=200), setting(2, 300, "", received=210)))) == 6


SATELLITE_FOREST = ("satellite", "forest")
EVIDENCE = """
[evidence]
version = "july"
[[evidence.ratio]]
source = "satellite"
land = "forest"
day = 4.0
night = 4.0
status = "computed"
"""


def test_ratios_of_evidence_are_taken_up_live_and_a_great_fire_over_the_switch_is_as_if_always_judged_so():
    made = Remade(Settings(), OWNERS, partial(_given, region=WORLD, origins=1, outage_s=None))
    given_, judged_by = load_tables().evidence, made(setting(1, 0, EVIDENCE))[1].evidence
    assert judged_by.version == f"{given_.version}+july"
    (forest,) = (one for one in judged_by.surroundings.ratio if (one.source, one.land) == SATELLITE_FOREST)
    assert (forest.day, forest.night) == (4.0, 4.0)
    looks = [delivery(*(hotspot(90 * k, 0.4 * n, frp=60.0) for n in range(30))) for k in range(4)]
    across = judge(list(with_said(looks, [setting(1, 300, EVIDENCE)])))
    always = judge(looks, settings=Settings(evidence=tomllib.loads(EVIDENCE)["evidence"]))
    assert living(across) == living(always) == living(judge(looks))
    told = [
        [(one.alert_id, one.revision, one.action, one.grade) for one in run.alerts]
        for run in (across, always)
    ]
    assert told[0] == told[1]
    assert len({one.versions.settings for one in across.alerts}) == 2


@given(st.integers(100, 520), st.integers(0, 200), st.booleans())
@settings(max_examples=10, deadline=None)
def test_restarts_and_repeats_tell_the_same_across_a_switch(since, lead, restarts):
    one = setting(1, since, received=max(since - lead, 0))
    once = run(one)
    again = run(one, one, restarts=restarts)
    assert encode(again.alerts) == encode(once.alerts)
    assert len({(a.alert_id, a.revision) for a in once.alerts}) == len(once.alerts)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_over_several_partitions_the_same_are_told_whatever_the_order(data):
    one = setting(1, 300, received=190)
    spread = [delivered(one), *SPARKS]
    found = judge(sorted(spread, key=lambda d: d.received_at), origins=3, draw=data.draw)
    told = {name for name, _ in names(found)}
    assert len(names(found)) == len(told)


@pytest.mark.parametrize("text", ["[grade", "[grade]\ntsk = 1", "[kafka]\npartitions = 2"])
def test_a_document_that_cannot_be_used_changes_nothing_and_is_said(text, caplog):
    found = run(setting(1, 300, text))
    assert encode(found.alerts) == encode(run().alerts)
    assert "changes nothing" in caplog.text


def test_the_archive_reads_published_documents_among_what_people_said():
    one = setting(3, 300)
    read = read_said(encode(one) + b"\n", Limits(at(1000)))
    assert read.verdicts == (one,)
    assert decode(encode(delivered(one)), type(delivered(one))).settings == (one,)
    assert Settings().layers == ()


BAN = '[permits]\nbans = [{ from = "2024-03-01", to = "2024-03-31", ref = "no fires in March" }]\n'
PERMIT = Permit(observation_id="permit/1", source="office", observed_at=at(-900), received_at=at(-800),
                frame="wgs84", longitude=102.0, latitude=28.0, radius_m=3000.0, number="1", contact="Jimu",
                purpose="planned_burn", starts_at=at(0), ends_at=at(600), phone="139")  # fmt: skip


def test_a_ban_on_fires_holds_from_its_time_on_and_a_permitted_fire_over_it_is_as_if_it_always_held():
    looks = [delivery(PERMIT)]
    looks += [delivery(*(hotspot(90 * k, 0.4 * n, frp=60.0, lag=30) for n in range(6))) for k in range(3)]
    published = [setting(1, 200, BAN, received=110)]
    across = judge(list(with_said(looks, published)))
    always = judge(looks, settings=Settings(permits=tomllib.loads(BAN)["permits"]))
    allowed = judge(looks)
    assert [one.grade for one in allowed.alerts] == ["task"] * len(allowed.alerts)
    before, after = (
        [one for one in across.alerts if (one.issued_at >= at(200)) == late] for late in (False, True)
    )
    assert {one.grade for one in before} == {"task"}
    assert [one.action for one in after] == ["upgrade"]
    assert "+1@" in after[0].versions.settings
    assert living(across) == living(always)
