"""`fenghuo accounts`: people are added, locked, given a second factor; a running server heeds it at once."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from streams.commands.noting import check_areas, noted
from streams.commands.options import data_dir_option, examples, json_option
from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.book import Accounts
from streams.serve.accounts.keeping import NAME, NAME_RULE, new_account, shown
from streams.serve.audit.trail import Trail
from streams.serve.keys import ROLES
from streams.serve.schema import StoreTooNewError

BOOK = "accounts.sqlite"


@click.group("accounts")
def command() -> None:
    """Add, lock and list people who sign in by name."""


@command.command(
    "add",
    epilog=examples(
        "accounts add li.na --person 李娜 --role operator --area 513401", "accounts add wall --role viewer"
    ),
)
@data_dir_option
@click.argument("name")
@click.option("--person", default="", help="Name that signs what they say; else the account's.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated."
)
@click.option("--area", "areas", multiple=True, help="Code of an area they see; without: all.")
@click.option("--days", type=click.IntRange(1, 3650), help="Ends after so many days; never without it.")
@json_option
def add(  # noqa: PLR0913, PLR0917 - one argument for each option
    data_dir: Path,
    name: str,
    person: str,
    roles: tuple[str, ...],
    areas: tuple[str, ...],
    days: int | None,
    *,
    as_json: bool,
) -> None:
    """Add a person and show a password for their first sign-in.

    They choose their own then. The password is kept as its scrypt hash and cannot be shown again.
    """
    if not NAME.fullmatch(name):
        raise click.ClickException(NAME_RULE)
    now = datetime.now(UTC)
    with _opened(data_dir, makes=True) as (book, trail):
        if book.get(name) is not None:
            raise click.ClickException(f"{name} is there already")
        check_areas(book, areas)
        one, made = new_account(name, person, roles, areas, days, now, passwords.STRONG)
        book.put(one)
        noted(trail, f"accounts add {name} {','.join(sorted(roles))} {','.join(areas)}".strip())
    if as_json:
        click.echo(json.dumps({**shown(one, now), "password": made}, ensure_ascii=False))
        return
    click.echo(made)
    click.echo(f"{name}: this password is shown only now and is changed at the first sign-in", err=True)


@command.command("list", epilog=examples("accounts list", "accounts list --json"))
@data_dir_option
@json_option
def list_accounts(data_dir: Path, *, as_json: bool) -> None:
    """List every account."""
    now = datetime.now(UTC)
    with _opened(data_dir) as (book, _):
        every = [shown(one, now) for one in book.listed()]
    if as_json:
        click.echo(json.dumps(every, ensure_ascii=False))
        return
    for one in every:
        where = ",".join(one["areas"]) or "everywhere"
        click.echo(
            f"{one['name']:20}  {one['state']:8}  {','.join(one['roles']):20}  {where}  {one['person']}"
        )


@command.command("lock", epilog=examples("accounts lock li.na"))
@data_dir_option
@click.argument("name")
@json_option
def lock(data_dir: Path, name: str, *, as_json: bool) -> None:
    """Lock an account and end its sessions."""
    _change(data_dir, name, "lock", locked_at=datetime.now(UTC))
    click.echo(json.dumps({"locked": name}) if as_json else f"locked {name}")


@command.command("unlock", epilog=examples("accounts unlock li.na"))
@data_dir_option
@click.argument("name")
@json_option
def unlock(data_dir: Path, name: str, *, as_json: bool) -> None:
    """Open a locked account again."""
    _change(data_dir, name, "unlock", locked_at=None)
    click.echo(json.dumps({"unlocked": name}) if as_json else f"unlocked {name}")


@command.command("password", epilog=examples("accounts password li.na"))
@data_dir_option
@click.argument("name")
@json_option
def password(data_dir: Path, name: str, *, as_json: bool) -> None:
    """Show a new password for the next sign-in; sessions end."""
    made = passwords.one_time_password()
    _change(data_dir, name, "password", password=passwords.hashed(made), password_at=None)
    click.echo(json.dumps({"name": name, "password": made}) if as_json else made)


@command.command("totp", epilog=examples("accounts totp li.na", "accounts totp li.na --off"))
@data_dir_option
@click.argument("name")
@click.option("--off", is_flag=True, help="Ask for no code any more.")
@json_option
def totp(data_dir: Path, name: str, *, off: bool, as_json: bool) -> None:
    """Ask for a code at sign-in and show the authenticator's key."""
    secret = "" if off else one_time.new_secret()
    _change(data_dir, name, "totp off" if off else "totp on", one_time=secret, one_time_used=-1)
    address = "" if off else one_time.address(secret, name)
    if as_json:
        click.echo(json.dumps({"name": name, "address": address}))
    elif address:
        click.echo(address)


def _change(data_dir: Path, name: str, what: str, **fields: Any) -> None:
    """Keep an account with changed fields, end its sessions, and note it."""
    with _opened(data_dir) as (book, trail):
        one = book.get(name)
        if one is None:
            raise click.ClickException(f"no account is called {name}; see `fenghuo accounts list`")
        book.put(replace(one, **fields))
        book.end_sessions_of(name)
        noted(trail, f"accounts {what} {name}")


@contextmanager
def _opened(data_dir: Path, *, makes: bool = False) -> Iterator[tuple[Accounts, Trail]]:
    if not makes and not (data_dir / BOOK).is_file():
        raise click.ClickException(f"{data_dir}: no accounts; name another --data-dir, or add the first one")
    try:
        book, trail = Accounts(data_dir / BOOK), Trail(data_dir / "audit.sqlite")
    except (StoreTooNewError, sqlite3.DatabaseError, OSError) as error:
        raise click.ClickException(f"{data_dir}: {error}") from error
    try:
        yield book, trail
    finally:
        book.close()
        trail.close()
