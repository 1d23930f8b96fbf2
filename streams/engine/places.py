"""Where messages stand: topic names with prefix, partition counts, the partition of a key."""

import zlib

from schemas.settings import Kafka
from schemas.topics import Topic


def topic_name(kafka: Kafka, topic: Topic) -> str:
    """Return the name of `topic` on the broker."""
    return kafka.prefix + topic.name


def partitions_of(kafka: Kafka, topic: Topic) -> int:
    """Return how many partitions `topic` has."""
    return topic.partitions or kafka.partitions


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of `key`: the same on every engine and every machine."""
    return zlib.crc32(key) % partitions


def group_name(kafka: Kafka) -> str:
    """Return the consumer group of the workers."""
    return f"{kafka.prefix}worker"


def changelog_name(kafka: Kafka, hop: str) -> str:
    """Return the name of the compacted topic that holds the rows of a hop."""
    return f"{group_name(kafka)}-{hop}-state-changelog"
