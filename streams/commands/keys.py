"""`fenghuo keys`: API keys are made, listed and revoked here; a running server heeds it at once."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from streams.commands.noting import check_areas, noted
from streams.commands.options import data_dir_option, examples, json_option
from streams.serve.accounts.book import Accounts
from streams.serve.audit.trail import Trail
from streams.serve.keys import ROLES, Keys, shown
from streams.serve.schema import StoreTooNewError


@click.group("keys")
def command() -> None:
    """Create, list and revoke API keys."""


@command.command(
    "create",
    epilog=examples(
        "keys create --role ingest --note tower-7", "keys create --role viewer --area 513401 --days 30 --json"
    ),
)
@data_dir_option
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated."
)
@click.option("--note", default="", help="Whose it is, such as a station or a person.")
@click.option("--area", "areas", multiple=True, help="Code of an area it sees; without: all.")
@click.option("--days", type=click.IntRange(1, 3650), help="Expires after so many days; never without it.")
@json_option
def create(  # noqa: PLR0913 - one argument for each option
    data_dir: Path,
    roles: tuple[str, ...],
    note: str,
    areas: tuple[str, ...],
    days: int | None,
    *,
    as_json: bool,
) -> None:
    """Make a key and show it.

    It is kept only as its SHA-256 and cannot be shown again.
    """
    now = datetime.now(UTC)
    ends = now + timedelta(days=days) if days is not None else None
    with _opened(data_dir) as (keys, trail):
        if areas:
            _check(data_dir, areas)
        try:
            key, secret = keys.create(frozenset(roles), now, note, ends, areas)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        noted(trail, f"keys create {key.key_id} {','.join(sorted(roles))} {','.join(areas)}".strip())
    if as_json:
        click.echo(json.dumps({**shown(key, now), "key": secret}, ensure_ascii=False))
        return
    click.echo(secret)
    click.echo(f"id {key.key_id}, roles {', '.join(sorted(key.roles))}; the key is shown only now", err=True)


@command.command("list", epilog=examples("keys list", "keys list --json"))
@data_dir_option
@json_option
def list_keys(data_dir: Path, *, as_json: bool) -> None:
    """List every key ever made, without the keys themselves."""
    now = datetime.now(UTC)
    with _open(data_dir) as (keys, _):
        every = [shown(key, now) for key in keys.listed()]
    if as_json:
        click.echo(json.dumps(every, ensure_ascii=False))
        return
    for key in every:
        click.echo(f"{key['key_id']}  {key['state']:8}  {','.join(key['roles']):20}  {key['note']}")


@command.command("revoke", epilog=examples("keys revoke 4f9a01c2"))
@data_dir_option
@click.argument("key_id")
@json_option
def revoke(data_dir: Path, key_id: str, *, as_json: bool) -> None:
    """End the key of this id, and the sessions it opened."""
    with _open(data_dir) as (keys, trail):
        if not keys.revoke(key_id, datetime.now(UTC)):
            raise click.ClickException(f"no key in force has the id {key_id}; see `fenghuo keys list`")
        noted(trail, f"keys revoke {key_id}")
    click.echo(json.dumps({"revoked": key_id}) if as_json else f"revoked {key_id}")


def _check(data_dir: Path, areas: tuple[str, ...]) -> None:
    book = Accounts(data_dir / "accounts.sqlite")
    try:
        check_areas(book, areas)
    finally:
        book.close()


@contextmanager
def _open(data_dir: Path) -> Iterator[tuple[Keys, Trail]]:
    path = data_dir / "keys.sqlite"
    if not path.is_file():
        raise click.ClickException(
            f"there are no keys in {data_dir}: name another --data-dir, or make one with `keys create`"
        )
    with _opened(data_dir) as found:
        yield found


@contextmanager
def _opened(data_dir: Path) -> Iterator[tuple[Keys, Trail]]:
    with ExitStack() as stack:
        try:
            keys = Keys(data_dir / "keys.sqlite")
            stack.callback(keys.close)
            trail = Trail(data_dir / "audit.sqlite")
            stack.callback(trail.close)
        except (StoreTooNewError, sqlite3.DatabaseError, OSError) as error:
            raise click.ClickException(f"{data_dir}: {error}") from error
        yield keys, trail
