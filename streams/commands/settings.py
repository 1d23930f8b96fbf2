"""`fenghuo settings`: thresholds as versioned documents: shown, checked, published and rolled back."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from schemas.codec import encode
from schemas.units import UtcTime
from streams.commands.options import API_KEY, examples, json_option
from streams.config import ConfigError, load_settings
from streams.dead_letters import LetterError, Server
from streams.hops.build import OWNERS
from streams.tuning import listing, store
from streams.tuning.constants import TABLE, constants, summed
from streams.tuning.constants import line_of as constant_line
from streams.tuning.differ import line_of
from streams.tuning.document import DocumentError
from streams.tuning.publishing import Door, Wish, checked, publish
from streams.tuning.store import Entry, StoreError

REFUSED = (ConfigError, StoreError, OSError)

where = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data/settings"),
    show_default=True,
    help="Where published documents are.",
)
under = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file under the documents."
)
by = click.option("--author", required=True, help="Who publishes; kept for ever.")
why = click.option("--reason", required=True, help="Why; kept for ever.")
since = click.option("--effective-at", "since", help="From when on, with offset; by default from now.")
at_server = click.option(
    "--url", metavar="URL", help=f"Publish at a running server, with the key in {API_KEY}: taken up live."
)
insist = click.option(
    "--silence-protected-area", "insists", is_flag=True, help="Publish though it silences protected areas."
)


@click.group("settings", epilog=examples("settings show grade", "settings check county.toml"))
def command() -> None:
    """Look at thresholds; publish, look up and roll back changes."""


def opened(folder: Path, settings_file: Path | None) -> Door:
    """Return the door of a directory; raises ClickException when it or the settings file cannot be used."""
    door: Door = _or_refused(lambda: Door(folder, load_settings(settings_file), OWNERS))
    return door


def _or_refused(work: Callable[[], Any]) -> Any:
    """Return what `work` returns; every fault is a line of its own."""
    try:
        return work()
    except DocumentError as error:
        raise click.ClickException("\n".join(["refused", *(f"  {one}" for one in error.faults)])) from None
    except REFUSED as error:
        raise click.ClickException(" ".join(str(error).split())) from None


@command.command("show", epilog=examples("settings show grade", "settings show --version 3"))
@click.argument("table", default="")
@where
@under
@click.option(
    "--version", "version", type=click.IntRange(min=1), help="As of this version; the newest begun."
)
@json_option
def show(table: str, folder: Path, settings_file: Path | None, version: int | None, *, as_json: bool) -> None:
    """Show every setting with value, default, unit, range and meaning.

    TABLE leaves only the settings whose name starts so: `grade`, `detectors.hotspot`.
    `data` shows the constants of the data tables (`data.gwp`), which change with a release alone.
    """
    door = opened(folder, settings_file)
    settings = _or_refused(
        lambda: door.settings_at(datetime.now(UTC)) if version is None else door.settings_of(version)
    )
    found = _or_refused(lambda: list(listing.rows(settings, OWNERS, table)))
    fixed = list(constants(table))
    if not found and not fixed:
        raise click.ClickException(f"no setting starts with {table!r}; known: {_tables()}, {TABLE}")
    if as_json:
        click.echo(encode({"settings": found, "layers": settings.layers, "data": fixed}).decode())
        return
    for row in found:
        click.echo(listing.line_of(row))
    for line in map(constant_line, fixed) if table else summed(fixed):
        click.echo(line)
    for layer in settings.layers if found else ():
        click.echo(f"[{layer.scope}] {msgspec.json.encode(layer).decode()}")


def _tables() -> str:
    return ", ".join(name for name, _ in OWNERS if not name.startswith("channels."))


@command.command("check", epilog=examples("settings check county.toml"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@where
@under
@json_option
def check(file: Path, folder: Path, settings_file: Path | None, *, as_json: bool) -> None:
    """Say what a document would change, and everything that is wrong with it."""
    door = opened(folder, settings_file)
    _, entry = _or_refused(lambda: checked(door, _text(file), datetime.now(UTC)))
    _tell(entry, as_json=as_json)
    if entry.silences:
        raise click.ClickException("it silences protected areas: publish asks for --silence-protected-area")


@dataclass(frozen=True, kw_only=True)
class How:
    """How a document is published, as the options say."""

    folder: Path
    settings_file: Path | None
    author: str
    reason: str
    since: str | None
    url: str | None
    insists: bool
    as_json: bool


def publishing(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of publishing, as one `How` after its argument."""

    @functools.wraps(function)
    def packed(**words: Any) -> None:
        options = {name: words.pop(name) for name in How.__dataclass_fields__}
        function(*words.values(), How(**options))

    for option in (json_option, at_server, insist, since, why, by, under, where):
        packed = option(packed)
    return packed


