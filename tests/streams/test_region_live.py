"""A new version of the region is taken up while everything runs: at one instant, and nothing is lost."""

import asyncio
import datetime as dt
import itertools
import json

import msgspec
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from judged import START, hotspot, judge

from detectors.identity import key_of
from detectors.region import WORLD, Layer, Region, Regions
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import INCIDENT, OBSERVATION
from streams.engine.reader import read
from streams.engine.writer import open_writer
from streams.node import Node, running
from streams.region import live, opening, write_region
from streams.region.live import Follower, follower_of, load_regions
from streams.region.manifest import Pointer, RegionError, VersionEntry
from streams.region.pointer import in_force

FLOW = 40
SWITCH = START + dt.timedelta(hours=6)
HOUR = dt.timedelta(hours=1)
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def region(county, *, west=100.0):
    area = shapely.box(west, 26, 104, 30)
    layers = {"county": Layer.of("county", [area], [county], [county])}
    return Region("test", layers, Layer.of("boundary", [area], ["b"], ["b"]))


FOUR = [region(name) for name in "abcd"]


def delivery(*observations):
    at = max(one.received_at for one in observations)
    return Delivery(delivery_id=f"{at:%H%M}/{len(observations)}", received_at=at, observations=observations)


def counties(incident):
    return [place.name for place in incident.places if place.layer == "county"]


@given(st.lists(st.tuples(st.none() | st.integers(0, 9), st.integers(0, 3)), min_size=1), st.integers(-1, 10))
def test_the_version_in_force_is_the_last_whose_instant_has_come(versions, asked):
    known = [(None if at is None else START + at * HOUR, FOUR[name]) for at, name in versions]
    in_order = sorted(known, key=lambda one: one[0] or NEVER)
    due = [found for at, found in in_order if (at or NEVER) <= START + asked * HOUR]
    regions = Regions(known)
    assert regions.at(START + asked * HOUR) is (due[-1] if due else in_order[0][1])
    assert regions.newest is in_order[-1][1]


def test_each_message_is_judged_by_the_version_in_force_when_it_was_received():
    old, new = region("old"), region("new", west=102.5)
    regions = Regions([(None, old), (SWITCH, new)])
    before = delivery(hotspot(0, lag=60))
    after = delivery(hotspot(1, east=100, lag=420))
    outside = delivery(hotspot(2, east=-10, lag=421))
    outcome = judge([before, after, outside], region=regions, ticks=True)
    by_place = {counties(one)[0] if counties(one) else "": one for one in outcome.incidents.values()}
    assert by_place["new"].placed_by == new.version
    placed = [alert.versions.region for alert in outcome.alerts]
    assert placed[0] == old.version
    assert placed[-1] == new.version
    assert [one.reason.code for one in outcome.silences.values()] == ["outside_region"]


def test_open_fires_are_placed_anew_once_the_new_version_is_in_force():
    regions = Regions([(None, region("old")), (SWITCH, region("new"))])
    given = [delivery(hotspot(0, lag=60))]
    still = judge(given, region=regions, end=SWITCH - HOUR, ticks=True)
    assert [counties(one) for one in still.incidents.values()] == [["old"]]
    moved = judge(given, region=regions, end=SWITCH + HOUR, ticks=True)
    assert [counties(one) for one in moved.incidents.values()] == [["new"]]
    (incident,) = moved.incidents.values()
    changed = [one for one in incident.reasons if one.code == "region_changed"]
    assert [one.ref for one in changed] == [incident.placed_by]
    assert "region_changed" not in {one.code for one in next(iter(still.incidents.values())).reasons}
    again = judge(given, region=regions, end=SWITCH + HOUR, ticks=True, restarts=True)
    assert again.incidents == moved.incidents
    assert again.alerts == moved.alerts
    assert [alert.pages for alert in moved.alerts] == [False] * len(moved.alerts)


def test_open_fires_are_placed_anew_also_when_a_version_is_taken_up_too_late():
    new = region("new")
    regions = Regions([(None, region("old"))])

    def told():
        yield delivery(hotspot(0, lag=60))
        yield delivery(hotspot(360, east=80, lag=60))
        regions.take(SWITCH, new)

    outcome = judge(told(), region=regions, end=SWITCH + 2 * HOUR, ticks=True)
    assert [counties(one) for one in outcome.incidents.values()] == [["new"], ["new"]]
    assert {one.placed_by for one in outcome.incidents.values()} == {new.version}
    once = {one.incident_id: one.revision for one in outcome.incidents.values()}
    regions = Regions([(None, region("old"))])
    longer = judge(told(), region=regions, end=SWITCH + 3 * HOUR, ticks=True)
    assert {one.incident_id: one.revision for one in longer.incidents.values()} == once


