"""`fenghuo ledger`: of each raise and each receiver it was due to, what became of it; 1 when any is lost."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from schemas.codec import encode
from streams.commands.options import Measure, data_dir_option, examples
from streams.telling.ledger import Entry, reconciled, unaccounted


@click.command("ledger", epilog=examples("ledger --days 1", "ledger --days 7 --json"))
@data_dir_option
@click.option("--days", default=1.0, show_default=True, type=Measure(0.01, 366), help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="One line for each raise and receiver.")
def command(data_dir: Path, days: float, *, as_json: bool) -> None:
    """Say of each raise and receiver what became of it.

    Tasks, calls back and what reached somebody's area count too. Reads the history of the data
    directory, also while the system runs. Exit code 1 when one was refused, lost, not taken or not
    answered, or is missing: nobody can say that its receiver knows.
    """
    path = data_dir / "history.sqlite"
    if not path.is_file():
        raise click.ClickException(f"{path}: no history there")
    now = datetime.now(UTC)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:

        def read(sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
            return db.execute(sql, values).fetchall()

        entries = reconciled(read, now - timedelta(days=days), now, now)
    for line in _lines(entries, as_json=as_json):
        click.echo(line)
    if unaccounted(entries):
        raise SystemExit(1)


def _lines(entries: list[Entry], *, as_json: bool) -> list[str]:
    if as_json:
        return [encode(one).decode() for one in entries]
    counts = Counter(one.state for one in entries)
    lines = [f"{len(entries)} messages due to receivers"]
    lines += [f"  {state:<13}{count}" for state, count in sorted(counts.items())]
    return lines + [_line(one) for one in unaccounted(entries)]


def _line(one: Entry) -> str:
    what = f"{one.alert_id}.{one.revision} {one.what or 'raise'}"
    return f"{one.due_at:%Y-%m-%d %H:%M:%S} {one.receiver} {what} {one.state} {one.reason}"
