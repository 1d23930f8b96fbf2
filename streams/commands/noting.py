"""What is done to keys and accounts by command: noted under the name of who is signed in to the machine."""

import getpass
from datetime import UTC, datetime

import click

from streams.serve.accounts.areas import unknown_area
from streams.serve.accounts.book import Accounts
from streams.serve.audit.trail import Trail


def noted(trail: Trail, what: str) -> None:
    """Append an entry to the audit log."""
    trail.add(datetime.now(UTC), who=f"os/{getpass.getuser()}", what=what)


def check_areas(book: Accounts, areas: tuple[str, ...]) -> None:
    """Refuse an area that the region lacks: whoever had it would see nothing, and think that all is quiet."""
    known = book.areas()
    if known is None and areas:
        click.echo("no server has run on this data directory yet: areas are not checked", err=True)
    why = None if known is None else unknown_area(known, areas)
    if why is not None:
        raise click.ClickException(why)
