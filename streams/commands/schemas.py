"""`fenghuo schemas export DIR`: the message formats for other programs, as files."""

from pathlib import Path

import click

from schemas.export import documents
from streams.files import write_whole


@click.group("schemas")
def command() -> None:
    """Message formats for other programs: JSON Schema and AsyncAPI."""


@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def export(folder: Path) -> None:
    """Write every JSON Schema and the AsyncAPI document to DIR; other files there are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    files = documents()
    for name, text in files.items():
        write_whole(folder / name, text.encode())
    click.echo(f"{len(files)} files written to {folder}")
