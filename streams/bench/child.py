"""Programs that a benchmark runs beside itself: one worker of ours, or a plain Faust app that does nothing.

Each says `ready`, and ends when its standard input is closed.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faust

from detectors.region import WORLD
from schemas.settings import Kafka, Settings
from streams.bench.waiting import until
from streams.node import Node, running

SAID_EVERY_S = 0.02
READY_S = 60.0


def settings_of(prefix: str) -> Settings:
    """Return the settings that are measured: as delivered, with topics of our own.

    A prefix that ends in `p4.` asks for 4 partitions.
    """
    asked = re.search(r"-p(\d+)\.$", prefix)
    kafka = Kafka(prefix=prefix) if asked is None else Kafka(prefix=prefix, partitions=int(asked[1]))
    return Settings(name="bench", kafka=kafka)


def closed_stdin() -> asyncio.Event:
    """Return an event that is set when standard input ends."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), read)
    return stop


async def judge(broker: str, prefix: str, data_dir: Path, *, live: bool) -> None:
    """Run one worker."""
    stop = closed_stdin()
    node = Node(settings=settings_of(prefix), region=WORLD, broker=broker, data_dir=data_dir, live=live)
    async with running(node, stop) as worker:
        await until(lambda: worker.ready or stop.is_set(), READY_S)
        print("ready", flush=True)  # noqa: T201 - what the program that started this one waits for
        await stop.wait()


def nothing(app: faust.App, topic: str, note: Callable[[bytes, float], None]) -> None:
    """Give `app` an agent that does nothing with `topic` but note when it saw which key."""

    async def agent(stream: Any) -> None:
        async for event in stream.events():
            note(event.message.key, time.monotonic())

    channel = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    app.agent(channel, name="nothing")(agent)


async def bare(broker: str, topic: str, data_dir: Path) -> None:
    """Run a Faust app as it comes, and say from time to time what its agent has seen."""
    stop = closed_stdin()
    app = faust.App(
        f"{topic}-app",
        broker=broker,
        datadir=str(data_dir),
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
    )
    seen: list[str] = []
    nothing(app, topic, lambda key, at: seen.append(f"{key.decode()} {at}\n"))
    await app.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not stop.is_set():
        await asyncio.sleep(SAID_EVERY_S)
        lines, seen[:] = "".join(seen), []
        sys.stdout.write(lines)
        sys.stdout.flush()
    await app.stop()


def main(words: list[str]) -> None:
    """Run what the command line asks for: `judge|play|bare BROKER PREFIX-OR-TOPIC DIRECTORY`."""
    what, broker, name, folder = words
    if what == "bare":
        asyncio.run(bare(broker, name, Path(folder)))
    else:
        asyncio.run(judge(broker, name, Path(folder), live=what == "judge"))


if __name__ == "__main__":
    main(sys.argv[1:])
