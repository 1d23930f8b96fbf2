"""`fenghuo ingest mqtt`: what sensors and platforms publish, acknowledged once the log has it."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import click

from streams.commands.options import examples, way_in
from streams.feeds import Limits
from streams.feeds.mapping import Map, read_mapped
from streams.ingest.portions import own_portions
from streams.ingest.post import NotWanted, Post, Taken
from streams.ingest.secret import NoKey, read_secret
from streams.maps import MapError, load_map

USERNAME, PASSWORD = "FENGHUO_MQTT_USERNAME", "FENGHUO_MQTT_PASSWORD"


@click.command(
    "mqtt",
    epilog=examples(
        "ingest mqtt mqtts://broker.example --topic fire/#",
        "ingest mqtt mqtt://127.0.0.1 --topic application/+/device/+/event/up --map chirpstack.toml",
    ),
)
@click.argument("address", metavar="URL")
@click.option("--topic", "topics", multiple=True, required=True, help="Repeatable; + and # are wildcards.")
@click.option(
    "--map", "mapping", type=click.Path(path_type=Path, dir_okay=False), help="Mapping (TOML) that reads it."
)
@click.option("--client-id", default="fenghuo", show_default=True, help="The broker keeps our session by it.")
@click.option("--ca-file", default="", help="Certificates to believe; else those of the system.")
@click.option("--password-file", type=click.Path(path_type=Path), help=f"File with it, else {PASSWORD}.")
@way_in
def mqtt(address: str, topics: tuple[str, ...], mapping: Path | None, **way: Any) -> None:
    """Take in what an MQTT broker sends (QoS 1).

    URL is mqtt://HOST:PORT or mqtts://HOST:PORT. A message is acknowledged once the log has it. The user is
    in FENGHUO_MQTT_USERNAME. Needs the extra: pip install '.[mqtt]'.
    """
    try:
        from streams.ingest.mqtt import BadAddress, Broker, Subscriber  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise click.ClickException("MQTT needs the extra: pip install 'fenghuo[mqtt]'") from error
    try:
        given = None if mapping is None else load_map(mapping)
        user = os.environ.get(USERNAME, "").strip()
        password = read_secret(PASSWORD, way["password_file"]) if user else None
        broker = Broker.of(
            address,
            client_id=way["client_id"],
            topics=topics,
            ca_file=way["ca_file"],
            username=user,
            password=password,
        )
    except (MapError, NoKey, BadAddress) as error:
        raise click.ClickException(str(error)) from None
    if way["once"]:
        raise click.UsageError("--once has no meaning here: a broker sends for ever")

    from streams.commands import ingest  # noqa: PLC0415 - it names this command

    async def work(_: aiohttp.ClientSession, post: Post) -> Mapping[str, Taken | str]:
        take = post if given is None else partial(mapped, given, post)
        await Subscriber(broker, take, tell=ingest.tell(way)).run()

    ingest.run(work, "mqtt", way)


async def mapped(given: Map, post: Post, payload: bytes, key: str) -> Taken:
    """Hand in what a mapping makes of a payload; raises `NotWanted` where it makes nothing of it."""
    parsed = await asyncio.to_thread(read_mapped, given, payload, Limits(datetime.now(UTC)))
    if parsed.refused is not None:
        raise NotWanted(parsed.refused.detail or parsed.refused.code)
    taken = Taken(0, len(parsed.rejected))
    for number, part in enumerate(own_portions(payload, parsed)):
        taken += await post(part, f"{key}:{number}")
    return taken
