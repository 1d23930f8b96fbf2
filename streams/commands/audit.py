"""`fenghuo audit`: the audit log is checked and written out; it can be read by nobody else's change."""

import json
import sqlite3
import sys
from pathlib import Path

import click
import msgspec

from streams.commands.options import data_dir_option, examples, json_option
from streams.serve.audit.chain import first_broken
from streams.serve.audit.syslog import line
from streams.serve.audit.trail import Trail
from streams.serve.schema import StoreTooNewError


@click.group("audit")
def command() -> None:
    """Check the audit log, or write it out."""


@command.command("verify", epilog=examples("audit verify", "audit verify --seal 3f2a…"))
@data_dir_option
@click.option("--seal", default="", help="A seal exported before, that must still be there.")
@json_option
def verify(data_dir: Path, seal: str, *, as_json: bool) -> None:
    """Say whether any entry was changed or taken out.

    Entries cut off the end leave a whole chain: name with --seal one that you exported, and it must be there.
    """
    trail = _opened(data_dir)
    try:
        entries, (pruned, before) = list(trail.entries()), trail.anchor()
    finally:
        trail.close()
    broken = first_broken(entries, before, pruned + 1)
    lost = bool(seal) and not any(one.seal == seal for one in entries)
    said = {"entries": len(entries), "first_broken": broken, "seal": entries[-1].seal if entries else ""}
    said["pruned"] = pruned
    if as_json:
        click.echo(json.dumps({**said, "seal_found": not lost}))
    elif broken is None and not lost:
        click.echo(f"{len(entries)} entries, whole; last seal {said['seal'] or '-'}")
    if broken is not None or lost:
        why = f"entry {broken} is not what was written" if broken is not None else "the seal is not there"
        click.echo(why, err=True)
        sys.exit(1)


@command.command("export", epilog=examples("audit export --after 1200", "audit export --json"))
@data_dir_option
@click.option("--after", type=click.IntRange(0), default=0, help="Entries after this number.")
@click.option("--host", default="-", help="Host name in the syslog lines.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document a line.")
def export(data_dir: Path, after: int, host: str, *, as_json: bool) -> None:
    """Write entries to standard output, one a line (RFC 5424)."""
    trail = _opened(data_dir)
    try:
        for entry in trail.entries(after):
            click.echo(msgspec.json.encode(entry).decode() if as_json else line(entry, host))
    finally:
        trail.close()


def _opened(data_dir: Path) -> Trail:
    path = data_dir / "audit.sqlite"
    if not path.is_file():
        raise click.ClickException(f"there is no audit log in {data_dir}: name another --data-dir")
    try:
        return Trail(path)
    except (StoreTooNewError, sqlite3.DatabaseError, OSError) as error:
        raise click.ClickException(f"{path}: {error}") from error
