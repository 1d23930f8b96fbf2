"""A producer that Kafka has refused for good is replaced: what is handed in afterwards is taken in."""

from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OutOfOrderSequenceNumber
from aiokafka.structs import TopicPartition
from driven import create_topics, settings_for

from schemas.dead_letter import Tick
from schemas.topics import TICK
from streams.engine.places import topic_name
from streams.engine.writer import open_writer

NOW = datetime(2026, 4, 1, 4, tzinfo=UTC)


async def written(broker, name):
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.removeprefix("kafka://"))
    async with consumer:
        place = TopicPartition(name, 0)
        return (await consumer.end_offsets([place]))[place]


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
