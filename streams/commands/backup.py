"""`fenghuo backup DIR`: a checked copy of the data directory, taken while the system runs."""

from datetime import UTC, datetime
from pathlib import Path

import click

from streams.backup import BackupError, backup
from streams.commands.options import counting, data_dir_option


@click.command("backup")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@data_dir_option
def command(target: Path, data_dir: Path) -> None:
    """Copy log, history, keys, pictures and archive to the new folder DIR.

    The system may run meanwhile. DIR holds the (hashed) API keys: keep it as safe as the data directory.
    """
    try:
        with counting("copying") as step:
            manifest = backup(data_dir, target, datetime.now(UTC), step)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    size = sum(one.size for one in manifest.files)
    click.echo(f"{len(manifest.files)} files, {size} bytes copied and summed in {target}")
