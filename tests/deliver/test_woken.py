"""From an accepted observation to the receiver's gateway, on the log of one process."""

import asyncio
import contextlib
import datetime as dt
import time
from functools import partial

import pytest
from alerted import a_receiver
from fires import call
from gateway import Gateway, answers

import streams.node
from detectors.identity import key_of
from detectors.region import WORLD
from schemas.observation import Delivery
from schemas.settings import Kafka, Settings
from schemas.topics import OBSERVATION
from streams.engine.writer import open_writer
from streams.node import Node, running
from streams.transport.sender import Limits, Sender
from streams.transport.written import WrittenRows

SOON_S = 60.0


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Let the sender look of its own accord only once a minute: who is not woken is late for these tests."""
    monkeypatch.setattr(streams.node, "Sender", partial(Sender, limits=Limits(look_s=60.0)))


def a_fire(number):
    """Two rangers report flames at one place: graded at once."""
    now = dt.datetime.now(dt.UTC)
    where = (98.0 + 0.3 * number, 27.0)
    reports = tuple(call(now, *where, f"{number}-{who}") for who in "ab")
    return Delivery(delivery_id=f"fire-{number}", received_at=now, observations=reports)


@contextlib.asynccontextmanager
async def a_node(folder, gateway):
    receiver = a_receiver(url=gateway.url, allow_private=True)
    settings = Settings(kafka=Kafka(partitions=2), receivers=(receiver,))
    node = Node(settings=settings, region=WORLD, broker="embedded://", data_dir=folder)
    async with (
        running(node, asyncio.Event()) as worker,
        open_writer(settings, broker="embedded://", data_dir=folder) as writer,
    ):
        await until(lambda: worker.ready)

        async def observe(number):
            one = a_fire(number)
            await writer.send(OBSERVATION, key_of(one.observations[0]), one)

        yield worker, settings, observe


async def until(true, within=SOON_S):
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - what is waited for is plain data
            await asyncio.sleep(0.002)


async def test_a_page_is_at_the_gateway_as_soon_as_it_is_written(tmp_path, record_property):
    took = []
    async with Gateway(answers(200)).open() as gateway, a_node(tmp_path, gateway) as (_, _, observe):
        for number in range(8):
            await observe(number)
            accepted = time.perf_counter()
            await until(lambda: len(gateway.got) > number)  # noqa: B023 - awaited here
            took.append(time.perf_counter() - accepted)
    record_property("accepted to gateway, ms", [round(1000 * one) for one in took])
    print("accepted to gateway, ms:", [round(1000 * one) for one in took])  # noqa: T201 - a measurement
    assert min(took) < 0.3


async def test_10_nobody_is_told_of_what_is_not_on_the_disk(tmp_path):
    async with (
        Gateway(answers(200)).open() as gateway,
        a_node(tmp_path, gateway) as (worker, settings, observe),
    ):
        loop = worker.app.hop_loops["deliver"]
        disk, write = asyncio.Event(), loop._sink.write  # noqa: SLF001 - a disk that hangs

        async def hanging(written):
            await disk.wait()
            await write(written)

        loop._sink.write = hanging  # noqa: SLF001
        await observe(1)
        await until(lambda: any(state.rows() for state in loop.states((0, 1))))
        assert WrittenRows(worker, settings.kafka).rows() == []
        await asyncio.sleep(1.0)
        assert gateway.got == []
        disk.set()
        await until(lambda: gateway.got)
        await until(lambda: not any(state.rows() for state in loop.states((0, 1))))
    assert len(gateway.got) == 1


async def test_a_row_is_seen_as_it_was_while_its_change_is_not_on_the_disk(tmp_path):
    async with (
        Gateway(answers(500)).open() as gateway,
        a_node(tmp_path, gateway) as (worker, settings, observe),
    ):
        loop = worker.app.hop_loops["deliver"]
        disk, write = asyncio.Event(), loop._sink.write  # noqa: SLF001

        async def hanging(written):
            if gateway.got:
                await disk.wait()
            await write(written)

        loop._sink.write = hanging  # noqa: SLF001
        await observe(1)
        try:
            await until(
                lambda: [row.attempts for state in loop.states((0, 1)) for row in state.rows()] == [1]
            )
            assert [row.attempts for row in WrittenRows(worker, settings.kafka).rows()] == [0]
        finally:
            disk.set()
        await until(lambda: [row.attempts for row in WrittenRows(worker, settings.kafka).rows()] == [1])
    assert len(gateway.got) == 1
