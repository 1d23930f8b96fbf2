"""Run the same deliveries through replay, embedded:// and Kafka, and compare what they say."""

import asyncio
import dataclasses
import datetime as dt
from contextlib import suppress

from msgspec.structs import replace

from detectors.identity import key_of
from schemas.codec import decode
from schemas.observation import Delivery
from schemas.settings import Kafka, Settings
from schemas.topics import ALERT, INCIDENT, NOTICE, OBSERVATION, TICK
from streams.engine.logs import close_logs
from streams.engine.reader import read
from streams.engine.worker import LOOK_S
from streams.engine.writer import open_writer
from streams.hops.deliver import at_once
from streams.kafka import admin
from streams.kafka.names import wanted
from streams.kafka.security import brokers, security
from streams.node import Node, hops_of, running
from streams.pipeline import Pipeline

WAIT_S = 240.0
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclasses.dataclass
class Said:
    """The bytes of every message, by topic, in the order read."""

    raw: dict[str, list[bytes]] = dataclasses.field(default_factory=dict)

    def of(self, topic):
        return [decode(one, topic.value) for one in self.raw.get(topic.name, [])]

    def incidents(self):
        last = {}
        for one in self.of(INCIDENT):
            if one.incident_id not in last or one.revision >= last[one.incident_id].revision:
                last[one.incident_id] = one
        return last


def with_ticks(given):
    """After each delivery a tick a second later, so that everybody waits for the same moment."""
    steps = []
    for one in given:
        if one.observations or one.verdicts or one.settings:
            steps.append(one)
        steps.append(
            Delivery(
                delivery_id=f"tick:{one.received_at.isoformat()}",
                received_at=one.received_at + dt.timedelta(seconds=1),
            )
        )
    return steps


def by_replay(given, settings, region):
    from schemas.codec import encode

    said = Said()

    def sink(output):
        said.raw.setdefault(output.topic.name, []).append(encode(output.value))

    node = Node(
        settings=dataclasses_replace(settings, partitions=1),
        region=region,
        broker="",
        data_dir=None,
        live=False,
    )
    pipeline = Pipeline(hops_of(node), sink, at_once if settings.receivers else None)
    for one in with_ticks(given):
        pipeline.feed(OBSERVATION, one)
    return said


def dataclasses_replace(settings, **kafka):
    import msgspec

    return msgspec.structs.replace(settings, kafka=msgspec.structs.replace(settings.kafka, **kafka))


def create_topics(settings, broker):
    places = brokers(broker)
    with admin.connect(places, security(settings.kafka, places)) as client:
        admin.create(client, wanted(settings.kafka))


async def by_worker(given, settings, region, broker, data_dir, *, one_by_one=True):
    """What a live worker says. One by one: each delivery is judged to its end before the next goes in."""
    node = Node(settings=settings, region=region, broker=broker, data_dir=data_dir, live=False)
    said, stop, judged = Said(), asyncio.Event(), asyncio.Condition()
    newest = {}
    async with (
        running(node, stop) as working,
        open_writer(settings, broker=broker, data_dir=data_dir) as writer,
    ):
        listening = asyncio.create_task(_listen(node, said, judged, newest))
        try:
            for one in with_ticks(given):
                await _put(writer, settings, one)
                if one_by_one and not one.observations and not one.verdicts and not one.settings:
                    await _until(judged, newest, one.received_at)
            await _until(judged, newest, with_ticks(given)[-1].received_at)
            # what the last tick made is written with it; give the readers of other topics a moment
            await (_drained(working, said) if settings.receivers else asyncio.sleep(0.5))
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            stop.set()
    close_logs()
    return said


async def _drained(working, said):
    """Wait until no message waits for a hop, nothing is on its way to a receiver, and nothing new comes."""
    seen = -1
    async with asyncio.timeout(WAIT_S):
        while True:
            count = sum(len(raw) for raw in said.raw.values())
            waits = any(working.watchdog.lag.values()) or unsent(working)
            if count == seen and not waits:
                return
            seen = count
            await asyncio.sleep(LOOK_S + 0.5)  # meanwhile the watchdog looks once more


async def _put(writer, settings, one):
    if one.observations or one.verdicts:
        key = key_of(one.observations[0]) if one.observations else one.verdicts[0].incident_id
        await writer.send(OBSERVATION, key, one)
        return
    for number in range(settings.kafka.partitions):
        mine = replace(one, delivery_id=f"{one.delivery_id}:{number}")
        await writer.send(OBSERVATION, "tick", mine, number)


async def _listen(node, said, judged, newest):
    try:
        await _follow(node, said, judged, newest)
    except Exception as error:  # noqa: BLE001 - whoever waits in `_until` raises it
        async with judged:
            newest["error"] = error
            judged.notify_all()


async def _follow(node, said, judged, newest):
    topics = (ALERT, INCIDENT, NOTICE, TICK)
    async for message in read(node.settings, topics, {}, broker=node.broker, data_dir=node.data_dir):
        said.raw.setdefault(message.topic, []).append(message.raw)
        if message.topic == TICK.name:
            async with judged:
                newest["at"] = max(
                    newest.get("at", dt.datetime.min.replace(tzinfo=dt.UTC)),
                    decode(message.raw, TICK.value).at,
                )
                judged.notify_all()


async def _until(judged, newest, at):
    async with asyncio.timeout(WAIT_S), judged:
        await judged.wait_for(lambda: "error" in newest or newest.get("at", NEVER) >= at)
    if "error" in newest:
        raise newest["error"]


def settings_for(prefix, partitions=1, **more):
    return Settings(name="test", kafka=Kafka(prefix=prefix, partitions=partitions), **more)


def unsent(worker):
    """Whether any notice still waits in the outbox."""
    states = worker.app.hop_loops["deliver"].states(range(64))
    return any(rows for state in states for rows in state.pending.values())
