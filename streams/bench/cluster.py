"""A Kafka broker to measure on: one of our own on loopback, or one that is named; cleaned up afterwards."""

import importlib.util
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from kafka.admin import KafkaAdminClient

import streams
from schemas.settings import Kafka
from streams.bench.child import settings_of
from streams.bench.subjects import BARE
from streams.engine.places import group_name, topic_name
from streams.kafka import admin
from streams.kafka.names import Wanted, wanted
from streams.kafka.security import brokers, security

LAUNCHER = Path(streams.__file__).parent.parent / "deploy" / "kafka" / "broker.py"
FORGET_S = 90
"""Longer than the session of a member that left without a word."""
LOOPBACK = {"127.0.0.1", "::1", "[::1]", "localhost"}


class NoBrokerError(Exception):
    """No broker can be measured; the message says why."""


@contextmanager
def broker_at(url: str | None, folder: Path, say: Callable[[str], None]) -> Iterator[str]:
    """Yield the address of a broker: `url`, or one of our own started in `folder` and stopped afterwards."""
    if url is not None:
        if any(place.rpartition(":")[0] not in LOOPBACK for place in brokers(url)):
            raise NoBrokerError("a benchmark loads its broker: only one on this machine is measured")
        yield url
        return
    launcher = _launcher()
    if lack := launcher.absent():
        raise NoBrokerError(lack)
    say("starting a Kafka broker (the first time its jars are fetched)")
    try:
        with launcher.Broker(folder) as broker:
            yield str(broker.url)
    except launcher.BrokerError as error:
        raise NoBrokerError(str(error)) from error


def _launcher() -> ModuleType:
    """Return `deploy/kafka/broker.py`, which stands beside the packages in a checkout and not in a wheel."""
    if not LAUNCHER.is_file():
        raise NoBrokerError("no checkout here to start a broker from; name one with --broker")
    spec = importlib.util.spec_from_file_location("fenghuo_broker", LAUNCHER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@contextmanager
def topics(url: str, partitions: int) -> Iterator[str]:
    """Yield a prefix under which every topic stands; they and the groups are deleted afterwards."""
    kafka = settings_of(f"bench-{uuid.uuid4().hex[:8]}-p{partitions}.").kafka
    asked = [*wanted(kafka), _bare(kafka)]
    places = brokers(url)
    with admin.connect(places, security(kafka, places)) as client:
        admin.create(client, asked)
    try:
        yield kafka.prefix
    finally:
        with admin.connect(places, security(kafka, places)) as client:
            client.delete_topics([topic.name for topic in asked])
        for group in (group_name(kafka), f"{topic_name(kafka, BARE)}-app"):
            # Of groups that nobody was ever in, a broker may not even have the coordinator.
            with suppress(admin.ClusterError), admin.connect(places, security(kafka, places)) as client:
                _forget(client, group)


def _forget(client: KafkaAdminClient, group: str) -> None:
    """Delete a group; whoever was killed stays in it until the broker misses him."""
    for _ in range(FORGET_S):
        if client.delete_groups([group]).get(group) != "NonEmptyGroupError":
            return
        time.sleep(1.0)


def _bare(kafka: Kafka) -> Wanted:
    """Return the topic of the bare agent, kept as carefully as ours."""
    like = wanted(kafka)[0]
    return Wanted(topic_name(kafka, BARE), kafka.partitions, kafka.replication, like.configs, BARE.about)
