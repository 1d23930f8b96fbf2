"""`fenghuo ingest …`: fetch what sources offer, or read it from files, and hand it to the one way in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import click
import msgspec
from aiokafka.errors import KafkaError

from schemas.reason import Reason
from streams.commands.ingest_mqtt import mqtt
from streams.commands.ingest_permits import permits
from streams.commands.ingest_verdicts import verdicts
from streams.commands.options import API_KEY, Measure, examples, way_in
from streams.config import ConfigError, load_settings
from streams.engine.log_file import LogError
from streams.engine.logs import is_embedded
from streams.engine.writer import open_writer
from streams.feeds.mapping import read_mapped
from streams.feeds.pest_columns import template as pest_template
from streams.ingest.dry_run import dry_run
from streams.ingest.firms import Poller
from streams.ingest.firms_request import BASE_URL, LIMIT, SOURCES, Options
from streams.ingest.folder import Folder
from streams.ingest.map_check import Sampled, sampled
from streams.ingest.portions import own_portions
from streams.ingest.post import (
    OBSERVATIONS,
    DirectPost,
    Door,
    HttpPost,
    NotAllowed,
    Post,
    Taken,
)
from streams.ingest.secret import NoKey, read_map_key, read_secret
from streams.ingress import Ingress
from streams.maps import MapError, load_map
from streams.pictures import Pictures
from streams.serve.desk.book import Desk
from streams.serve.desk.people import keep_people

MAP_KEY = "FENGHUO_FIRMS_MAP_KEY"


@click.group("ingest")
def command() -> None:
    """Fetch observations or read them from files; hand them in."""


@command.command(
    "firms",
    epilog=examples(
        "ingest firms --area 97.3,26.0,108.6,34.4",
        "ingest firms --area 97.3,26.0,108.6,34.4 --source VIIRS_NOAA20_NRT --once --json",
    ),
)
@click.option("--area", required=True, metavar="W,S,E,N", help="Degrees, as 97.3,26.0,108.6,34.4.")
@click.option("--source", "sources", multiple=True, help=f"Repeatable; default {', '.join(SOURCES)}.")
@click.option("--days", default=2, show_default=True, type=click.IntRange(1, 5), help="Days that overlap.")
@click.option("--every", default=10.0, show_default=True, type=Measure(1), help="Minutes.")
@click.option(
    "--budget", default=500, show_default=True, type=click.IntRange(1, LIMIT), help="Transactions in 10 min."
)
@click.option("--key-file", type=click.Path(path_type=Path), help=f"File with the MAP_KEY, else {MAP_KEY}.")
@click.option("--base-url", default=BASE_URL, show_default=True, help="Where the area API is.")
@way_in
def firms(area: str, **way: Any) -> None:
    """Poll the FIRMS area API.

    The MAP_KEY is read from a file or the environment and never shown.
    """
    key_file: Path | None = way["key_file"]
    try:
        options = _options(area, way)
        read_map_key(MAP_KEY, key_file)
    except (ValueError, NoKey) as error:
        raise click.ClickException(str(error)) from None
    state_file = way["data_dir"] / "firms-state.json"

    async def work(session: aiohttp.ClientSession, post: Post) -> Mapping[str, Taken | str]:
        # Read again at every request: a key that was exchanged needs no restart.
        poller = Poller(
            options, lambda: read_map_key(MAP_KEY, key_file), session, post, state_file, tell=tell(way)
        )
        if not way["once"]:
            await poller.run()
        return await poller.poll()

    run(work, "firms", way)


def _options(area: str, way: Mapping[str, Any]) -> Options:
    """Return what to poll; raises `ValueError` in words for the one who typed it."""
    try:
        west, south, east, north = (float(part) for part in area.split(","))
    except ValueError:
        raise ValueError("--area is four numbers: west,south,east,north") from None
    given: dict[str, Any] = {"west": west, "south": south, "east": east, "north": north}
    given |= {"overlap_days": way["days"], "every_s": way["every"] * 60, "budget": way["budget"]}
    given |= {"base_url": way["base_url"], "sources": way["sources"] or SOURCES, "availability": True}
    try:
        return msgspec.convert(given, Options)
    except msgspec.ValidationError as error:
        raise ValueError(f"--area is west,south,east,north in degrees, and: {error}") from None


_look = click.option(
    "--look", default=2.0, show_default=True, type=Measure(0.05), help="Seconds between looks."
)


@command.command(
    "folder", epilog=examples("ingest folder incoming", "ingest folder incoming --broker embedded:// --once")
)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_look
@way_in
def folder_command(folder: Path, look: float, **way: Any) -> None:
    """Take in the complete files of a folder.

    They move to done/, or to bad/ with the reason beside them.
    """
    _watch_folder(partial(Folder, folder), "folder", look, way)


@command.command(
    "traps", epilog=examples("ingest traps --template rounds.csv", "ingest traps rounds.xlsx --check")
)
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--check", is_flag=True, help="Say what each bad row lacks and hand nothing in; 1 when one is bad."
)
@click.option(
    "--template", type=click.Path(path_type=Path, dir_okay=False), help="Write the form to fill in."
)
@way_in
def traps(file: Path | None, *, check: bool, template: Path | None, **way: Any) -> None:
    """Take in a table of trap rounds, surveys or laboratory results.

    CSV (UTF-8 or GB 18030) or xlsx with Chinese or English columns, or NDJSON.
    """
    if template is not None:
        template.write_bytes(pest_template())
        click.echo(f"form written to {template}")
    if file is None:
        if template is None:
            raise click.UsageError("name a FILE, or --template to have the form")
        return
    payload = file.read_bytes()
    if check:
        _check(payload, as_json=way["as_json"])
        return
    from streams.commands.handing_in import hand_in  # noqa: PLC0415 - it names this module

    hand_in(file, payload, "traps", way)


def _check(payload: bytes, *, as_json: bool) -> None:
    """Tell every bad row with its line and reason, and end with 1 where there is one."""
    checked = dry_run(payload, datetime.now(UTC))
    if as_json:
        click.echo(msgspec.json.encode(checked).decode())
    else:
        for fault in checked.faults:
            click.echo(f"line {fault.line}: {_said(fault.reason)}")
        for doubt in checked.doubts:
            click.echo(f"line {doubt.line}: doubtful, kept: {_said(doubt.reason)}")
        click.echo(f"{checked.good} rows good, {len(checked.faults)} bad, {len(checked.doubts)} doubtful")
    if checked.faults:
        raise click.exceptions.Exit(1)


def _said(reason: Reason) -> str:
    """Return a reason with what it compared, where it does not say so in words."""
    figures = "" if reason.value is None else f"{reason.value:g} {reason.unit or ''}".strip()
    limit = "" if reason.threshold is None else f"limit {reason.threshold:g}"
    words = reason.detail or ", ".join(filter(None, (reason.rule, figures, limit)))
    return f"{reason.code} {words}".rstrip()


@command.command(
    "map",
    epilog=examples("ingest map gb28181.toml --check sample.xml", "ingest map gb28181.toml incoming"),
)
@click.argument("mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--check",
    "sample",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Print what the mapping makes of this file and hand nothing in; 1 when a record is refused.",
)
@_look
@way_in
def map_command(mapping: Path, folder: Path | None, sample: Path | None, look: float, **way: Any) -> None:
    """Take in what another platform writes, as a mapping reads it.

    MAPPING is a TOML file; the files of FOLDER move to done/, or to bad/ with the reason beside them.
    """
    try:
        given = load_map(mapping)
    except MapError as error:
        raise click.ClickException(str(error)) from None
    if sample is not None:
        _show(sampled(given, sample, datetime.now(UTC)), as_json=way["as_json"])
    elif folder is None:
        raise click.UsageError("name a folder, or --check a sample")
    else:
        watched = partial(Folder, folder, reader=partial(read_mapped, given), cut=own_portions)
        _watch_folder(watched, given.name, look, way)


def _show(found: Sampled, *, as_json: bool) -> None:
    for line in found.made:
        click.echo(line)
    for line in found.refused:
        click.echo(line, err=True)
    words = ", ".join(f"{number} {name}" for name, number in found.counts.items())
    click.echo(msgspec.json.encode(found.counts).decode() if as_json else words, err=True)
    if found.refused:
        raise click.exceptions.Exit(1)


def _watch_folder(watched: Callable[..., Folder], name: str, look: float, way: Mapping[str, Any]) -> None:
    """Take in a folder's files once, or for ever."""

    async def work(_: aiohttp.ClientSession, post: Post) -> Mapping[str, Taken | str]:
        folder = watched(post=post, look_s=look, tell=tell(way))
        if not way["once"]:
            await folder.run()
        return await folder.once()

    run(work, name, way)


