"""The list of topics and rights that an administrator is given."""

import json

from click.testing import CliRunner

from schemas.settings import Kafka, Settings
from schemas.topics import TOPICS
from streams.commands.topics import command
from streams.engine.options import MOST_BYTES
from streams.engine.places import changelog_name, partitions_of
from streams.hops.build import build_hops
from streams.kafka.names import rights, wanted
from streams.region import load_region


def test_every_topic_and_changelog_carries_the_prefix_and_the_sizes_of_the_settings():
    topics = {topic.name: topic for topic in wanted(Kafka(prefix="t.", partitions=3, replication=3))}
    assert [f"t.{topic.name}" for topic in TOPICS] == list(topics)[: len(TOPICS)]
    assert topics["t.observation.v1"].partitions == 3
    assert topics["t.detection.v1"].partitions == topics["t.worker-judge-state-changelog"].partitions == 1
    assert topics["t.worker-observe-state-changelog"].partitions == topics["t.observation.v1"].partitions
    assert topics["t.worker-deliver-state-changelog"].partitions == topics["t.notice.v1"].partitions
    assert {topic.replication for topic in topics.values()} == {3}
    assert {topic.configs["min.insync.replicas"] for topic in topics.values()} == {"2"}


def test_changelogs_are_compacted_and_never_emptied_by_time():
    for topic in wanted(Kafka()):
        if topic.name.endswith("-changelog"):
            assert topic.configs["cleanup.policy"] == "compact"
        kept_for_ever = topic.configs["retention.ms"] == "-1"
        assert kept_for_ever == topic.name.endswith(("-changelog", "verdict.v1", "act.v1", "setting.v1"))


def test_one_copy_is_on_the_disk_before_it_is_acknowledged():
    assert all(topic.configs["flush.messages"] == "1" for topic in wanted(Kafka(replication=1)))
    assert not any("flush.messages" in topic.configs for topic in wanted(Kafka(replication=3)))


def test_each_role_may_do_only_what_it_must():
    may = {(right.role, right.name): set(right.operations) for right in rights(Kafka(prefix=""))}
    assert {name for role, name in may if role == "ingest"} == {"observation.v1", "dead-letter.v1"}
    assert may["ingest", "observation.v1"] == {"Write", "Describe"}
    assert may["worker", "alert.v1"] == {"Read", "Write", "Describe"}
    # what became of a verdict is said beside it
    assert "Write" in may["worker", "verdict.v1"]
    assert may["worker", "verdict.v1"] == may["worker", "act.v1"] == {"Write", "Describe"}
    assert "Write" not in may["serve", "verdict.v1"]
    assert "Write" not in may["serve", "alert.v1"]
    assert not any(name.endswith("-changelog") for role, name in may if role != "worker")
    assert set().union(*may.values()) == {"Read", "Write", "Describe"}


def test_print_asks_no_broker_and_names_everything():
    ran = CliRunner().invoke(command, ["create", "--print", "--broker", "kafka://nowhere.invalid:1"])
    assert ran.exit_code == 0
    for topic in wanted(Kafka()):
        assert f"--create --if-not-exists --topic {topic.name} --partitions {topic.partitions}" in ran.output
    assert "--allow-principal User:fenghuo-ingest --operation Write --operation Describe" in ran.output


def test_print_json_is_for_programs(tmp_path):
    settings = tmp_path / "s.toml"
    settings.write_text('[kafka]\nprefix = "x."\npartitions = 2\n', encoding="utf-8")
    ran = CliRunner().invoke(command, ["check", "--print", "--json", "--settings", str(settings)])
    told = json.loads(ran.output)
    assert told["topics"][0]["name"] == "x.observation.v1"
    assert told["topics"][0]["partitions"] == 2
    assert {right["role"] for right in told["rights"]} == {"ingest", "worker", "serve"}


def test_bad_settings_end_in_one_line(tmp_path):
    settings = tmp_path / "s.toml"
    settings.write_text("[kafka]\npartition = 2\n", encoding="utf-8")
    ran = CliRunner().invoke(command, ["create", "--settings", str(settings)])
    assert ran.exit_code == 1
    assert "did you mean partitions?" in ran.output


def test_every_hop_has_its_changelog_with_the_partitions_of_what_it_reads():
    settings = Settings(kafka=Kafka(prefix="h.", partitions=5))
    hops = build_hops(settings, load_region(None))
    changelogs = {
        topic.name: topic.partitions for topic in wanted(settings.kafka) if "changelog" in topic.name
    }
    assert changelogs == {
        changelog_name(settings.kafka, hop.name): partitions_of(settings.kafka, hop.topics[0]) for hop in hops
    }


def test_the_cluster_takes_the_largest_message_that_is_sent():
    for topic in wanted(Kafka()):
        assert int(topic.configs["max.message.bytes"]) > MOST_BYTES
