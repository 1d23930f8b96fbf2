"""Topics on a real cluster: create what is missing, compare what is there. Never deletes, never changes."""

import logging
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigFilterType, ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.net.compat import KafkaNetClient

from streams.kafka.names import Wanted
from streams.kafka.security import Security

logging.getLogger("kafka").addHandler(logging.NullHandler())  # else its warnings go to the terminal
ANSWER_MS = 10_000
"""How long the cluster may take to answer before the command gives up."""


REACH_S = 5.0


class ClusterError(RuntimeError):
    """The cluster did not do what was asked; one line for the person at the terminal."""


@dataclass(frozen=True)
class Present:
    """One topic as the cluster has it."""

    partitions: int
    replication: int
    configs: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `setting` is `topic` (missing), `partitions`, `replication` or a config."""

    topic: str
    setting: str
    wanted: str
    found: str
    advice: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.setting} is {self.found}, should be {self.wanted}: {self.advice}"


@contextmanager
def connect(places: list[str], security: Security) -> Iterator[KafkaAdminClient]:
    """Yield an administration client for the brokers at `places`.

    Raises
    ------
    ClusterError
        When no broker answers, refuses the login, or refuses what is asked inside the block.
    """
    _reach(places)
    client = None
    lines: list[KafkaNetClient] = []

    def line(**configs: Any) -> KafkaNetClient:
        lines.append(KafkaNetClient(**configs))
        return lines[-1]

    try:
        client = KafkaAdminClient(
            kafka_client=line,
            bootstrap_servers=places,
            client_id="fenghuo-topics",
            request_timeout_ms=ANSWER_MS,
            bootstrap_timeout_ms=ANSWER_MS,
            **security.options(),
        )
        yield client
    except KafkaError as error:
        raise ClusterError(_cause(error, places, security, entered=client is not None)) from error
    finally:
        if client is not None:
            client.close()
        else:
            # A client that fails while it is made leaves its sockets and its thread to us.
            for one in lines:
                one.close()


def _cause(error: KafkaError, places: list[str], security: Security, *, entered: bool) -> str:
    """Return one line; before entering, a broker only hangs up, so what may be wrong is listed."""
    where = ", ".join(places)
    if not entered:
        protocol = " ".join(word for word in (security.protocol, security.mechanism) if word)
        return (
            f"{where}: a broker listens, but let no {protocol} client in: another protocol on this port,"
            " a wrong user or password, or a certificate that one side does not trust"
        )
    told = str(error).partition("\n")[0]
    return f"{where}: {told or type(error).__name__}"


def _reach(places: list[str]) -> None:
    """Refuse at once when nobody listens; the client itself would go on trying and not say why."""
    told = []
    for place in places:
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=REACH_S).close()
        except OSError as error:
            told.append(f"{place}: {error.strerror or 'no answer'}")
        else:
            return
    raise ClusterError("no broker: " + "; ".join(told))


def present(client: KafkaAdminClient, names: Iterable[str]) -> dict[str, Present]:
    """Return those of `names` that the cluster has; topics this user may not see are missing."""
    asked = sorted(set(names) & set(client.list_topics()))
    if not asked:
        return {}
    configs = client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in asked], config_filter=ConfigFilterType.ALL
    )
    return {
        topic["name"]: _present(topic, configs["topic"][topic["name"]])
        for topic in client.describe_topics(asked)
    }


def _present(topic: Mapping[str, Any], configs: Mapping[str, Any]) -> Present:
    copies = [len(partition["replica_nodes"]) for partition in topic["partitions"]]
    return Present(
        partitions=len(copies),
        replication=min(copies, default=0),
        configs={name: str(entry["value"]) for name, entry in configs.items()},
    )


def differences(wanted: Iterable[Wanted], found: Mapping[str, Present]) -> list[Difference]:
    """Return every difference, in the order of `wanted`; an empty list means all is well."""
    return [difference for topic in wanted for difference in _compare(topic, found.get(topic.name))]


def _compare(wanted: Wanted, found: Present | None) -> Iterator[Difference]:
    if found is None:
        yield Difference(wanted.name, "topic", "there", "missing", "fenghuo topics create")
        return
    if found.partitions != wanted.partitions:
        yield Difference(
            wanted.name,
            "partitions",
            str(wanted.partitions),
            str(found.partitions),
            "keys and state are cut by partition, so it cannot change in place; set kafka.partitions to what"
            " the topic has, or take a new kafka.prefix and replay the archive into it",
        )
    if found.replication != wanted.replication:
        yield Difference(
            wanted.name,
            "replication",
            str(wanted.replication),
            str(found.replication),
            "kafka-reassign-partitions.sh moves copies; or set kafka.replication to what the topic has",
        )
    for name, value in wanted.configs.items():
        has = found.configs.get(name, "unknown")
        if has != value:
            advice = f"kafka-configs.sh --alter --entity-type topics --entity-name {wanted.name}"
            yield Difference(wanted.name, name, value, has, f"{advice} --add-config {name}={value}")


def create(client: KafkaAdminClient, wanted: list[Wanted]) -> tuple[list[str], list[Difference]]:
    """Create what is missing; return the names created, and what differs on topics that were there.

    Nothing is created while a topic has another partition count: half a set of topics would be the worse.
    """
    before = differences(wanted, present(client, [topic.name for topic in wanted]))
    standing = [one for one in before if one.setting != "topic"]
    if any(one.setting == "partitions" for one in standing):
        return [], standing
    missing = {one.topic for one in before if one.setting == "topic"}
    created = [topic.name for topic in wanted if topic.name in missing and _create(client, topic)]
    if created:
        client.wait_for_topics(created)
    return created, differences(wanted, present(client, [topic.name for topic in wanted]))


def _create(client: KafkaAdminClient, topic: Wanted) -> bool:
    """Create one topic; False when somebody else was quicker, which the comparison afterwards judges."""
    options = {
        "num_partitions": topic.partitions,
        "replication_factor": topic.replication,
        "configs": topic.configs,
    }
    try:
        client.create_topics({topic.name: options}, timeout_ms=ANSWER_MS)
    except TopicAlreadyExistsError:
        return False
    return True
