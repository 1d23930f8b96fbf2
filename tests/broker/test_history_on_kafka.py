"""Topics made anew on Kafka begin at 0 again; the history notices, also while it follows, and goes on."""

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest
from driven import create_topics, settings_for

from detectors.region import WORLD
from schemas.topics import ALERT, TOPICS
from streams.engine.places import topic_name
from streams.kafka import admin
from streams.kafka.security import brokers, security
from streams.serve import opening
from streams.serve.opening import Opening, opened

sys.path.insert(0, str(Path(__file__).parent.parent / "serve"))

from serve_words import make_alert


def make_anew(settings, broker):
    places = brokers(broker)
    names = {topic_name(settings.kafka, topic) for topic in TOPICS}
    with admin.connect(places, security(settings.kafka, places)) as client:
        client.delete_topics(sorted(names))
    create_topics(settings, broker)


async def until(true, within=120):
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - a test looks from outside
            await asyncio.sleep(0.1)


async def say(services, *numbers):
    for number in numbers:
        await services.writer.send(ALERT, f"fire-{number}", make_alert(number))


@pytest.mark.parametrize("running", [False, True], ids=["while it is down", "while it follows"])
async def test_topics_made_anew_do_not_silence_the_history(
    tmp_path, kafka_broker, monkeypatch, caplog, running
):
    monkeypatch.setattr(opening, "AGAIN_S", 0.2)
    monkeypatch.setattr(opening, "CHECK_EVERY_S", 2.0)
    settings = settings_for(f"anew{running}.", partitions=1)
    create_topics(settings, kafka_broker)
    what = Opening(settings=settings, region=WORLD, broker=kafka_broker, data_dir=tmp_path)
    async with contextlib.AsyncExitStack() as stack:
        services = await stack.enter_async_context(opened(what))
        await say(services, 1, 2, 3, 4, 5)
        await until(lambda: services.store.last_sequence() == 5)
        if not running:
            await stack.aclose()
        await asyncio.to_thread(make_anew, settings, kafka_broker)
        if not running:
            services = await stack.enter_async_context(opened(what))
        await say(services, 6, 7)
        await until(lambda: services.store.last_sequence() == 7)
        assert services.store.positions()["alert.v1", 0] == 2
    assert "from its beginning" in caplog.text
