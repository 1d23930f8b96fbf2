"""`fenghuo serve`: history, live stream and ingest over HTTP, beside workers or alone."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from aiokafka.errors import KafkaError

from streams.commands.options import data_dir_option, examples, log_to_stderr, refused
from streams.config import ConfigError, load_settings
from streams.engine.log_file import LogError
from streams.engine.worker import stopped_by_signals
from streams.region.live import follower_of, load_regions
from streams.serve.keys import Keys, first_admin_key
from streams.serve.listening import Listening, ListeningError, listening, networks
from streams.serve.opening import Opening, opened
from streams.serve.schema import StoreTooNewError

REFUSED = (ConfigError, ListeningError, LogError, StoreTooNewError, KafkaError, ValueError)


def show_first_key(keys: Keys) -> None:
    """Show an admin key once when there is no key at all, on a terminal only: other outputs are logs."""
    if keys.listed():
        return
    if not sys.stderr.isatty():
        click.echo("no API key yet: make one with `fenghuo keys create --role admin`", err=True)
        return
    secret = first_admin_key(keys, datetime.now(UTC))
    click.echo(f"admin key, shown only now: {secret}", err=True)


@click.command(
    "serve",
    epilog=examples(
        "serve --broker kafka://127.0.0.1:9092",
        "serve --host 0.0.0.0 --port 443 --tls-cert cert.pem --tls-key key.pem",
    ),
)
@click.option("--broker", default="embedded://", show_default=True, help="kafka://HOST:PORT,… or embedded://")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Elsewhere needs TLS or a trusted proxy."
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any free port."
)
@data_dir_option
@click.option(
    "--region", type=click.Path(path_type=Path), help="Folder of the region; none: the whole world."
)
@click.option("--settings", type=click.Path(path_type=Path), help="Settings file (TOML).")
@click.option("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain, PEM.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its private key, PEM.")
@click.option("--trusted-proxy", multiple=True, help="Address or network whose X-Forwarded headers count.")
def command(  # noqa: PLR0913, PLR0917 - one argument for each option
    broker: str,
    host: str,
    port: int,
    data_dir: Path,
    region: Path | None,
    settings: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted_proxy: tuple[str, ...],
) -> None:
    """Serve history, live alerts and ingest over HTTP.

    Beside workers on Kafka it keeps the archive, and it runs until interrupted.
    """
    log_to_stderr()
    try:
        proxies = networks(trusted_proxy)
        where = Listening(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key, trusted_proxy=proxies)
        where.check()
        where.check_free()
        regions = load_regions(region)
        what = Opening(
            settings=load_settings(settings),
            region=regions,
            follower=follower_of(regions, region),
            broker=broker,
            data_dir=data_dir,
            trusted_proxy=proxies,
            settings_file=settings,
        )
        asyncio.run(_serve(what, where))
    except REFUSED as error:
        raise refused(error) from error


async def _serve(what: Opening, where: Listening) -> None:
    with stopped_by_signals() as stop:
        async with opened(what) as services, listening(services, where) as url:
            show_first_key(services.keys)
            click.echo(f"serving on {url}")
            await stop.wait()
