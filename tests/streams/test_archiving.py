"""The archive follows the log: everything once, over restarts, and its days replay to the same incidents."""

import asyncio
import contextlib
import datetime as dt
import gzip
import json

import pytest
from driven import by_worker, settings_for
from judged import delivery, hotspot, report

from detectors.region import WORLD
from schemas.codec import encode
from schemas.observation import Delivery
from schemas.topics import OBSERVATION, VERDICT
from schemas.verdict import Verdict
from streams.archive import Archive, ArchiveError
from streams.archiving import TOPICS, Keeping, keep_archive, load
from streams.config import settings_version
from streams.engine.log_file import DirectoryBusyError, hold
from streams.engine.logs import close_logs, open_log
from streams.engine.places import topic_name
from streams.engine.writer import open_writer
from streams.lines import INCIDENT_FIELDS
from streams.recorded import deliveries, read
from streams.replay import run
from streams.serve.opening import Opening, opened

SETTINGS = settings_for("a.", partitions=2)
NOW = dt.datetime.now(dt.UTC)


def fires():
    """A fire seen by two satellites and a caller, a neighbour it merges with, and a quiet day."""
    return [
        delivery(hotspot(0, 0.0, 0.0), hotspot(0, 9.0, 1.0)),
        delivery(report(20, 0.3, 0.2)),
        delivery(hotspot(55, 2.6, 0.0, satellite="NPP", frp=90.0)),
        delivery(*(hotspot(300, 1.3 + 0.3 * i, 0.1, satellite="Aqua", scan=1.0, frp=70.0) for i in range(5))),
        delivery(hotspot(300 + 30 * 60, 9.1, 1.0)),
    ]


def verdict(number, at=NOW):
    name = f"v-{number}"
    return Verdict(verdict_id=name, incident_id="F-1", code=3, level="county", author="王", at=at)


@pytest.fixture(autouse=True)
def _closed():
    yield
    close_logs()


@contextlib.asynccontextmanager
async def kept(keeping):
    task = asyncio.create_task(keep_archive(keeping))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true, within=120):
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - what is waited for stands in files
            await asyncio.sleep(0.05)


async def until_kept(keeping):
    """Wait until everything in the log has been archived."""
    log, kafka = open_log(keeping.data_dir, keeping.settings.kafka), keeping.settings.kafka
    await until(
        lambda: all(
            load(keeping.file).get((topic.name, part), 0) == log.end(topic_name(kafka, topic), part)
            for topic in TOPICS
            for part in range(kafka.partitions)
        )
    )


def keeping_of(data_dir, settings=SETTINGS):
    return Keeping(settings, WORLD, "embedded://", data_dir)


def said(incident):
    fields = {name: getattr(incident, name) for name in INCIDENT_FIELDS}
    return json.dumps(json.loads(encode(fields)), sort_keys=True)


async def test_archived_days_replay_to_the_incidents_that_were_live(tmp_path):
    given = fires()
    live = await by_worker(given, SETTINGS, WORLD, "embedded://", tmp_path)
    keeping = keeping_of(tmp_path)
    async with kept(keeping):
        await until_kept(keeping)
    files = sorted((tmp_path / "archive").glob("????/??/??/observations.ndjson.gz"))
    assert len(files) == 2, "two days"
    recorded = read(files, now=NOW)
    assert recorded.rejected == ()
    assert len(recorded.observations) == sum(len(one.observations) for one in given)
    replayed = run(deliveries(recorded.observations), SETTINGS)
    wanted = sorted(said(one) for one in live.incidents().values() if one.status != "merged")
    assert len(wanted) > 1
    assert sorted(said(one) for one in replayed.incidents.values() if one.status != "merged") == wanted