def tell(way: Mapping[str, Any]) -> Callable[[str], None]:
    """Return where progress is told: not among the JSON."""
    return lambda text: click.echo(text, err=way["as_json"])


def run(
    work: Callable[[aiohttp.ClientSession, Post], Any],
    feed: str,
    way: Mapping[str, Any],
    door: Door = OBSERVATIONS,
) -> None:
    """Run until done or interrupted; every failure is one clear line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

    async def run() -> Mapping[str, Taken | str]:
        async with aiohttp.ClientSession() as session, _post(session, feed, way, door) as post:
            results: Mapping[str, Taken | str] = await work(session, post)
            return results

    try:
        results = asyncio.run(run())
    except KeyboardInterrupt:
        return
    except (ConfigError, NoKey, NotAllowed, LogError, KafkaError, OSError) as error:
        raise click.ClickException(str(error) or type(error).__name__) from None
    if way["as_json"]:
        click.echo(msgspec.json.encode(results).decode())
    failed = {name: why for name, why in results.items() if isinstance(why, str)}
    if failed:
        raise click.ClickException("; ".join(f"{name}: {why}" for name, why in failed.items()))


@asynccontextmanager
async def _post(
    session: aiohttp.ClientSession, feed: str, way: Mapping[str, Any], door: Door
) -> AsyncIterator[Post]:
    """Yield the way in: a server, or the log itself."""
    if not way["broker"]:
        yield HttpPost(session, way["url"], read_secret(API_KEY), door=door)
        return
    settings = load_settings(way["settings_file"])
    async with AsyncExitStack() as stack:
        opening = open_writer(settings, broker=way["broker"], data_dir=way["data_dir"])
        writer = await stack.enter_async_context(opening)
        # On Kafka the pictures are with `serve`, perhaps on another machine.
        pictures = Pictures(way["data_dir"] / "pictures") if is_embedded(way["broker"]) else None
        keep = None
        if is_embedded(way["broker"]) and door.reader is not None:
            desk = Desk(way["data_dir"] / "desk.sqlite")
            stack.callback(desk.close)
            keep = partial(keep_people, desk, now=datetime.now(UTC), days=settings.desk.permits_days)
        yield DirectPost(Ingress(writer, pictures=pictures), feed, door, keep)


command.add_command(mqtt)
command.add_command(permits)
command.add_command(verdicts)