def _published(how: How, text: str, back_to: int | None = None) -> None:
    """Publish a text, here or at a server, and tell of it; raises ClickException with every fault."""
    now = datetime.now(UTC)
    wish = Wish(
        text=text,
        author=how.author,
        reason=how.reason,
        effective_at=_at(how.since, now),
        insists=how.insists,
        back_to=back_to,
        kept_only=how.url is None,
    )
    if how.url is not None:
        entry = _at_server(how.url, wish, how.since)
    else:
        door = opened(how.folder, how.settings_file)
        entry = _or_refused(lambda: publish(door, wish, now))
    _tell(entry, as_json=how.as_json)
    if how.url is None:
        click.echo(
            f"kept in {how.folder}; nothing is judged by it: with --url a server takes it up", err=True
        )


@command.command("publish", epilog=examples('settings publish county.toml --author "Li" --reason "straw"'))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@publishing
def publish_file(file: Path, how: How) -> None:
    """Publish a document whole, or refuse it with every fault."""
    _published(how, _text(file))


@command.command("history", epilog=examples("settings history"))
@where
@json_option
def past(folder: Path, *, as_json: bool) -> None:
    """List every version: who, why, when and what it changed."""
    found = _or_refused(lambda: store.history(folder))
    if as_json:
        click.echo(encode(found).decode())
        return
    for entry in found:
        _tell(entry, as_json=False)


@command.command("rollback", epilog=examples('settings rollback 3 --author "Li" --reason "missed a fire"'))
@click.argument("version", type=click.IntRange(min=1))
@publishing
def rollback(version: int, how: How) -> None:
    """Publish the text of an earlier version again, as a new version."""
    text = "" if how.url is not None else _or_refused(lambda: store.text_of(how.folder, version))
    _published(how, text, version)


def _at_server(url: str, wish: Wish, since: str | None) -> Entry:
    """Publish at a running server and return the entry; it begins half a minute later unless told when."""
    body = {
        "author": wish.author,
        "reason": wish.reason,
        "document": wish.text,
        "back_to": wish.back_to,
        "effective_at": None if since is None else wish.effective_at,
        "silence_protected_area": wish.insists,
    }
    try:
        answer = Server(url, os.environ.get(API_KEY, "")).put("/v1/settings", encode(body))
        entry: Entry = msgspec.convert(answer, Entry)
    except (LetterError, msgspec.ValidationError) as error:
        raise click.ClickException(str(error)) from None
    return entry


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: not UTF-8 text (byte {error.start})") from None


def _at(since: str | None, now: datetime) -> datetime:
    """Return from when on; raises BadParameter for what is no instant with an offset."""
    if since is None:
        return now
    try:
        at: datetime = msgspec.convert(since, UtcTime)
    except msgspec.ValidationError as error:
        raise click.BadParameter(f"{since}: {error}", param_hint="--effective-at") from None
    return at.astimezone(UTC)


def _tell(entry: Entry, *, as_json: bool) -> None:
    if as_json:
        click.echo(encode(entry).decode())
        return
    if entry.version:
        back = "" if entry.back_to is None else f", back to {entry.back_to}"
        since = "kept only" if entry.kept_only else f"in force from {entry.effective_at.isoformat()}"
        click.echo(f"version {entry.version}{back} by {entry.author}, {since}: {entry.reason}")
    for change in entry.changes:
        click.echo(f"  {line_of(change)}")
    if not entry.changes:
        click.echo("  changes nothing")
    for line in entry.silences:
        click.echo(f"  silences: {line}")
