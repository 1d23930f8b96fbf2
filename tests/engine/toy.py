"""Two toy hops, and a program that runs them and may kill itself at a given place. Run as a file by tests."""

import argparse
import asyncio
import hashlib
import os
import pathlib
import signal
from datetime import UTC, datetime

from msgspec import Struct

from schemas.codec import decode
from schemas.hop import Hop, Output, Result
from schemas.settings import Kafka, Settings
from schemas.topics import Topic
from streams.engine.app import create_app
from streams.engine.reader import read
from streams.engine.worker import run_worker

NOON = datetime(2026, 4, 1, 4, tzinfo=UTC)


class Item(Struct, frozen=True):
    id: str
    size: int


class Sum(Struct):
    count: int = 0
    total: int = 0
    digest: str = ""


def topic(name, partitions, value=Item):
    return Topic(name, value, "id", partitions, 30, False, (), (), "toy")


IN = topic("toy-in.v1", None)
MIDDLE = topic("toy-middle.v1", 1)
END = topic("toy-end.v1", None)
HOPS_OF = {"count": IN, "total": MIDDLE}


class State:
    def __init__(self, rows):
        self.sum = decode(rows["sum"], Sum) if "sum" in rows else Sum()
        self.seen = {key for key in rows if key.startswith("seen:")}


def opened(_options, _partition, rows):
    return State(rows)


def step(following):
    def judged(_options, state, item, _now):
        if item.size < 0:
            state.sum.count = -1000  # a step that fails half-way must leave no trace
            raise ValueError("negative size")
        key = f"seen:{item.id}"
        if key in state.seen:
            return Result()
        state.seen.add(key)
        state.sum.count += 1
        state.sum.total += item.size
        state.sum.digest = hashlib.sha256(f"{state.sum.digest}{item.id}".encode()).hexdigest()[:16]
        output = Output(following, item.id, Item(item.id, item.size + 1))
        return Result([output], {"sum": state.sum, key: 1})

    return judged


HOPS = tuple(
    Hop(name, (HOPS_OF[name],), opened, step(following), lambda _: NOON)
    for name, following in (("count", MIDDLE), ("total", END))
)


def settings(prefix="toy."):
    return Settings(kafka=Kafka(prefix=prefix, partitions=4), tick_s=60)


def killer(where):
    """Return a spy that kills this process with SIGKILL at `place:count`."""
    place, _, count = where.partition(":")
    left = int(count or 0)

    def spy(name):
        nonlocal left
        if name == place:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return spy if where else None


async def until_told(expected, asked, broker, data_dir, stop):
    """Set `stop` once `expected` different ids have come out at the end."""
    ids = set()
    async for message in read(asked, [END], {}, broker=broker, data_dir=data_dir):
        ids.add(message.key)
        if len(ids) >= expected:
            break
    stop.set()


async def main(options):
    asked = settings(options.prefix)
    stop = asyncio.Event()
    app = create_app(
        asked,
        HOPS,
        broker=options.broker,
        data_dir=options.data_dir,
        spy=killer(options.kill),
        session_s=10,
    )
    waiting = asyncio.create_task(until_told(options.expect, asked, options.broker, options.data_dir, stop))
    await run_worker(app, stop)
    waiting.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", default="embedded://")
    parser.add_argument("--data-dir", type=pathlib.Path)
    parser.add_argument("--prefix", default="toy.")
    parser.add_argument("--expect", type=int)
    parser.add_argument("--kill", default="")
    asyncio.run(main(parser.parse_args()))
