"""deploy/compose.yaml and deploy/Containerfile: parsed, never run."""

import importlib
import os
import re
import subprocess
import xml.etree.ElementTree as ET

import click
import pytest
import yaml

from schemas.settings import Settings
from streams.config import load_settings


@pytest.fixture(scope="module")
def compose(root):
    return yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


def test_every_published_port_is_on_loopback(compose):
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), name
        if service.get("network_mode") == "host":
            assert not service.get("ports"), name
            hosts = [word for word in service["command"] if word.startswith("--host")]
            # On kafka:// a worker listens nowhere; only `serve` does.
            assert hosts == (["--host=127.0.0.1"] if name == "serve" else [])


def test_images_are_ours_or_apaches_with_the_version_that_tests_run(compose, root):
    pom = ET.parse(root / "deploy" / "kafka" / "pom.xml")
    kafka = pom.findtext(".//{*}kafka.version")
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)[1]
    images = {name: service["image"] for name, service in compose["services"].items()}
    ours = f"fenghuo:{version}"
    assert images == {"kafka": f"apache/kafka:{kafka}", "topics": ours, "worker": ours, "serve": ours}
    assert compose["services"]["worker"]["build"] == {"context": "..", "dockerfile": "deploy/Containerfile"}


def test_the_broker_is_kraft_and_creates_no_topic_by_itself(compose):
    told = compose["services"]["kafka"]["environment"]
    assert all(isinstance(value, str) for value in told.values())
    assert set(told["KAFKA_PROCESS_ROLES"].split(",")) == {"broker", "controller"}
    assert not any("ZOOKEEPER" in name for name in told)
    node, _, voter = told["KAFKA_CONTROLLER_QUORUM_VOTERS"].partition("@")
    assert node == told["KAFKA_NODE_ID"]
    listeners = dict(one.split("://", 1) for one in told["KAFKA_LISTENERS"].split(","))
    controller = told["KAFKA_CONTROLLER_LISTENER_NAMES"]
    assert listeners[controller].rpartition(":")[2] == voter.rpartition(":")[2]
    assert controller not in told["KAFKA_ADVERTISED_LISTENERS"]
    mapped = dict(one.split(":") for one in told["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(mapped) == set(listeners)
    assert told["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert len(told["CLUSTER_ID"]) == 22
    copies = [value for name, value in told.items() if name.endswith(("REPLICATION_FACTOR", "MIN_ISR"))]
    assert copies == ["1"] * 5


def test_the_broker_keeps_its_log_in_a_volume(compose):
    kafka = compose["services"]["kafka"]
    assert f"kafka:{kafka['environment']['KAFKA_LOG_DIRS']}" in kafka["volumes"]
    named = {
        one.split(":")[0] for service in compose["services"].values() for one in service.get("volumes", [])
    }
    assert named == set(compose["volumes"])


def test_nothing_runs_as_root_or_may_become_it(compose):
    for service in compose["services"].values():
        assert service["user"] not in {"", "0", "root", "0:0"}
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert not service.get("privileged")


def test_topics_come_before_the_programs_that_need_them(compose):
    services = compose["services"]
    assert services["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert services["topics"]["command"][:2] == ["topics", "create"]
    for name in ("worker", "serve"):
        assert services[name]["command"][0] == name
        assert services[name]["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}


def test_its_settings_are_settings_and_no_secret_is_among_them(compose):
    for service in compose["services"].values():
        told = {name: value for name, value in service["environment"].items() if name.startswith("FENGHUO")}
        assert isinstance(load_settings(None, told), Settings)
        assert not any(word in name for name in service["environment"] for word in ("PASSWORD", "SECRET"))


def test_the_image_is_built_from_pinned_parts_and_is_not_root(root):
    lines = (root / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert bases
    assert all(re.search(r":\d", base) for base in bases)
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER 10001:10001"
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    for path in (path for group in copied for path in group):
        assert (root / path).exists(), path
    assert not any(line.startswith("ADD ") for line in lines)


def test_ci_runs_make_test_and_stops_at_the_first_failure(root):
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False, timeout=60).returncode == 0
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == 'make test PYTHON="$PYTHON"'


def test_the_commands_of_the_services_are_commands(compose):
    for name in ("topics", "worker", "serve"):
        told = compose["services"][name]["command"]
        command = importlib.import_module(f"streams.commands.{told[0]}").command
        if isinstance(command, click.Group):
            told, command = told[1:], command.commands[told[1]]
        command.make_context(name, list(told[1:]))
