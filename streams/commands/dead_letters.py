"""`fenghuo dead-letters list|show|replay`: what could not be read, why, and once more."""

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import click

from schemas.codec import encode
from schemas.dead_letter import DeadLetter
from streams.commands.options import data_dir_option, examples
from streams.dead_letters import LetterError, Server, letters_in, payload_of


@dataclass(frozen=True)
class _Source:
    """Where letters are read: a running server, or a data directory that nobody holds."""

    server: Server | None
    data_dir: Path

    def letters(self) -> Iterable[DeadLetter]:
        return self.server.letters() if self.server else letters_in(self.data_dir)

    def letter(self, letter_id: str) -> DeadLetter:
        if self.server:
            return self.server.letter(letter_id)
        for letter in letters_in(self.data_dir):
            if letter.letter_id == letter_id:
                return letter
        raise LetterError(f"{letter_id}: no such dead letter")


def _asks(*, a_server: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command its `source` from --url, --key-env and, unless it needs `a_server`, --data-dir."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def asked(*args: Any, url: str | None, key_env: str, data_dir: Path = Path(), **kwargs: Any) -> None:
            try:
                server = Server(url, os.environ.get(key_env, "")) if url else None
                function(*args, source=_Source(server, data_dir), **kwargs)
            except LetterError as error:
                raise click.ClickException(str(error)) from error

        key_help = "Environment variable that holds the API key."
        key = click.option(
            "--key-env", default="FENGHUO_API_KEY", show_default=True, metavar="NAME", help=key_help
        )
        place = click.option("--url", required=a_server, metavar="URL", help="A running server to ask.")
        return place(key(asked if a_server else data_dir_option(asked)))

    return add


NOTICE = "notice_"
"""How the id of a notice begins; no dead letter's id does."""

json_option = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document a line.")


@click.group("dead-letters")
def command() -> None:
    """List, show and send in again what could not be read or judged."""


@command.command(
    "list",
    epilog=examples("dead-letters list --limit 5", "dead-letters list --url http://127.0.0.1:8080 --json"),
)
@_asks(a_server=False)
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first."
)
@json_option
def list_(limit: int, *, source: _Source, as_json: bool) -> None:
    """List dead letters, newest first."""
    found = list(islice(source.letters(), limit))
    for letter in found:
        click.echo(encode(letter).decode() if as_json else _line(letter))
    if not found:
        click.echo("there is no dead letter", err=True)


@command.command(
    "show",
    epilog=examples(
        "dead-letters show 3f0825d7 --url http://127.0.0.1:8080", "dead-letters show 3f0825d7 --raw > row.csv"
    ),
)
@click.argument("letter_id", metavar="ID")
@_asks(a_server=False)
@json_option
@click.option("--raw", is_flag=True, help="Only the bytes that were kept, as they were.")
def show(letter_id: str, *, source: _Source, as_json: bool, raw: bool) -> None:
    """Show one dead letter with its reason and what was kept."""
    letter = source.letter(letter_id)
    if raw:
        click.get_binary_stream("stdout").write(letter.raw)
    elif as_json:
        click.echo(encode(letter).decode())
    else:
        click.echo("\n".join(_page(letter)))


@command.command("notices", epilog=examples("dead-letters notices --url http://127.0.0.1:8080"))
@_asks(a_server=True)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many, newest first."
)
@json_option
def notices(limit: int, *, source: _Source, as_json: bool) -> None:
    """List notices given up: whom nobody could reach, and why."""
    assert source.server is not None
    found = list(source.server.given_up(limit))
    for one in found:
        click.echo(encode(one).decode() if as_json else _given_up(one))
    if not found:
        click.echo("no notice was given up", err=True)


@command.command(
    "replay", epilog=examples("dead-letters replay 3f0825d7 c7e7d41b --url http://127.0.0.1:8080")
)
@click.argument("letter_ids", metavar="ID...", nargs=-1, required=True)
@_asks(a_server=True)
@json_option
def replay(letter_ids: tuple[str, ...], *, source: _Source, as_json: bool) -> None:
    """Send the kept bytes, or a notice that was given up, in again.

    A notice keeps its id, so that a gateway which took it after all drops it.
    Ends 1 when one was cut off, is unknown, or is refused again.
    """
    assert source.server is not None
    failed = 0
    for letter_id in letter_ids:
        try:
            if letter_id.startswith(NOTICE):
                answer = source.server.replay(letter_id)
                click.echo(encode(answer).decode() if as_json else f"{letter_id}: on its way again")
                continue
            answer = source.server.post(payload_of(source.letter(letter_id)))
        except LetterError as error:
            failed += 1
            click.echo(_printable(str(error)), err=True)
            continue
        failed += bool(answer["counts"]["rejected"])
        line = encode({"letter_id": letter_id, **answer}).decode() if as_json else _answer(letter_id, answer)
        click.echo(line)
    if failed:
        raise click.exceptions.Exit(1)


def _given_up(one: dict[str, Any]) -> str:
    notice = one["notice"]
    reason = notice.get("reason") or {}
    why = " ".join(str(reason[name]) for name in ("code", "detail", "value") if reason.get(name))
    told = f"{notice['alert_id']}.{notice['revision']}"
    words = (notice["at"], notice["receiver"], told, notice["outcome"], why, notice["notice_id"])
    hindrance = f"  not to be replayed: {one['hindrance']}" if one.get("hindrance") else ""
    return _printable("  ".join(words) + hindrance)


def _line(letter: DeadLetter) -> str:
    cut = " (cut off)" if letter.length > len(letter.raw) else ""
    words = (f"{letter.at:%Y-%m-%dT%H:%M:%SZ}", letter.stage, letter.reason.code, letter.source)
    return _printable(f"{'  '.join(words)}  {letter.length} B{cut}  {letter.letter_id}")


def _page(letter: DeadLetter) -> list[str]:
    reason = letter.reason
    numbers = [
        f"{name} {value:g}" for name in ("value", "threshold") if (value := getattr(reason, name)) is not None
    ]
    why = "; ".join(part for part in (reason.code, reason.detail, *numbers) if part)
    fields = {
        "id": letter.letter_id,
        "at": f"{letter.at:%Y-%m-%dT%H:%M:%SZ}",
        "source": letter.source,
        "stage": letter.stage,
        "why": why,
        "position": letter.position,
        "length": f"{letter.length} B, {len(letter.raw)} B kept",
        "sha256": letter.sha256,
    }
    lines = [_printable(f"{name:9} {value}") for name, value in fields.items()]
    return [*lines, "", *(_printable(line) for line in letter.raw.decode("utf-8", "replace").splitlines())]


def _answer(letter_id: str, answer: dict[str, Any]) -> str:
    counts = answer["counts"]
    reasons = sorted({line["reason"]["code"] for line in answer["lines"] if line["outcome"] == "rejected"})
    why = f" ({', '.join(reasons)})" if reasons else ""
    return _printable(f"{letter_id}: {counts['accepted']} accepted, {counts['rejected']} rejected{why}")


def _printable(text: str) -> str:
    """Return the text with what could steer a terminal made visible: the bytes came from strangers."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
