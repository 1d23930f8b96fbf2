"""A producer that Kafka has refused for good is replaced: what is handed in afterwards is taken in."""

import json
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OutOfOrderSequenceNumber
from aiokafka.structs import TopicPartition
from alerted import a_receiver, an_alert
from driven import create_topics, settings_for
from msgspec.structs import replace
from vendors import ways

from alerts.channels.base import Stamp
from schemas.dead_letter import Tick
from schemas.topics import TICK
from streams.engine.places import topic_name
from streams.engine.writer import open_writer
from streams.transport.attempt import ruled
from streams.transport.carry import Carrier

NOW = datetime(2026, 4, 1, 4, tzinfo=UTC)


async def written(broker, name):
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.removeprefix("kafka://"))
    async with consumer:
        place = TopicPartition(name, 0)
        return (await consumer.end_offsets([place]))[place]


async def test_an_alert_for_other_programs_is_on_their_topic_and_on_none_that_nobody_made(kafka_broker):
    settings = settings_for("outside.", partitions=1)
    create_topics(settings, kafka_broker)
    theirs = topic_name(settings.kafka, TICK)
    way, receiver = ways(kafka={"topic": theirs})["kafka"], a_receiver("others", channel="kafka")
    request = way.request(way.render(an_alert(grade="II"), receiver), receiver, Stamp("notice_1", NOW))
    for topic, outcome, timeout_s in [(theirs, "accepted", 30), ("nobody.made.it", "retry", 3)]:
        outside = (settings.kafka, kafka_broker)
        async with Carrier(timeout_s=timeout_s, answer_bytes=10, outside=outside) as carrier:
            answer = await carrier.carry(replace(request, topic=topic), allow_private=False)
        assert ruled(answer, way).outcome == outcome
    consumer = AIOKafkaConsumer(
        theirs, bootstrap_servers=kafka_broker.removeprefix("kafka://"), auto_offset_reset="earliest"
    )
    async with consumer:
        got = await consumer.getone()
    headers = {name: value.decode() for name, value in got.headers}
    assert (headers["ce_id"], headers["ce_specversion"]) == ("notice_1", "1.0")
    assert json.loads(got.value)["data"]["grade"] == "II"


async def test_a_writer_goes_on_after_an_error_that_ends_its_producer(tmp_path, kafka_broker):
    settings = settings_for("renewed.", partitions=1)
    create_topics(settings, kafka_broker)
    async with open_writer(settings, broker=kafka_broker, data_dir=tmp_path) as writer:
        await writer.send(TICK, "0", Tick(at=NOW))
        producer = await writer._producing.connected()  # noqa: SLF001 - brought into the state no send leaves
        producer._message_accumulator.fail_all(OutOfOrderSequenceNumber())  # noqa: SLF001 - the same
        with pytest.raises(KafkaError):
            await writer.send(TICK, "0", Tick(at=NOW))
        await writer.send(TICK, "0", Tick(at=NOW))
        healthy = await writer._producing.connected()  # noqa: SLF001 - to see that it stays
        assert healthy is not producer
        with pytest.raises(MessageSizeTooLargeError):
            await writer.send(TICK, "0", "x" * 5_000_000)
        assert await writer._producing.connected() is healthy  # noqa: SLF001 - the same
    assert await written(kafka_broker, topic_name(settings.kafka, TICK)) == 2
