"""`fenghuo topics create|check`: topics and changelogs on a Kafka cluster, made by us and never by itself."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from schemas.settings import Kafka
from streams.commands.options import examples, json_option
from streams.config import ConfigError, load_settings
from streams.kafka import admin, listing
from streams.kafka.names import rights, wanted
from streams.kafka.security import brokers, security

LOCAL = "kafka://127.0.0.1:9092"


def _shared(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that both commands take."""
    for option in (
        click.option(
            "--print", "only_print", is_flag=True, help="List topics, rights and commands; ask no broker."
        ),
        json_option,
        click.option(
            "--settings",
            "path",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Settings file (TOML).",
        ),
        click.option(
            "--broker",
            default=LOCAL,
            show_default=True,
            metavar="URL",
            help="kafka://HOST:PORT, more by comma.",
        ),
    ):
        function = option(function)
    return function


@click.group("topics")
def command() -> None:
    """Create and check the topics of a Kafka cluster."""


@command.command(
    "create",
    epilog=examples(
        "topics create --broker kafka://127.0.0.1:9092", "topics create --print --settings my.toml"
    ),
)
@_shared
def create(broker: str, path: Path | None, *, as_json: bool, only_print: bool) -> None:
    """Create what is missing on the cluster.

    Ends 1 when a topic that is there differs; changes and deletes nothing.
    """
    kafka, places = _told(broker, path)
    if only_print:
        _print(kafka, places, as_json=as_json)
        return
    try:
        with admin.connect(places, _security(kafka, places)) as client:
            created, found = admin.create(client, wanted(kafka))
    except admin.ClusterError as error:
        raise click.ClickException(str(error)) from error
    _report({"created": created}, [f"created {name}" for name in created], found, as_json=as_json)


@command.command("check", epilog=examples("topics check --broker kafka://127.0.0.1:9092 --json"))
@_shared
def check(broker: str, path: Path | None, *, as_json: bool, only_print: bool) -> None:
    """Compare the cluster with the settings.

    Lists every difference, and ends 1 when there is one.
    """
    kafka, places = _told(broker, path)
    if only_print:
        _print(kafka, places, as_json=as_json)
        return
    topics = wanted(kafka)
    try:
        with admin.connect(places, _security(kafka, places)) as client:
            found = admin.differences(topics, admin.present(client, [topic.name for topic in topics]))
    except admin.ClusterError as error:
        raise click.ClickException(str(error)) from error
    _report({}, [], found, as_json=as_json)


def _told(broker: str, path: Path | None) -> tuple[Kafka, list[str]]:
    try:
        return load_settings(path).kafka, brokers(broker)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _security(kafka: Kafka, places: list[str]) -> Any:
    try:
        return security(kafka, places)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _print(kafka: Kafka, places: list[str], *, as_json: bool) -> None:
    topics = wanted(kafka)
    if as_json:
        document = {
            "topics": [dataclasses.asdict(topic) for topic in topics],
            "rights": [dataclasses.asdict(right) for right in rights(kafka)],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(listing.table(topics)))
    click.echo()
    click.echo("\n".join(listing.commands(kafka, places)))


def _report(head: dict[str, Any], lines: list[str], found: list[admin.Difference], *, as_json: bool) -> None:
    if as_json:
        document = head | {"differences": [dataclasses.asdict(one) for one in found]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            click.echo(line)
        for one in found:
            click.echo(str(one), err=True)
        click.echo(f"{len(found)} differences" if found else "every topic is as it should be")
    if found:
        raise click.exceptions.Exit(1)
