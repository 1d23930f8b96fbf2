"""`fenghuo ingest permits`: the permits to burn of an office, handed in by an operator."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from streams.commands.options import examples, way_in
from streams.config import ConfigError, load_settings
from streams.engine.logs import is_embedded
from streams.feeds import Limits
from streams.feeds.permits import read_permits
from streams.ingest.post import Door
from streams.jurisdiction import in_force


@click.command(
    "permits",
    epilog=examples("ingest permits permits.csv", "ingest permits permits.csv --check"),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Say what each bad row lacks and hand nothing in.")
@way_in
def permits(file: Path, *, check: bool, **way: Any) -> None:
    """Hand in permits to burn: CSV, JSON or NDJSON.

    Columns in Chinese or English, areas as WKT, GeoJSON or a circle. The key needs the role operator.
    Names and telephones stay with the server; straight to Kafka they are left out.
    """
    payload = file.read_bytes()
    try:
        reader = partial(read_permits, in_force(load_settings(way["settings_file"])).zone)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    if check:
        parsed = reader(payload, Limits(datetime.now(UTC)))
        refused = [*([] if parsed.refused is None else [(0, parsed.refused)])]
        refused += [(row.line, row.reason) for row in parsed.rejected]
        for line, reason in refused:
            click.echo(f"line {line}: {reason.code} {reason.rule} {reason.detail}".rstrip())
        click.echo(f"{len(parsed.observations)} permits good, {len(refused)} bad")
        if refused:
            raise click.exceptions.Exit(1)
        return
    if way["broker"] and not is_embedded(way["broker"]):
        click.echo("Names and telephones are left out on this way; a server (--url) keeps them.", err=True)
    from streams.commands.handing_in import hand_in  # noqa: PLC0415 - it names the group of this command

    hand_in(file, payload, "permits", way, Door(path="/v1/permits", role="operator", reader=reader))
