"""Each private name of Faust that is used does what it is used for; a new Faust is tried here first."""

# ruff: noqa: SLF001 - private names are what is tried

import asyncio
import inspect

import faust
import pytest
from faust.assignor.client_assignment import ClientAssignment
from faust.stores import by_url as store_by_url
from faust.tables.recovery import Recovery
from faust.transport import by_url as transport_by_url
from faust.transport.consumer import Consumer as FaustConsumer
from faust.transport.drivers import aiokafka
from faust.types import TP
from toy import HOPS, settings

from streams.engine import embedded, faust_private, kafka_transport
from streams.engine.app import create_app
from streams.engine.logs import close_logs
from streams.engine.rows import RowStore

IN_0, LOG_0 = TP("toy.toy-in.v1", 0), TP("toy.worker-count-state-changelog", 0)


@pytest.fixture
async def app(tmp_path):
    yield create_app(settings(), HOPS, broker="embedded://", data_dir=tmp_path)
    close_logs()


def test_the_version_is_the_one_that_was_read():
    assert faust.__version__ == "0.15.3"


def test_our_transports_and_store_are_found_by_scheme():
    faust_private.register()
    assert transport_by_url("embedded://") is embedded.Transport
    assert transport_by_url("kafka://host") is kafka_transport.Transport
    assert store_by_url("rows://") is RowStore


async def test_the_assignor_tells_recovery_what_is_ours(app):
    faust_private.set_assignment(app, {IN_0, LOG_0})
    assert app.assignor.assigned_actives() == {IN_0, LOG_0}
    assert app.assignor.assigned_standbys() == set()
    assert app.assignor.is_active(LOG_0)
    assert isinstance(app.assignor._assignment, ClientAssignment)


async def test_committed_offsets_are_those_of_the_consumer(app):
    assert faust_private.committed(app) == {}
    app.consumer._committed_offset[IN_0] = 7
    assert app.consumer._committed_offset[LOG_0] is None
    assert faust_private.committed(app) == {IN_0: 7}


async def test_rows_to_recover_are_counted(app):
    assert faust_private.rows_to_recover(app) == 0
    recovery = app.tables.recovery
    assert isinstance(recovery, Recovery)
    recovery.active_highwaters[LOG_0] = 9
    recovery.active_offsets[LOG_0] = 4
    assert faust_private.rows_to_recover(app) == 5


async def test_repeats_are_dropped_and_gaps_are_noted(app):
    consumer = app.consumer
    app.topics._acking_topics.add(IN_0.topic)
    assert await faust_private.is_new(consumer, IN_0, 3)
    faust_private.set_read_offset(consumer, IN_0, 3)
    assert not await faust_private.is_new(consumer, IN_0, 2)
    assert await faust_private.is_new(consumer, IN_0, 9)
    for offset in (4, 8):
        assert consumer._gap[IN_0].at(offset)
    # Acknowledging 3 and 9 may commit 10: the offsets between do not exist.
    consumer._acked[IN_0] = [3, 9]
    assert consumer._new_offset(IN_0) == 10
    faust_private.set_read_offset(consumer, IN_0, 0)
    assert await faust_private.is_new(consumer, IN_0, 0)


def test_what_is_overridden_is_what_faust_calls():
    for name in ("_wait_next_records", "_getmany", "_drain_messages", "_to_message", "_commit", "_seek"):
        assert callable(getattr(FaustConsumer, name)), name
    assert "self._wait_next_records(timeout)" in inspect.getsource(FaustConsumer.getmany)
    assert "active_partitions=active_partitions" in inspect.getsource(FaustConsumer._wait_next_records)
    assert "consumer._drain_messages(self)" in inspect.getsource(faust.transport.consumer.Fetcher)
    assert callable(aiokafka.AIOKafkaConsumerThread.seek_to_beginning)


async def test_sources_are_resumed_last(app):
    """Faust resumes them first; what is fetched before the buffers are cleared would be lost."""
    consumer = app.consumer
    consumer._set_active_tps({IN_0, LOG_0})
    consumer.pause_partitions({IN_0, LOG_0})
    consumer.resume_partitions({IN_0, LOG_0})
    assert consumer._get_active_partitions() == {LOG_0}
    consumer.resume_flow()
    assert consumer._get_active_partitions() == {IN_0, LOG_0}
    consumer.pause_partitions({IN_0})
    consumer.resume_partitions({IN_0})
    consumer.pause_partitions({IN_0})
    consumer.resume_flow()
    assert consumer._get_active_partitions() == {LOG_0}


async def test_an_emptied_buffer_does_not_resume_a_paused_partition(app):
    consumer = app.consumer
    consumer._set_active_tps({IN_0})
    consumer.on_buffer_full(IN_0)
    assert consumer._get_active_partitions() == set()
    consumer.pause_partitions({IN_0})
    consumer.on_buffer_drop(IN_0)
    assert consumer._get_active_partitions() == set()
    consumer.resume_partitions({IN_0})
    consumer.resume_flow()
    consumer.on_buffer_full(IN_0)
    consumer.on_buffer_drop(IN_0)
    assert consumer._get_active_partitions() == {IN_0}


async def test_full_buffers_cost_no_second(app):
    consumer = app.consumer
    consumer._set_active_tps({IN_0})
    consumer.on_buffer_full(IN_0)
    consumer.resume_flow()
    async with asyncio.timeout(0.5):
        assert await consumer._wait_next_records(1.0) == ({}, set())


async def test_an_empty_set_of_partitions_means_none(monkeypatch):
    """aiokafka takes it for all of them, and Faust drops what it then gets."""

    async def everything(_self, _active, _timeout):
        return {IN_0: ["a record"]}

    monkeypatch.setattr(aiokafka.Consumer, "_getmany", everything)
    consumer = kafka_transport.Consumer.__new__(kafka_transport.Consumer)
    assert await consumer._getmany(set(), 0.1) == {}
    assert await consumer._getmany({IN_0}, 0.1) == {IN_0: ["a record"]}
