"""`create_app`: the hops as Faust agents, on Kafka or on the embedded log."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import faust

from schemas.dead_letter import DeadLetter
from schemas.hop import Hop
from schemas.settings import Settings
from schemas.topics import OBSERVATION, Topic
from streams.engine import faust_private
from streams.engine.base import EmbeddedApp, HopApp
from streams.engine.log import Log
from streams.engine.logs import create_topic, is_embedded, open_log
from streams.engine.loop import HopLoop, Spy
from streams.engine.options import SESSION_S, app_options
from streams.engine.outlet import Outlet
from streams.engine.places import changelog_name, partitions_of, topic_name
from streams.engine.pulse import Pulse
from streams.engine.sinks import EmbeddedSink, KafkaSink, Sink
from streams.engine.timers import beat, collect, keep_small, tick


def create_app(  # noqa: PLR0913 - what a worker is made of
    settings: Settings,
    hops: Sequence[Hop],
    *,
    broker: str,
    data_dir: Path,
    on_dead_letter: Callable[[DeadLetter], None] | None = None,
    spy: Spy | None = None,
    live_ticks: bool = True,
    session_s: float = SESSION_S,
) -> HopApp:
    """Return an app with one agent per hop; nothing runs until it is started.

    `broker` is `embedded://` (the log under `data_dir`, created here) or `kafka://host:port,...`, whose
    topics must exist. `on_dead_letter` is told of each refused message once its letter is written. Without
    `live_ticks` somebody else says that time passes. `session_s` is how long Kafka waits for a silent worker.

    Raises `ValueError` for hops that cannot be run, `LogError` for a directory that cannot be used,
    `ConfigError` for a broker that cannot be reached as the settings say.
    """
    check(settings, hops)
    data_dir.mkdir(parents=True, exist_ok=True)
    faust_private.register()
    options = app_options(settings, broker, data_dir, session_s)
    if is_embedded(broker):
        app, sinks = _on_log(settings, hops, options, open_log(data_dir, settings.kafka))
    else:
        app, sinks = _on_kafka(settings, hops, options, broker, Pulse(session_s))
    app.hop_loops = {}
    for hop, sink in zip(hops, sinks, strict=True):
        loop = app.hop_loops[hop.name] = _agent(app, settings, hop, sink)
        loop.on_dead_letter = on_dead_letter
        loop.spy = sink.spy = spy
    _every(app, partial(collect, app))
    if live_ticks and any(OBSERVATION in hop.topics for hop in hops):
        _every(app, partial(tick, app, settings))
    return app


def _on_log(
    settings: Settings, hops: Sequence[Hop], options: dict[str, Any], log: Log
) -> tuple[HopApp, list[Sink]]:
    """Return an app on `log` with the topics and changelogs of `hops` in it, and where each hop writes."""
    app = EmbeddedApp(**options)
    app.log_of_topics = log
    sinks: list[Sink] = []
    for hop in hops:
        for topic in hop.topics:
            create_topic(log, settings.kafka, topic)
        changelog = changelog_name(settings.kafka, hop.name)
        log.create(changelog, partitions_of(settings.kafka, hop.topics[0]), compacted=True)
        sinks.append(EmbeddedSink(log, app.conf.id, changelog))
    _every(app, partial(keep_small, app, log))
    return app, sinks


def _on_kafka(
    settings: Settings, hops: Sequence[Hop], options: dict[str, Any], broker: str, pulse: Pulse
) -> tuple[HopApp, list[Sink]]:
    """Return an app on Kafka, and where each hop writes; outlets close when the last batch is written.

    Each hop has its own, for a producer awaits one answer before it asks again: with one for all, route
    waited a tenth of a second for judge.
    """
    app = HopApp(**options)
    outlets = [Outlet(settings.kafka, broker) for _ in hops]

    async def close(*_: Any, **__: Any) -> None:
        await asyncio.gather(*(outlet.close() for outlet in outlets))

    app.on_before_shutdown.connect(close, weak=False)
    _every(app, partial(beat, app, pulse))
    return app, [
        KafkaSink(outlet, changelog_name(settings.kafka, hop.name), pulse)
        for hop, outlet in zip(hops, outlets, strict=True)
    ]


def _every(app: faust.App, work: Callable[[], Awaitable[None]]) -> None:
    async def task() -> None:
        await work()

    app.task(task)


def check(settings: Settings, hops: Sequence[Hop]) -> None:
    """Raise `ValueError` when a hop reads topics of different partition counts: its state would be torn."""
    for hop in hops:
        counts = {topic.name: partitions_of(settings.kafka, topic) for topic in hop.topics}
        if len(set(counts.values())) != 1:
            raise ValueError(
                f"the topics of hop {hop.name} must have the same number of partitions: {counts}"
            )


def _agent(app: faust.App, settings: Settings, hop: Hop, sink: Sink) -> HopLoop:
    count = partitions_of(settings.kafka, hop.topics[0])
    table = app.Table(f"{hop.name}-state", key_type=bytes, value_type=bytes, partitions=count)
    loop = HopLoop(hop, settings.kafka, table, sink)

    async def agent(stream: Any) -> None:
        await loop.run(app, stream)

    async def forget(*_: Any, **__: Any) -> None:
        loop.forget()

    agent.__name__ = agent.__qualname__ = hop.name  # what logs call it
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