async def test_verdicts_and_observations_are_archived_once_over_restarts(tmp_path):
    keeping = keeping_of(tmp_path)
    async with open_writer(SETTINGS, broker="embedded://", data_dir=tmp_path) as writer:
        for number in range(3):
            await writer.send(VERDICT, "F-1", verdict(number))
            await writer.send(OBSERVATION, "a", delivery(hotspot(number)))
            await writer.send(OBSERVATION, "t", Delivery(delivery_id=f"tick:{number}", received_at=NOW))
            async with kept(keeping_of(tmp_path)):
                await until_kept(keeping)
        keeping.file.unlink()
        async with kept(keeping_of(tmp_path)):
            await until_kept(keeping)
    lines = list_lines(tmp_path, "verdicts")
    assert [line["verdict_id"] for line in lines] == ["v-0", "v-1", "v-2"]
    assert {line["v"] for line in lines} == {1}
    assert len(list_lines(tmp_path, "observations")) == 3


def list_lines(data_dir, name):
    files = sorted((data_dir / "archive").glob(f"????/??/??/{name}.ndjson.gz"))
    return [json.loads(line) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_settings_and_region_are_said_once_a_day_and_whenever_they_change(tmp_path):
    archive = Archive(tmp_path)
    other = settings_for("a.", partitions=4)
    noon = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    minutes = [(SETTINGS, "r1"), (SETTINGS, "r1"), (other, "r1"), (SETTINGS, "r1"), (SETTINGS, "r2")]
    written = [
        Archive(tmp_path).append_settings(settings, region, noon + dt.timedelta(minutes=at))
        for at, (settings, region) in enumerate(minutes)
    ]
    assert written == [1, 0, 1, 1, 1]
    assert archive.append_settings(SETTINGS, "r2", noon + dt.timedelta(days=1)) == 1
    found = archive.in_force(noon.date())
    assert [(one.settings, one.region, one.at.minute) for one in found] == [
        (settings_version(SETTINGS), "r1", 0),
        (settings_version(other), "r1", 2),
        (settings_version(SETTINGS), "r1", 3),
        (settings_version(SETTINGS), "r2", 4),
    ]
    assert found[1].document == other


async def test_a_worker_s_start_says_what_judges_today(tmp_path):
    keeping = keeping_of(tmp_path)
    for _ in range(2):
        async with kept(keeping_of(tmp_path)):
            await until(lambda: keeping.archive.in_force(dt.datetime.now(dt.UTC).date()))
    (line,) = list_lines(tmp_path, "settings")
    assert (line["settings"], line["region"]) == (settings_version(SETTINGS), WORLD.version)


async def test_a_log_that_was_lost_is_archived_anew_beside_what_is_there(tmp_path):
    keeping = keeping_of(tmp_path)
    async with open_writer(SETTINGS, broker="embedded://", data_dir=tmp_path) as writer, kept(keeping):
        for number in range(3):
            await writer.send(OBSERVATION, "a", delivery(hotspot(number)))
        await until_kept(keeping)
    close_logs()
    for path in tmp_path.glob("log.sqlite*"):
        path.unlink()
    async with open_writer(SETTINGS, broker="embedded://", data_dir=tmp_path) as writer:
        await writer.send(OBSERVATION, "a", delivery(hotspot(2), hotspot(7)))
        async with kept(keeping_of(tmp_path)):
            await until(lambda: len(list_lines(tmp_path, "observations")) == 4)


def test_positions_of_a_later_program_are_refused(tmp_path):
    path = tmp_path / "positions.json"
    path.write_bytes(b'{"v":2,"positions":{}}')
    with pytest.raises(ArchiveError, match="reads `v` up to 1: use a newer program"):
        load(path)


@pytest.mark.parametrize("content", [b"", b"{", b'{"observation.v1/0":3}', b'{"v":1,"positions":{"a":-}}'])
def test_damaged_positions_begin_anew(tmp_path, content, caplog):
    path = tmp_path / "positions.json"
    path.write_bytes(content)
    assert load(path) == {}
    assert "archived from its beginning" in caplog.text


async def test_one_directory_has_one_owner_beside_kafka_too(tmp_path):
    what = Opening(settings=SETTINGS, region=WORLD, broker="kafka://127.0.0.1:1", data_dir=tmp_path)
    with hold(tmp_path), pytest.raises(DirectoryBusyError, match="in use by process"):
        async with opened(what):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
