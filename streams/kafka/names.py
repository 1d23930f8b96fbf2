"""Every topic and group on a Kafka cluster that belongs to us: names, sizes and how long they are kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.settings import Kafka
from schemas.topics import ALERT, DETECTION, NOTICE, OBSERVATION, TOPICS, Topic
from streams.engine.places import changelog_name, group_name, partitions_of, topic_name

TABLES: tuple[tuple[str, Topic], ...] = (
    ("observe", OBSERVATION),
    ("judge", DETECTION),
    ("route", ALERT),
    ("deliver", NOTICE),
)
"""Every hop with the first topic it reads; its changelog is cut into as many partitions."""

DAY_MS = 86_400_000
MESSAGE_BYTES = 4 * 1024 * 1024 + 64 * 1024
"""Largest batch: what a client sends at most (4 MiB, an incident of a vast fire) and Kafka's own frame."""
SEGMENT_BYTES = 64 * 1024 * 1024

ROLES: dict[str, tuple[str, ...]] = {
    "ingest": ("ingest",),
    "worker": ("observe", "judge", "route", "deliver", "ingest"),
    "serve": ("serve", "ingest"),
}
"""Who runs which of the writers and readers of the topic table; a worker ticks, and `serve` takes posts."""


@dataclass(frozen=True)
class Wanted:
    """One topic as it should be on the cluster."""

    name: str
    partitions: int
    replication: int
    configs: dict[str, str]
    about: str


def wanted(kafka: Kafka) -> list[Wanted]:
    """Return every topic and changelog, in the order of the flow."""
    topics = [
        Wanted(
            topic_name(kafka, topic),
            partitions_of(kafka, topic),
            kafka.replication,
            _configs(kafka, retention_days=topic.retention_days, compacted=topic.compacted),
            topic.about,
        )
        for topic in TOPICS
    ]
    changelogs = [
        Wanted(
            changelog_name(kafka, table),
            partitions_of(kafka, read),
            kafka.replication,
            _configs(kafka, retention_days=None, compacted=True),
            f"the state of {table}",
        )
        for table, read in TABLES
    ]
    return topics + changelogs


def _configs(kafka: Kafka, *, retention_days: int | None, compacted: bool) -> dict[str, str]:
    configs = {
        # Changelogs are compacted only: Faust cannot recover from one that retention has emptied.
        "cleanup.policy": "compact" if compacted else "delete",
        "retention.ms": "-1" if retention_days is None else str(retention_days * DAY_MS),
        "retention.bytes": "-1",
        "max.message.bytes": str(MESSAGE_BYTES),
        # Kept by arrival: a sender's wrong clock neither loses messages nor keeps them for ever.
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": "2" if kafka.replication > 2 else "1",
    }
    if compacted:
        # The newest segment is never compacted: keep it small, or recovery reads every old row.
        configs["segment.bytes"] = str(SEGMENT_BYTES)
    if kafka.replication == 1:
        # One copy survives a power cut only when it is on the disk before it is acknowledged.
        configs["flush.messages"] = "1"
    return configs


@dataclass(frozen=True)
class Right:
    """What one role may do with one topic or group."""

    role: str
    kind: str
    name: str
    operations: tuple[str, ...]


def rights(kafka: Kafka) -> Iterator[Right]:
    """Yield the rights each role needs; none may create, alter or delete anything.

    `serve` has no group: it reads every partition and keeps its place in its own store.
    """
    for role, parts in ROLES.items():
        for topic in TOPICS:
            operations = _operations(topic, parts)
            if operations:
                yield Right(role, "topic", topic_name(kafka, topic), operations)
        if role == "worker":
            for table, _ in TABLES:
                yield Right(role, "topic", changelog_name(kafka, table), ("Read", "Write", "Describe"))
            yield Right(role, "group", group_name(kafka), ("Read",))


def _operations(topic: Topic, parts: tuple[str, ...]) -> tuple[str, ...]:
    read = bool(set(parts) & set(topic.readers))
    write = bool(set(parts) & set(topic.writers))
    told = (("Read",) if read else ()) + (("Write",) if write else ())
    return (*told, "Describe") if told else ()
