"""What an administrator needs to set a cluster up by hand: a table, and the commands to type."""

import shlex
from collections.abc import Iterator

from schemas.settings import Kafka
from streams.kafka.names import Right, Wanted, rights, wanted

PRINCIPAL = "User:fenghuo-{role}"


def table(topics: list[Wanted]) -> Iterator[str]:
    """Yield one line a topic: name, partitions, copies, policy, days kept, what for."""
    width = max(len(topic.name) for topic in topics)
    yield f"{'topic':{width}}  partitions  copies  policy   kept      what for"
    for topic in topics:
        policy = topic.configs["cleanup.policy"]
        yield (
            f"{topic.name:{width}}  {topic.partitions:10}  {topic.replication:6}  {policy:7}"
            f"  {_kept(topic):8}  {topic.about}"
        )


def _kept(topic: Wanted) -> str:
    retention = int(topic.configs["retention.ms"])
    return "for ever" if retention < 0 else f"{retention // 86_400_000} days"


def commands(kafka: Kafka, places: list[str]) -> Iterator[str]:
    """Yield the lines for a shell with Kafka's own tools: topics first, then the rights of each role."""
    server = f"--bootstrap-server {shlex.quote(','.join(places))}"
    for topic in wanted(kafka):
        configs = " ".join(f"--config {name}={value}" for name, value in topic.configs.items())
        yield (
            f"kafka-topics.sh {server} --create --if-not-exists --topic {shlex.quote(topic.name)}"
            f" --partitions {topic.partitions} --replication-factor {topic.replication} {configs}"
        )
    for right in rights(kafka):
        yield _right(right, server)


def _right(right: Right, server: str) -> str:
    operations = " ".join(f"--operation {operation}" for operation in right.operations)
    principal = PRINCIPAL.format(role=right.role)
    return (
        f"kafka-acls.sh {server} --add --allow-principal {principal} {operations}"
        f" --{right.kind} {shlex.quote(right.name)}"
    )
