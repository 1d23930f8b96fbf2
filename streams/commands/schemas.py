"""`fenghuo schemas export DIR`: the message formats for other programs, as files."""

import json
from pathlib import Path

import click

from schemas.export import documents
from streams.commands.options import examples, json_option
from streams.files import write_whole


@click.group("schemas")
def command() -> None:
    """Export the message formats for other programs."""


@command.command("export", epilog=examples("schemas export formats"))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@json_option
def export(folder: Path, *, as_json: bool) -> None:
    """Write every JSON Schema and the AsyncAPI document to DIR.

    Other files there are left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = documents()
    for name, text in files.items():
        write_whole(folder / name, text.encode())
    if as_json:
        click.echo(json.dumps({"files": [str(folder / name) for name in files]}, ensure_ascii=False))
        return
    click.echo(f"{len(files)} files written to {folder}")
