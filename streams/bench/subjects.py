"""What is measured and what stands beside it: our system and a bare Faust agent, on either engine."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from detectors.region import WORLD
from schemas.codec import decode, encode
from schemas.dead_letter import Tick
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import ALERT, TICK, Topic
from streams.bench.beside import Used, beside, used_by
from streams.bench.child import nothing, settings_of
from streams.bench.shots import Shot
from streams.bench.waiting import until
from streams.engine import faust_private
from streams.engine.base import EmbeddedApp
from streams.engine.logs import close_logs, create_topic, is_embedded, open_log
from streams.engine.options import SESSION_S, app_options
from streams.engine.places import topic_name
from streams.engine.reader import read
from streams.engine.writer import Writer, open_writer
from streams.ingress import Ingress
from streams.node import Node, running

BARE = Topic("bench-bare.v1", Delivery, "number", None, 1, False, (), (), "what the bare agent reads")
READY_S = 60.0


class Fenghuo:
    """Our whole system: what is sent is taken in as over HTTP; an alert is seen when a reader has it."""

    def __init__(self, writer: Writer, worker_pid: int | None) -> None:
        self.writer = writer
        self.seen: dict[str, float] = {}
        self.alerts = 0
        self.judged_at = datetime.min.replace(tzinfo=UTC)
        self._ingress = Ingress(writer)
        self._pid = worker_pid

    async def send(self, shot: Shot) -> None:
        """Return once the log has the observations: the moment of HTTP's 202."""
        payload = b"\n".join(encode(one) for one in shot.observations)
        answer = await self._ingress.accept(payload, feed="bench", source_name="bench")
        assert answer.counts["accepted"] == len(shot.observations), answer.counts

    def names(self, shot: Shot) -> tuple[str, ...]:
        """Return the incidents whose first alerts must come."""
        return shot.names

    def used(self) -> Used:
        """Return what the worker has used; on embedded:// load and reader too, for it is one program."""
        return used_by(self._pid or os.getpid())

    async def listen(self, settings: Settings, broker: str, data_dir: Path) -> None:
        """Note when each incident's first alert can be read, and up to when everything is judged."""
        async for message in read(settings, (ALERT, TICK), {}, broker=broker, data_dir=data_dir):
            if message.topic == ALERT.name:
                self.alerts += 1
                self.seen.setdefault((message.key or b"").decode(), time.monotonic())
            else:
                tick = decode(message.raw, Tick)
                self.judged_at = max(self.judged_at, tick.at)


class Bare:
    """A Faust agent that does nothing but note when it saw a message."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.seen: dict[str, float] = {}
        self.pid: int | None = None

    async def send(self, shot: Shot) -> None:
        """Return once the log has the message."""
        now = shot.observations[0].observed_at
        delivery = Delivery(delivery_id=shot.names[0], received_at=now, observations=shot.observations)
        await self.writer.send(BARE, shot.names[0], delivery)

    def names(self, shot: Shot) -> tuple[str, ...]:
        """Return the one message."""
        return shot.names[:1]

    def used(self) -> Used:
        """Return what the agent's program has used."""
        return used_by(self.pid or os.getpid())

    def note(self, key: bytes, at: float) -> None:
        """Take down that the agent saw this key."""
        self.seen[key.decode()] = at

    def said(self, line: bytes) -> None:
        """Take down what the app beside says it has seen."""
        key, _, at = line.partition(b" ")
        self.note(key, float(at))


@asynccontextmanager
async def fenghuo(broker: str, prefix: str, folder: Path, *, live: bool = True) -> AsyncIterator[Fenghuo]:
    """Yield our system, ready: on embedded:// in this program, on Kafka one worker in a program of its own.

    Unless `live`, time passes by the ticks that are sent, as in the demo.
    """
    settings = settings_of(prefix)
    async with AsyncExitStack() as stack:
        pid: int | None = None
        if is_embedded(broker):
            stack.callback(close_logs)
            node = Node(settings=settings, region=WORLD, broker=broker, data_dir=folder, live=live)
            worker = await stack.enter_async_context(running(node, asyncio.Event()))
            await until(lambda: worker.ready, READY_S)
        else:
            words = ["judge" if live else "play", broker, prefix, str(folder)]
            pid = await stack.enter_async_context(beside(words, folder, lambda _: None))
        writer = await stack.enter_async_context(open_writer(settings, broker=broker, data_dir=folder))
        subject = Fenghuo(writer, pid)
        listening = asyncio.create_task(subject.listen(settings, broker, folder))
        try:
            yield subject
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


@asynccontextmanager
async def bare(broker: str, prefix: str, folder: Path) -> AsyncIterator[Bare]:
    """Yield the bare agent, ready, on the same engine."""
    settings = settings_of(prefix)
    async with AsyncExitStack() as stack:
        if is_embedded(broker):
            stack.callback(close_logs)
        writer = await stack.enter_async_context(open_writer(settings, broker=broker, data_dir=folder))
        subject = Bare(writer)
        if is_embedded(broker):
            await stack.enter_async_context(_bare_here(settings, folder, subject))
        else:
            words = ["bare", broker, topic_name(settings.kafka, BARE), str(folder)]
            subject.pid = await stack.enter_async_context(beside(words, folder, subject.said))
        yield subject


@asynccontextmanager
async def _bare_here(settings: Settings, folder: Path, subject: Bare) -> AsyncIterator[None]:
    """Run the bare agent on our transport, in this program."""
    faust_private.register()
    app = EmbeddedApp(**app_options(settings, "embedded://", folder, SESSION_S))
    app.log_of_topics = open_log(folder, settings.kafka)
    create_topic(app.log_of_topics, settings.kafka, BARE)
    nothing(app, topic_name(settings.kafka, BARE), subject.note)
    await app.start()
    try:
        yield
    finally:
        await app.stop()
