"""`fenghuo watch URL`: tell somebody when a running system is not ready."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import click

from streams.commands.options import Measure, examples
from streams.ingest.secret import NoKey, read_secret
from streams.watch import Vigil, Word, ask, key_of, tell, watch

SECRET = "FENGHUO_WATCH_SECRET"  # noqa: S105 - the name of a variable


@click.command(
    "watch",
    epilog=examples(
        "watch http://127.0.0.1:8080 --webhook https://example.org/duty",
        "watch http://127.0.0.1:8080 --once",
    ),
)
@click.argument("url")
@click.option("--webhook", metavar="URL", help=f"Who is told; signed with the secret in {SECRET}.")
@click.option(
    "--limit",
    default=120.0,
    show_default=True,
    type=Measure(0),
    help="Seconds not ready, then told.",
)
@click.option("--every", default=30.0, show_default=True, type=Measure(0.05), help="Seconds between looks.")
@click.option("--once", is_flag=True, help="Look once and end: 0 when ready, else 1 with the reasons.")
def command(url: str, webhook: str | None, limit: float, every: float, *, once: bool) -> None:
    """Watch a running system from outside; tell when it is unready.

    It needs no broker and no data directory: run it on another machine, under another power supply.
    """
    if once:
        reasons = asyncio.run(_look_once(url))
        if reasons is not None:
            raise click.ClickException("not ready: " + "; ".join(reasons))
        click.echo("ready")
        return
    if webhook is None:
        raise click.UsageError("--webhook says who is told; or look --once")
    try:
        key = key_of(read_secret(SECRET).reveal())
    except (NoKey, ValueError) as error:
        raise click.ClickException(f"{SECRET}: {error}") from None
    vigil = Vigil(url, timedelta(seconds=limit), datetime.now(UTC))

    async def run() -> None:
        async with aiohttp.ClientSession() as session:

            async def telling(word: Word) -> bool:
                return await tell(session, webhook, key, word)

            await watch(
                vigil, lambda: ask(session, url), telling, every, lambda text: click.echo(text, err=True)
            )

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        return


async def _look_once(url: str) -> tuple[str, ...] | None:
    async with aiohttp.ClientSession() as session:
        return await ask(session, url)
