"""`fenghuo backup DIR`: a checked copy of the data directory, taken while the system runs."""

from datetime import UTC, datetime
from pathlib import Path

import click

from schemas.codec import encode
from streams.backup import BackupError, backup
from streams.commands.options import counting, data_dir_option, examples, json_option


@click.command(
    "backup",
    epilog=examples("backup /mnt/usb/2026-11-22", "backup nightly --data-dir /var/lib/fenghuo --json"),
)
@click.argument("target", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@data_dir_option
@json_option
def command(target: Path, data_dir: Path, *, as_json: bool) -> None:
    """Copy the data directory while the system runs.

    Log, history, keys, pictures and archive go to the new folder DIR.
    It holds the (hashed) API keys: keep it as safe as the data directory.
    """
    try:
        with counting("copying") as step:
            manifest = backup(data_dir, target, datetime.now(UTC), step)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(encode(manifest).decode())
        return
    size = sum(one.size for one in manifest.files)
    click.echo(f"{len(manifest.files)} files, {size} bytes copied and summed in {target}")
