"""`fenghuo explain ID`: why something was told or not, from a server, a data directory or a replay."""

import os
from pathlib import Path
from urllib.parse import quote

import click

from schemas.codec import Unreadable, decode, encode
from streams.commands.options import API_KEY, data_dir_option, examples, json_option
from streams.config import ConfigError, load_settings
from streams.dead_letters import LetterError, Server
from streams.explain.explanation import Explanation, explained_short
from streams.explain.folder import Folder, FolderError
from streams.explain.words import lines, sentences
from streams.jurisdiction import in_force


@click.command(
    "explain",
    epilog=examples(
        "explain F20240301-7K2M0Q4T --out out",
        "explain 7K2M --url http://127.0.0.1:8080 --json",
    ),
)
@click.argument("asked", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The --out folder of a replay.")
@click.option("--url", metavar="URL", help=f"A running server to ask, with the key in {API_KEY}.")
@data_dir_option
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@json_option
def command(  # noqa: PLR0913 - one for each option
    asked: str,
    out: Path | None,
    url: str | None,
    data_dir: Path,
    settings_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say why something was told, or why not.

    ID is that of an observation, detection, incident or alert, an answer code, or FILE:LINE of a row that a
    replay refused.
    """
    try:
        words = sentences(in_force(load_settings(settings_file)))
        found = _asked(asked, out, url, data_dir)
    except (ConfigError, FolderError, LetterError, OSError) as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    if found is None:
        raise click.ClickException(f"{asked}: nothing is known of it here")
    if as_json:
        click.echo(encode(found).decode())
        return
    for line in lines(found, words):
        click.echo(line)


def _asked(asked: str, out: Path | None, url: str | None, data_dir: Path) -> Explanation | None:
    if out is not None:
        return explained_short(Folder(out), asked)
    if url is not None:
        return _from_server(Server(url, os.environ.get(API_KEY, "")), asked)
    path = data_dir / "history.sqlite"
    if not path.is_file():
        raise FolderError(f"{path}: no history here; name --data-dir, --url or --out")
    from streams.explain.history import History  # noqa: PLC0415 - only who asks a store pays for it
    from streams.serve.store import Store  # noqa: PLC0415 - the same

    store = Store(path)
    try:
        return explained_short(History(store), asked)
    finally:
        store.close()


def _from_server(server: Server, asked: str) -> Explanation | None:
    document = server.ask(f"/v1/explain/{quote(asked, safe='')}")
    if document is None:
        return None
    found = decode(encode(document), Explanation)
    if isinstance(found, Unreadable):
        raise LetterError(f"the server sent no explanation: {found.why}")
    told: Explanation = found
    return told
