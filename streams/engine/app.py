"""`create_app`: the hops as Faust agents, on Kafka or on the embedded log."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faust

from schemas.dead_letter import DeadLetter
from schemas.hop import Hop
from schemas.settings import Settings
from schemas.topics import TOPICS, Topic
from streams.engine import faust_private
from streams.engine.embedded import SCHEME, EmbeddedApp
from streams.engine.logs import open_log
from streams.engine.loop import HopLoop, Spy
from streams.engine.places import changelog_name, group_name, partitions_of, topic_name
from streams.engine.sinks import EmbeddedSink, KafkaSink, Sink

DAY_S = 86400.0


def create_app(  # noqa: PLR0913 - what a worker is made of
    settings: Settings,
    hops: Sequence[Hop],
    *,
    broker: str,
    data_dir: Path,
    on_dead_letter: Callable[[DeadLetter], None] | None = None,
    spy: Spy | None = None,
    session_timeout_s: float = 60.0,
    heartbeat_s: float = 3.0,
) -> faust.App:
    """Return an app with one agent per hop; nothing runs until it is started.

    `broker` is `embedded://` (the log under `data_dir`, created here) or `kafka://host:port,...`, whose
    topics must exist. Raises `ValueError` for hops that cannot be run together and `LogError` for a
    directory that cannot be used.
    """
    check(settings, hops)
    faust_private.register(SCHEME, "streams.engine.embedded:Transport", "streams.engine.rows:RowStore")
    options = _options(settings, broker, data_dir, session_timeout_s, heartbeat_s)
    app: faust.App
    if is_embedded(broker):
        app = EmbeddedApp(**options)
        app.log_of_topics = open_log(data_dir)
        create_topics(settings, hops, app)
    else:
        app = faust.App(**options)
    for hop in hops:
        loop = _agent(app, settings, hop)
        loop.on_dead_letter = on_dead_letter
        loop.spy = spy
    return app


def is_embedded(broker: str) -> bool:
    """Return whether `broker` means the log of this process."""
    return broker.split(":", 1)[0] == SCHEME


def check(settings: Settings, hops: Sequence[Hop]) -> None:
    """Raise `ValueError` when a hop reads topics of different partition counts: its state would be torn."""
    for hop in hops:
        counts = {topic.name: partitions_of(settings.kafka, topic) for topic in hop.topics}
        if len(set(counts.values())) != 1:
            raise ValueError(
                f"the topics of hop {hop.name} must have the same number of partitions: {counts}"
            )


def create_topics(settings: Settings, hops: Sequence[Hop], app: EmbeddedApp) -> None:
    """Create every topic and changelog in the embedded log."""
    kafka, log = settings.kafka, app.log_of_topics
    for topic in {*TOPICS, *(topic for hop in hops for topic in hop.topics)}:
        kept = None if topic.retention_days is None else topic.retention_days * DAY_S
        log.create(
            topic_name(kafka, topic), partitions_of(kafka, topic), compacted=topic.compacted, retention_s=kept
        )
    for hop in hops:
        log.create(changelog_name(kafka, hop.name), partitions_of(kafka, hop.topics[0]), compacted=True)


def _options(
    settings: Settings, broker: str, data_dir: Path, session_timeout_s: float, heartbeat_s: float
) -> dict[str, Any]:
    """Return Faust's settings: messages never lost, topics ours, no web server."""
    return {
        "id": group_name(settings.kafka),
        "broker": "embedded://" if is_embedded(broker) else broker.split(","),
        "store": "embedded://",
        "datadir": str(data_dir / "faust"),
        "autodiscover": False,
        "processing_guarantee": "at_least_once",
        "consumer_auto_offset_reset": "earliest",
        "producer_acks": -1,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "web_enabled": False,
        "web_tables_enabled": False,
        "web_router_enabled": False,
        "broker_commit_interval": 1.0,
        "broker_session_timeout": session_timeout_s,
        "broker_heartbeat_interval": heartbeat_s,
        # A rebalance waits until what was taken is written: later rows would undo those of the next owner.
        "stream_wait_empty": True,
        # Messages are up to 256 KiB: Faust's own 4096 could fill the memory.
        "stream_buffer_maxsize": 512,
        "stream_recovery_delay": 0.0,
    }


def _agent(app: faust.App, settings: Settings, hop: Hop) -> HopLoop:
    table = app.Table(
        f"{hop.name}-state",
        key_type=bytes,
        value_type=bytes,
        partitions=partitions_of(settings.kafka, hop.topics[0]),
    )
    changelog = changelog_name(settings.kafka, hop.name)
    sink: Sink
    if isinstance(app, EmbeddedApp):
        sink = EmbeddedSink(app.log_of_topics, app.conf.id, changelog)
    else:
        sink = KafkaSink(app, changelog)
    loop = HopLoop(hop, settings.kafka, table, sink)

    async def agent(stream: Any) -> None:
        await loop.run(app, stream)

    async def forget(*_: Any, **__: Any) -> None:
        loop.forget()

    app.agent(_channel(app, settings, hop.topics), name=hop.name, concurrency=1)(agent)
    app.on_partitions_revoked.connect(forget, weak=False)
    return loop


def _channel(app: faust.App, settings: Settings, topics: tuple[Topic, ...]) -> Any:
    """Return the topics as raw bytes: what cannot be decoded is the loop's to refuse."""
    names = [topic_name(settings.kafka, topic) for topic in topics]
    return app.topic(
        *names,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
    )
