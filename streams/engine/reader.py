"""Read topics from given positions, without Faust and without a group: for the history store and tools."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.settings import Kafka, Settings
from schemas.topics import Topic
from streams.engine.log import Log
from streams.engine.logs import is_embedded, open_log
from streams.engine.places import partitions_of, topic_name
from streams.engine.whole_start import start_whole
from streams.kafka.security import brokers, security

WAIT_S = 1.0
MOST_RECORDS = 500
MOST_FETCHED = 4 * 1024 * 1024

Positions = Mapping[tuple[str, int], int]
"""The next offset to read by topic (without prefix) and partition; missing means from the beginning."""


class Read(NamedTuple):
    """One message as it stands on the broker; `topic` is its name without prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    raw: bytes | None


class TopicsMissingError(Exception):
    """Topics are not on the broker; the message names them."""


async def read(
    settings: Settings, topics: Sequence[Topic], positions: Positions, *, broker: str, data_dir: Path
) -> AsyncIterator[Read]:
    """Yield every message of `topics` from `positions` on, in order within a partition, without end.

    Raises `TopicsMissingError` when a topic is not on the Kafka brokers.
    """
    if is_embedded(broker):
        source = _read_log(open_log(data_dir, settings.kafka), settings.kafka, topics, positions)
    else:
        source = _read_kafka(settings.kafka, topics, positions, broker)
    async for message in source:
        yield message


async def ends(
    settings: Settings, topics: Sequence[Topic], *, broker: str, data_dir: Path
) -> dict[tuple[str, int], int]:
    """Return by topic (without prefix) and partition the offset that the next message will get.

    Raises `TopicsMissingError` when a topic is not on the Kafka brokers.
    """
    kafka = settings.kafka
    if is_embedded(broker):
        log = open_log(data_dir, kafka)
        names = {topic.name: topic_name(kafka, topic) for topic in topics}
        return {
            (topic, number): log.end(name, number)
            for topic, name in names.items()
            for number in range(log.partitions(name))
        }
    places = {
        TopicPartition(topic_name(kafka, topic), number): (topic.name, number)
        for topic in topics
        for number in range(partitions_of(kafka, topic))
    }
    async with _connected(kafka, broker) as consumer:
        await _check_present(consumer, kafka, topics)
        found = await consumer.end_offsets(list(places))
    return {places[place]: offset for place, offset in found.items()}


async def _read_log(
    log: Log, kafka: Kafka, topics: Sequence[Topic], positions: Positions
) -> AsyncIterator[Read]:
    names = {topic.name: topic_name(kafka, topic) for topic in topics}
    places = [(topic, number) for topic, name in names.items() for number in range(log.partitions(name))]
    following = {place: positions.get(place, 0) for place in places}
    seen = -1
    while True:
        seen = await log.grown(seen, WAIT_S)
        more = True
        while more:
            more = False
            for topic, number in places:
                for offset, _, key, raw in log.read(
                    names[topic], number, following[topic, number], MOST_RECORDS
                ):
                    more = True
                    following[topic, number] = offset + 1
                    yield Read(topic, number, offset, key, raw)


async def _read_kafka(
    kafka: Kafka, topics: Sequence[Topic], positions: Positions, broker: str
) -> AsyncIterator[Read]:
    names = {topic_name(kafka, topic): topic.name for topic in topics}
    async with _connected(kafka, broker) as consumer:
        await _assign(consumer, kafka, topics, positions)
        while True:
            found = await consumer.getmany(timeout_ms=int(WAIT_S * 1000), max_records=MOST_RECORDS)
            for place, messages in found.items():
                for message in messages:
                    yield Read(
                        names[place.topic], place.partition, message.offset, message.key, message.value
                    )


@asynccontextmanager
async def _connected(kafka: Kafka, broker: str) -> AsyncIterator[AIOKafkaConsumer]:
    places = brokers(broker)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=places,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MOST_FETCHED,
        **security(kafka, places).options(),
    )
    await start_whole(consumer)
    try:
        yield consumer
    finally:
        await consumer.stop()


async def _check_present(consumer: AIOKafkaConsumer, kafka: Kafka, topics: Sequence[Topic]) -> None:
    present = await consumer.topics()
    missing = sorted({topic_name(kafka, topic) for topic in topics} - present)
    if missing:
        raise TopicsMissingError(f"not on the broker: {', '.join(missing)}; see `fenghuo topics create`")


async def _assign(
    consumer: AIOKafkaConsumer, kafka: Kafka, topics: Sequence[Topic], positions: Positions
) -> None:
    await _check_present(consumer, kafka, topics)
    # Partitions as the settings have them: the client's own list may not hold the topics yet.
    assigned = {
        TopicPartition(topic_name(kafka, topic), number): positions.get((topic.name, number), 0)
        for topic in topics
        for number in range(partitions_of(kafka, topic))
    }
    consumer.assign(list(assigned))
    for place, offset in assigned.items():
        if offset:
            consumer.seek(place, offset)
