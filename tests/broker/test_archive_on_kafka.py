"""On Kafka the archive is kept by `serve`, which owns the data directory; a worker beside it keeps none."""

import asyncio
import datetime as dt
import gzip
import json

import pytest
from driven import create_topics, settings_for
from judged import delivery, hotspot

from detectors.region import WORLD
from schemas.topics import OBSERVATION, VERDICT
from schemas.verdict import Verdict
from streams.archiving import load
from streams.engine.log_file import DirectoryBusyError
from streams.node import Node, running
from streams.serve.opening import Opening, opened

NOW = dt.datetime.now(dt.UTC)


def lines(data_dir, name):
    files = sorted((data_dir / "archive").glob(f"????/??/??/{name}.ndjson.gz"))
    return [json.loads(line) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()]


async def until(true, within=120):
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - what is waited for stands in files
            await asyncio.sleep(0.1)


async def test_serve_archives_what_kafka_has_once_and_the_worker_nothing(tmp_path, kafka_broker):
    settings = settings_for("archived.", partitions=2)
    create_topics(settings, kafka_broker)
    ours, theirs = tmp_path / "serve", tmp_path / "worker"
    what = Opening(settings=settings, region=WORLD, broker=kafka_broker, data_dir=ours)
    stop = asyncio.Event()
    async with running(Node(settings=settings, region=WORLD, broker=kafka_broker, data_dir=theirs), stop):
        for number in range(2):
            async with opened(what) as services:
                with pytest.raises(DirectoryBusyError):
                    async with opened(what):
                        pass
                found = Verdict(
                    verdict_id=f"v-{number}", incident_id="F-1", code=3, level="county", author="王", at=NOW
                )
                await services.writer.send(VERDICT, "F-1", found)
                await services.writer.send(OBSERVATION, "a", delivery(hotspot(number), hotspot(9)))
                await until(lambda count=number + 1: len(lines(ours, "verdicts")) == count)
                await until(lambda count=number + 2: len(lines(ours, "observations")) == count)
        stop.set()
    assert len(lines(ours, "settings")) == 1
    assert {topic for topic, _ in load(ours / "archive" / "positions.json")} == {
        "observation.v1",
        "verdict.v1",
    }
    assert not (theirs / "archive").exists()
