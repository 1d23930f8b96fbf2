"""`fenghuo restore DIR`: a backup put in place as the data directory, whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import click

from schemas.codec import encode
from streams.backup import BackupError, restore
from streams.commands.options import counting, data_dir_option, examples, json_option


@click.command(
    "restore", epilog=examples("restore /mnt/usb/2026-11-22", "restore nightly --data-dir data --force")
)
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@data_dir_option
@json_option
@click.option("--force", is_flag=True, help="Put a data directory that is not empty aside, beside it.")
def command(source: Path, data_dir: Path, *, as_json: bool, force: bool) -> None:
    """Put a backup in place as the data directory.

    The backup in DIR is checked against its sums first.

    Nothing changes when the backup is damaged, the data directory is not empty, or a program uses it.
    """
    try:
        with counting("restoring") as step:
            aside = restore(source, data_dir, datetime.now(UTC), step, force=force)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(
            encode({"data_dir": str(data_dir), "aside": None if aside is None else str(aside)}).decode()
        )
        return
    click.echo(f"{data_dir} is restored from {source}")
    if aside is not None:
        click.echo(f"what was there is kept in {aside}")
