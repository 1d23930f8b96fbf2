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


@pytest.mark.usefixtures("kafka_node")
def test_program_prints_its_address_and_ends_on_sigterm(tmp_path):
    command = [sys.executable, program.__file__, "--data-dir", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        url = running.stdout.readline().strip()
        assert url.startswith("kafka://127.0.0.1:")
        port = int(url.rpartition(":")[2])
        assert alive_brokers(port) == 1
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    assert alive_brokers(port) == 0


@pytest.mark.usefixtures("kafka_node")
def test_broker_ends_with_the_program_that_started_it(tmp_path):
    command = [sys.executable, program.__file__, "--data-dir", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        port = int(running.stdout.readline().strip().rpartition(":")[2])
        os.kill(running.pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while alive_brokers(port) and time.monotonic() < until:
        time.sleep(0.1)
    assert alive_brokers(port) == 0


@pytest.mark.usefixtures("kafka_node")
def test_data_is_there_when_another_run_takes_other_ports(tmp_path):
    for expected in ([], ["kept"]):
        with Broker(tmp_path) as broker:
            client = KafkaAdminClient(bootstrap_servers=broker.address("PLAINTEXT"))
            found = client.list_topics()
            if not found:
                client.create_topics({"kept": {"num_partitions": 1, "replication_factor": 1}})
            client.close()
        assert found == expected


def test_without_java_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match="openjdk-17"):
        Broker(tmp_path / "data").start()


def test_port_in_use_is_one_clear_error(tmp_path, kafka_node):
    with pytest.raises(BrokerError, match="did not start"):
        Broker(tmp_path, port=kafka_node.ports["CONTROLLER"]).start()
