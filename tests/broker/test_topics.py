"""`fenghuo topics` against a real broker."""

import json
import time

import pytest
from click.testing import CliRunner

from schemas.settings import Kafka
from streams.commands.topics import command
from streams.kafka.admin import connect, create, differences, present
from streams.kafka.names import wanted
from streams.kafka.security import Security, brokers


@pytest.fixture
def topics(kafka_broker, tmp_path):
    """Run `fenghuo topics WHAT` with [kafka] settings of the test's own."""

    def run(what, *options, **kafka):
        path = tmp_path / "settings.toml"
        lines = [f"{name} = {json.dumps(value)}" for name, value in kafka.items()]
        path.write_text("\n".join(["[kafka]", *lines]), encoding="utf-8")
        return CliRunner().invoke(
            command, [what, "--broker", kafka_broker, "--settings", str(path), *options]
        )

    return run


def test_create_twice_then_check(topics):
    kafka = {"prefix": "round.", "partitions": 2}
    missing = topics("check", "--json", **kafka)
    assert missing.exit_code == 1
    expected = [topic.name for topic in wanted(Kafka(**kafka))]
    assert [one["topic"] for one in json.loads(missing.output)["differences"]] == expected
    first = topics("create", "--json", **kafka)
    assert first.exit_code == 0, first.output
    assert json.loads(first.output) == {"created": expected, "differences": []}
    again = topics("create", "--json", **kafka)
    assert (again.exit_code, json.loads(again.output)["created"]) == (0, [])
    assert topics("check", **kafka).exit_code == 0


def test_another_partition_count_is_refused_before_anything_is_created(topics, kafka_broker):
    few = [topic for topic in wanted(Kafka(prefix="cut.", partitions=2)) if "observation" in topic.name]
    with connect(brokers(kafka_broker), Security("PLAINTEXT")) as client:
        create(client, few)
    refused = topics("create", prefix="cut.", partitions=4)
    assert refused.exit_code == 1
    assert "cut.observation.v1: partitions is 2, should be 4" in refused.output
    assert "set kafka.partitions to what the topic has" in refused.output
    with connect(brokers(kafka_broker), Security("PLAINTEXT")) as client:
        assert [name for name in client.list_topics() if name.startswith("cut.")] == ["cut.observation.v1"]


def test_every_other_setting_that_differs_is_listed_and_left_alone(topics, kafka_broker):
    kafka = Kafka(prefix="other.", partitions=1)
    changed = wanted(kafka)
    changed[0].configs["retention.ms"] = "1000"
    changed[-1].configs["cleanup.policy"] = "delete"
    places = brokers(kafka_broker)
    with connect(places, Security("PLAINTEXT")) as client:
        assert create(client, changed)[1] == []
    for what in ("check", "create"):
        ran = topics(what, "--json", prefix="other.", partitions=1)
        found = json.loads(ran.output)["differences"]
        assert ran.exit_code == 1
        assert [(one["topic"], one["setting"], one["found"]) for one in found] == [
            ("other.observation.v1", "retention.ms", "1000"),
            ("other.worker-deliver-state-changelog", "cleanup.policy", "delete"),
        ]
        assert "--add-config retention.ms=2592000000" in found[0]["advice"]


def test_more_copies_than_brokers_is_one_clear_line(topics):
    ran = topics("create", prefix="copies.", replication=3)
    assert ran.exit_code == 1
    assert "InvalidReplicationFactor" in ran.output
    assert len(ran.output.strip().splitlines()) == 1


def test_nobody_there_is_one_clear_line_in_time():
    started = time.monotonic()
    ran = CliRunner().invoke(command, ["check", "--broker", "kafka://127.0.0.1:1"])
    assert ran.exit_code == 1
    assert ran.output.startswith("Error: no broker: 127.0.0.1:1: Connection refused")
    assert len(ran.output.strip().splitlines()) == 1
    assert time.monotonic() - started < 30


def test_present_and_wanted_agree_about_a_topic_nobody_has(kafka_broker):
    ours = wanted(Kafka(prefix="nobody."))
    with connect(brokers(kafka_broker), Security("PLAINTEXT")) as client:
        found = differences(ours, present(client, [topic.name for topic in ours]))
    assert {one.setting for one in found} == {"topic"}
