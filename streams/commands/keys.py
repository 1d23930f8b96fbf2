"""`fenghuo keys`: API keys are made, listed and revoked here; a running server heeds it at once."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from streams.commands.options import data_dir_option, examples, json_option
from streams.serve.keys import ROLES, Key, Keys
from streams.serve.schema import StoreTooNewError


@click.group("keys")
def command() -> None:
    """Create, list and revoke API keys."""


@command.command(
    "create",
    epilog=examples(
        "keys create --role ingest --note tower-7", "keys create --role viewer --role ranger --days 30 --json"
    ),
)
@data_dir_option
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated."
)
@click.option("--note", default="", help="Whose it is, such as a station or a person.")
@click.option("--days", type=click.IntRange(1, 3650), help="Expires after so many days; never without it.")
@json_option
def create(data_dir: Path, roles: tuple[str, ...], note: str, days: int | None, *, as_json: bool) -> None:
    """Make a key and show it.

    It is kept only as its SHA-256 and cannot be shown again.
    """
    now = datetime.now(UTC)
    keys = _opened(data_dir)
    try:
        key, secret = keys.create(
            frozenset(roles), now, note, now + timedelta(days=days) if days is not None else None
        )
    finally:
        keys.close()
    if as_json:
        click.echo(json.dumps({**_shown(key, now), "key": secret}, ensure_ascii=False))
        return
    click.echo(secret)
    click.echo(f"id {key.key_id}, roles {', '.join(sorted(key.roles))}; the key is shown only now", err=True)


@command.command("list", epilog=examples("keys list", "keys list --json"))
@data_dir_option
@json_option
def list_keys(data_dir: Path, *, as_json: bool) -> None:
    """List every key ever made, without the keys themselves."""
    now = datetime.now(UTC)
    keys = _open(data_dir)
    try:
        shown = [_shown(key, now) for key in keys.listed()]
    finally:
        keys.close()
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for key in shown:
        click.echo(f"{key['key_id']}  {key['state']:8}  {','.join(key['roles']):20}  {key['note']}")


@command.command("revoke", epilog=examples("keys revoke 4f9a01c2"))
@data_dir_option
@click.argument("key_id")
@json_option
def revoke(data_dir: Path, key_id: str, *, as_json: bool) -> None:
    """End the key of this id, and the sessions it opened."""
    keys = _open(data_dir)
    try:
        done = keys.revoke(key_id, datetime.now(UTC))
    finally:
        keys.close()
    if not done:
        raise click.ClickException(f"no key in force has the id {key_id}; see `fenghuo keys list`")
    click.echo(json.dumps({"revoked": key_id}) if as_json else f"revoked {key_id}")


def _open(data_dir: Path) -> Keys:
    path = data_dir / "keys.sqlite"
    if not path.is_file():
        raise click.ClickException(
            f"there are no keys in {data_dir}: name another --data-dir, or make one with `keys create`"
        )
    return _opened(data_dir)


def _opened(data_dir: Path) -> Keys:
    try:
        return Keys(data_dir / "keys.sqlite")
    except (StoreTooNewError, sqlite3.DatabaseError, OSError) as error:
        raise click.ClickException(f"{data_dir / 'keys.sqlite'}: {error}") from error


def _shown(key: Key, now: datetime) -> dict[str, Any]:
    state = "revoked" if key.revoked_at else "in force" if key.in_force(now) else "expired"
    return {
        "key_id": key.key_id,
        "state": state,
        "roles": sorted(key.roles),
        "note": key.note,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }
