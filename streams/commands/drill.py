"""`fenghuo drill start|list`: a mock fire now, on a running server, and how those held were judged."""

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import click

from schemas.codec import encode
from streams.commands.options import API_KEY, examples, json_option
from streams.dead_letters import LetterError, Server


def _asks(function: Callable[..., None]) -> Callable[..., None]:
    """Add which server is asked, and with which key."""
    key_help = "Environment variable that holds the API key."
    key = click.option("--key-env", default=API_KEY, show_default=True, metavar="NAME", help=key_help)
    place = click.option("--url", required=True, metavar="URL", help="A running server to ask.")
    return place(key(json_option(function)))


@click.group("drill")
def command() -> None:
    """Begin a mock fire now, and list those held."""


@command.command("start", epilog=examples("drill start xichang --url http://127.0.0.1:8080"))
@click.argument("name", metavar="NAME")
@_asks
def start(name: str, *, url: str, key_env: str, as_json: bool) -> None:
    """Begin the drill NAME of the settings now.

    It goes the way of the daily one and is judged by itself. Refused, with the reason and exit code 1, while
    a fire of grade I or II is open in its county or another drill of this name is under way.
    """
    answer = _answered(lambda: Server(url, os.environ.get(key_env, "")).send("/v1/drills", {"name": name}))
    said = f"{answer['drill_id']} has begun; it is judged at {answer['judged_at']}"
    click.echo(encode(answer).decode() if as_json else said)


@command.command("list", epilog=examples("drill list --url http://127.0.0.1:8080 --json"))
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many, newest first."
)
@_asks
def list_(limit: int, *, url: str, key_env: str, as_json: bool) -> None:
    """List the drills that were held and how each was judged."""
    path = f"/v1/drills?limit={quote(str(limit))}"
    answer = _answered(lambda: Server(url, os.environ.get(key_env, "")).ask(path) or {"drills": []})
    if as_json:
        click.echo(encode(answer).decode())
        return
    for one in answer["drills"]:
        words = (one["begun_at"], one["name"], one["outcome"], one["why"], one["drill"]["drill_id"])
        click.echo("  ".join(word for word in words if word))


def _answered(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except LetterError as error:
        raise click.ClickException(str(error)) from error