@pytest.mark.parametrize("built", list(itertools.permutations((None, -3, -2, 1))))
def test_what_is_shown_to_be_in_force_is_what_judges_however_late_it_was_built(built):
    instants = [None if hour is None else SWITCH + hour * HOUR for hour in built]
    names = [f"{n:016x}" for n in range(len(built))]
    entries = [
        VersionEntry(version=name, effective_at=at, manifest_sha256="0" * 64)
        for name, at in zip(names, instants, strict=True)
    ]
    regions = Regions([(at, Region("x", version=name)) for name, at in zip(names, instants, strict=True)])
    for hours in (-9, -3, -2.5, 0, 1, 2):
        now = SWITCH + hours * HOUR
        assert in_force(Pointer(format=1, versions=tuple(entries)), now).version == regions.at(now).version


def test_a_follower_takes_up_what_a_build_adds(tmp_path):
    write_region(tmp_path, region("first"))
    regions = load_regions(tmp_path)
    follower = follower_of(regions, tmp_path)
    now = dt.datetime.now(dt.UTC)
    later = now + dt.timedelta(minutes=1)
    version = write_region(tmp_path, region("second"), effective_at=later).version
    assert regions.at(later).version != version
    follower.look(now)
    follower.look(now)
    assert regions.at(now).version != version
    assert regions.at(later).version == regions.newest.version == version
    assert follower() is None


def test_a_version_that_cannot_be_opened_leaves_the_old_one_in_use_and_is_said(tmp_path, caplog):
    first = write_region(tmp_path, region("first")).version
    regions = load_regions(tmp_path)
    follower = Follower(regions, tmp_path)
    now = dt.datetime.now(dt.UTC)
    version = write_region(tmp_path, region("second"), effective_at=now).version
    file = tmp_path / version / "county" / "xy.npy"
    whole = file.read_bytes()
    file.write_bytes(whole[:-8])
    follower.look(now)
    follower.look(now)
    assert "xy.npy" in follower()
    assert sum("xy.npy" in one.message for one in caplog.records) == 1
    assert regions.at(now).version == first
    file.write_bytes(whole)
    follower.look(now + dt.timedelta(seconds=40))
    assert follower() is None
    assert regions.at(now).version == version
    assert "40 s after it was in force" in caplog.text


def test_a_file_that_changed_in_a_large_region_is_found_while_it_is_in_use(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(opening, "HASHED_BYTES", 0)
    version = write_region(tmp_path, region("first")).version
    file = tmp_path / version / "county" / "xy.npy"
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    follower = Follower(load_regions(tmp_path), tmp_path)
    follower.look(START)
    assert follower() is None
    follower.hash_new()
    follower.hash_new()
    assert "damaged" in follower()
    assert "xy.npy" in follower()
    assert sum("damaged" in one.message for one in caplog.records) == 1


def test_an_older_version_that_is_gone_keeps_nobody_from_starting(tmp_path, caplog):
    first = write_region(tmp_path, region("first")).version
    newest = write_region(tmp_path, region("second")).version
    (tmp_path / first / "manifest.json").unlink()
    regions = load_regions(tmp_path)
    assert regions.at(START).version == regions.newest.version == newest
    assert "an older version of the region is left out" in caplog.text
    (tmp_path / newest / "manifest.json").unlink()
    with pytest.raises(RegionError):
        load_regions(tmp_path)


def test_without_a_folder_the_world_is_in_force_for_ever():
    assert load_regions(None) is WORLD
    assert follower_of(WORLD, None) is None
    with pytest.raises(ValueError, match="at least one version"):
        Regions([])


async def test_a_worker_takes_up_a_build_without_losing_a_message(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.05)
    root, data, settings = tmp_path / "region", tmp_path / "data", Settings(name="live")
    write_region(root, region("first"))
    regions = load_regions(root)
    node = Node(
        settings=settings,
        region=regions,
        broker="embedded://",
        data_dir=data,
        follower=follower_of(regions, root),
    )
    placed_by, stop = {}, asyncio.Event()

    async def listen():
        async for one in read(settings, (INCIDENT,), {}, broker="embedded://", data_dir=data):
            said = json.loads(one.raw)
            placed_by.setdefault(said["incident_id"], (said["judged_at"], said["placed_by"]))

    async with running(node, stop), open_writer(settings, broker="embedded://", data_dir=data) as writer:
        listening = asyncio.create_task(listen())
        for number in range(FLOW):
            now = dt.datetime.now(dt.UTC)
            if number == 10:
                since = now + dt.timedelta(seconds=0.6)
                new = write_region(root, region("second"), effective_at=since).version
            seen = msgspec.structs.replace(
                hotspot(0, east=number % 8 * 20, north=number // 8 * 20),
                observation_id=f"h/{number}",
                observed_at=now - HOUR,
                received_at=now,
            )
            await writer.send(OBSERVATION, key_of(seen), delivery(seen))
            await asyncio.sleep(0.05)
        async with asyncio.timeout(120):
            while len(placed_by) < FLOW:  # noqa: ASYNC110 - the log gives no such event
                await asyncio.sleep(0.05)
        listening.cancel()
    late = {version for at, version in placed_by.values() if dt.datetime.fromisoformat(at) >= since}
    early = {version for at, version in placed_by.values() if dt.datetime.fromisoformat(at) < since}
    assert (early, late) == ({regions.at(START).version}, {new})
