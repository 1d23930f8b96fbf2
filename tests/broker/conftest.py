"""One real Kafka broker for every test of this folder, started at most once a session."""

import os

import pytest
from cluster import Cluster
from receiving import Receiver

from deploy.kafka.broker import Broker, absent


def pytest_collection_modifyitems(items):
    for item in items:
        if {"kafka_node", "kafka_broker"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.broker)


def need_broker() -> None:
    """Skip with the reason; in CI nothing that matters may skip."""
    if (what := absent()) and os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {what}")
    if what:
        pytest.skip(what)


@pytest.fixture(scope="session")
def kafka_node(tmp_path_factory):
    """The running broker itself. Whoever kills it must start it again; better to run one's own."""
    need_broker()
    with Broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture(scope="session")
def kafka_broker(kafka_node):
    """Where clients connect: kafka://127.0.0.1:PORT. Use topic names and groups of your own."""
    return kafka_node.url


@pytest.fixture
def cluster(tmp_path, kafka_broker):
    """A server on topics of its own, whose worker the test starts, and a receiver that takes everything."""
    with Receiver().open() as receiver:
        cluster = Cluster(tmp_path, kafka_broker, receiver)
        cluster.start()
        yield cluster
        cluster.close()
