"""The broker of deploy/kafka starts, serves and ends as its users need."""

import os
import signal
import subprocess
import sys
import time

import pytest
from kafka.admin import KafkaAdminClient

from deploy.kafka import broker as program
from deploy.kafka.broker import Broker, BrokerError, alive_brokers


def test_serves_on_loopback_only_and_creates_no_topic_unasked(kafka_node):
    assert alive_brokers(kafka_node.ports["PLAINTEXT"]) == 1
    told = kafka_node.properties()
    assert told["auto.create.topics.enable"] == "false"
    assert all("//127.0.0.1:" in part for part in told["listeners"].split(","))


def started(folder):
    """Start the program on `folder`; return it and the port of the address it prints."""
    command = [sys.executable, program.__file__, "--data-dir", str(folder), "--port", "0"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with running.stdout as told:
        url = told.readline().strip()
    assert url.startswith("kafka://127.0.0.1:")
    return running, int(url.rpartition(":")[2])


@pytest.mark.usefixtures("kafka_node")
def test_program_ends_on_sigterm_keeps_its_data_and_never_leaves_a_broker_behind(tmp_path):
    running, port = started(tmp_path)
    client = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}")
    client.create_topics({"kept": {"num_partitions": 1, "replication_factor": 1}})
    client.close()
    running.send_signal(signal.SIGTERM)
    assert running.wait(120) == 0
    assert alive_brokers(port) == 0

    running, port = started(tmp_path)
    client = KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}")
    assert client.list_topics() == ["kept"]
    client.close()
    os.kill(running.pid, signal.SIGKILL)
    running.wait(60)
    until = time.monotonic() + 60
    while alive_brokers(port) and time.monotonic() < until:
        time.sleep(0.1)
    assert alive_brokers(port) == 0


def test_without_java_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match="openjdk-17"):
        Broker(tmp_path / "data").start()


def test_port_in_use_is_one_clear_error(tmp_path, kafka_node):
    with pytest.raises(BrokerError, match="did not start"):
        Broker(tmp_path, port=kafka_node.ports["CONTROLLER"]).start()
