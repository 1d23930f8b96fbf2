"""`fenghuo worker`: judge what comes in; on embedded:// with HTTP, accounts and history in one program."""

import asyncio
from pathlib import Path

import click
from aiokafka.errors import KafkaError

from schemas.settings import Kafka
from streams.commands.options import data_dir_option, examples, log_to_stderr, refused
from streams.commands.serve import show_first_key
from streams.config import ConfigError, check_secrets, load_settings
from streams.engine.log_file import LogError
from streams.engine.logs import is_embedded
from streams.engine.worker import Worker, WorkerFailedError, stopped_by_signals
from streams.kafka import admin
from streams.kafka.names import wanted
from streams.kafka.security import brokers, security
from streams.node import Node, running
from streams.region.live import follower_of, load_regions
from streams.serve.listening import Listening, ListeningError, listening, networks
from streams.serve.opening import Opening, opened
from streams.serve.schema import StoreTooNewError

REFUSED = (
    ConfigError,
    ListeningError,
    LogError,
    StoreTooNewError,
    KafkaError,
    WorkerFailedError,
    admin.ClusterError,
    ValueError,
)


@click.command(
    "worker",
    epilog=examples(
        "worker --settings my.toml",
        "worker --broker kafka://10.0.0.5:9092,10.0.0.6:9092 --settings my.toml",
    ),
)
@click.option("--broker", default="embedded://", show_default=True, help="kafka://HOST:PORT,… or embedded://")
@click.option(
    "--region",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of the region; none: the whole world.",
)
@click.option("--settings", type=click.Path(path_type=Path), help="Settings file (TOML).")
@data_dir_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="embedded:// only; elsewhere needs TLS or a proxy."
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="embedded:// only; 0: any."
)
@click.option("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain, PEM.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its private key, PEM.")
@click.option("--trusted-proxy", multiple=True, help="Address or network whose X-Forwarded headers count.")
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    broker: str,
    region: Path | None,
    settings: Path | None,
    data_dir: Path,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted_proxy: tuple[str, ...],
) -> None:
    """Judge what comes in and tell people.

    On embedded:// with HTTP, accounts, history and archive in the same program. Runs until interrupted.
    """
    log_to_stderr()
    try:
        proxies = networks(trusted_proxy)
        where = Listening(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key, trusted_proxy=proxies)
        where.check()
        if is_embedded(broker):
            where.check_free()
        told = load_settings(settings)
        check_secrets(told)
        if not is_embedded(broker):
            check_topics(told.kafka, broker)
        regions = load_regions(region)
        node = Node(
            settings=told,
            region=regions,
            broker=broker,
            data_dir=data_dir,
            follower=follower_of(regions, region),
            settings_file=settings,
        )
        asyncio.run(_run(node, where) if is_embedded(broker) else _judge_only(node))
    except REFUSED as error:
        raise refused(error) from error


def check_topics(kafka: Kafka, broker: str) -> None:
    """Raise `ClusterError` when a topic is missing or has another number of partitions."""
    places, topics = brokers(broker), wanted(kafka)
    with admin.connect(places, security(kafka, places)) as client:
        found = admin.differences(topics, admin.present(client, [topic.name for topic in topics]))
    wrong = [one for one in found if one.setting in {"topic", "partitions"}]
    if wrong:
        raise admin.ClusterError(f"{wrong[0]} ({len(wrong)} differ; `fenghuo topics check` lists them)")


async def _judge_only(node: Node) -> None:
    with stopped_by_signals() as stop:
        async with running(node, stop):
            click.echo(f"judging on {node.broker}")
            await stop.wait()


async def _run(node: Node, where: Listening) -> None:
    with stopped_by_signals() as stop:
        async with running(node, stop) as worker:
            what = Opening(
                settings=node.settings,
                region=node.region,
                broker=node.broker,
                data_dir=node.data_dir,
                trusted_proxy=where.trusted_proxy,
                versions=node.versions,
                readiness=(lambda: unready(worker), *([node.follower] if node.follower else [])),
            )
            async with opened(what) as services, listening(services, where) as url:
                show_first_key(services.keys)
                click.echo(f"judging on embedded://, serving on {url}")
                await stop.wait()


def unready(worker: Worker) -> str | None:
    """Return why the worker is not ready, or None."""
    if worker.ready:
        return None
    return "the worker stands still" if worker.stalled else "the worker is recovering"
