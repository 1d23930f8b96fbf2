"""The same hops on a real broker: killed anywhere, nothing is lost and the state is that of a calm run."""

import asyncio
import pathlib
import signal
import sys

import pytest

from schemas.codec import decode, encode
from streams.engine.places import changelog_name, partitions_of, topic_name
from streams.engine.reader import TopicsMissingError, read
from streams.engine.writer import open_writer
from streams.kafka.admin import connect
from streams.kafka.security import brokers, security

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "engine"))

from conftest_toy import run_toy  # noqa: F401 - a fixture
from toy import END, HOPS, IN, MIDDLE, Item, settings

pytestmark = pytest.mark.broker
COUNT = 300


def create(broker, asked, hops=HOPS):
    kafka = asked.kafka
    places = brokers(broker)
    wanted = {topic_name(kafka, topic): (partitions_of(kafka, topic), {}) for topic in (IN, MIDDLE, END)}
    for hop in hops:
        count = partitions_of(kafka, hop.topics[0])
        wanted[changelog_name(kafka, hop.name)] = (count, {"cleanup.policy": "compact"})
    topics = {
        name: {"num_partitions": count, "replication_factor": 1, "configs": configs}
        for name, (count, configs) in wanted.items()
    }
    with connect(places, security(kafka, places)) as client:
        client.create_topics(topics)
        client.wait_for_topics(list(topics))


async def fill(broker, asked, data_dir):
    async with open_writer(asked, broker=broker, data_dir=data_dir) as writer:
        await asyncio.gather(
            *(writer.send(IN, f"item-{n}", Item(f"item-{n}", n), partition=n % 4) for n in range(COUNT))
        )


async def taken(broker, asked, topic, count, quiet_s=3):
    """Return what stands in `topic`: at least `count` messages, then until it is quiet."""
    found = []
    source = read(asked, [topic], {}, broker=broker, data_dir=pathlib.Path())
    try:
        while True:
            found.append(await asyncio.wait_for(anext(source), 60 if len(found) < count else quiet_s))
    except TimeoutError:
        return found


def ended(process):
    _, errors = process.communicate(timeout=180)
    assert process.returncode in {0, -signal.SIGKILL}, errors
    return process.returncode == 0


async def rows_of(broker, asked, hop):
    """Return the rows of `hop` as a new owner would recover them."""
    from schemas.topics import Topic

    name = changelog_name(asked.kafka, hop.name).removeprefix(asked.kafka.prefix)
    topic = Topic(name, bytes, "", None, None, True, (), (), "")
    return {
        (message.partition, message.key): message.raw
        for message in await taken(broker, asked, topic, 1)
        if message.raw is not None
    }


@pytest.mark.slow
async def test_killed_anywhere_on_kafka_ends_like_a_calm_run(kafka_broker, run_toy, tmp_path):  # noqa: F811 - the fixture
    asked = settings("crash.")
    create(kafka_broker, asked)
    await fill(kafka_broker, asked, tmp_path)
    options = {"broker": kafka_broker, "prefix": "crash."}
    for place in ("step:20", "write:1", "rows:1", "rows:2", "written:2"):
        assert not await asyncio.to_thread(ended, run_toy(tmp_path, COUNT, kill=place, **options)), place
    assert await asyncio.to_thread(ended, run_toy(tmp_path, COUNT, **options))
    told = await taken(kafka_broker, asked, END, COUNT)
    assert {message.key for message in told} == {f"item-{n}".encode() for n in range(COUNT)}
    middle = await taken(kafka_broker, asked, MIDDLE, COUNT)
    rows = await rows_of(kafka_broker, asked, HOPS[1])
    assert rows[0, b"sum"] == calm_sum(HOPS[1], [decode(message.raw, Item) for message in middle])
    rows = await rows_of(kafka_broker, asked, HOPS[0])
    given = await taken(kafka_broker, asked, IN, COUNT, quiet_s=1)
    for partition in range(4):
        items = [Item(f"item-{n}", n) for n in range(COUNT) if n % 4 == partition]
        sent = [decode(message.raw, Item) for message in given if message.partition == partition]
        assert {item.id for item in items} == {item.id for item in sent}
        assert rows[partition, b"sum"] == calm_sum(HOPS[0], sent)


def calm_sum(hop, items):
    """Return the row of an uninterrupted run over `items`."""
    state, rows = hop.open(None, 0, {}), {}
    for item in items:
        rows |= hop.step(None, state, item, None).rows
    return encode(rows["sum"])


async def test_missing_topics_are_named(kafka_broker, tmp_path):
    asked = settings("nowhere.")
    with pytest.raises(TopicsMissingError, match=r"nowhere\.toy-end"):
        async for _ in read(asked, [END], {}, broker=kafka_broker, data_dir=tmp_path):
            pass


@pytest.mark.slow
async def test_partitions_move_between_workers_and_nothing_is_lost(kafka_broker, run_toy, tmp_path):  # noqa: F811 - the fixture
    """A second worker joins, the first is killed, a third joins: every state goes on where it stood."""
    asked = settings("move.")
    create(kafka_broker, asked)
    options = {"broker": kafka_broker, "prefix": "move."}
    first = run_toy(tmp_path / "1", 10**9, **options)
    async with open_writer(asked, broker=kafka_broker, data_dir=tmp_path) as writer:

        async def send(numbers):
            for n in numbers:
                await writer.send(IN, f"item-{n}", Item(f"item-{n}", n), partition=n % 4)
                await asyncio.sleep(0.02)

        await send(range(100))
        second = run_toy(tmp_path / "2", 10**9, **options)
        await send(range(100, 500))
        first.kill()
        await send(range(500, 600))
        run_toy(tmp_path / "3", 10**9, **options)
        await send(range(600, 1000))
    told = await taken(kafka_broker, asked, END, 1000, quiet_s=12)
    assert second.poll() is None
    assert {message.key for message in told} == {f"item-{n}".encode() for n in range(1000)}
    rows = await rows_of(kafka_broker, asked, HOPS[0])
    for partition in range(4):
        items = [Item(f"item-{n}", n) for n in range(1000) if n % 4 == partition]
        assert rows[partition, b"sum"] == calm_sum(HOPS[0], items)
    middle = await taken(kafka_broker, asked, MIDDLE, 1000)
    rows = await rows_of(kafka_broker, asked, HOPS[1])
    assert rows[0, b"sum"] == calm_sum(HOPS[1], [decode(message.raw, Item) for message in middle])
