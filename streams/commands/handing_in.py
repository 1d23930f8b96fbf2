"""One file handed in whole, once: what tables of permits and of trap rounds have in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import click

from streams.commands import ingest
from streams.ingest.post import OBSERVATIONS, Door, NotTaken, NotWanted, Post, Taken, idempotency_key


def hand_in(file: Path, payload: bytes, feed: str, way: Mapping[str, Any], door: Door = OBSERVATIONS) -> None:
    """Hand the payload of a file in and say how many rows were taken; a failure or a bad row ends in 1."""
    refused = 0

    async def work(_: aiohttp.ClientSession, post: Post) -> Mapping[str, Taken | str]:
        nonlocal refused
        try:
            taken: Taken | str = await post(payload, idempotency_key(f"{feed}/{file.name}", payload))
        except (NotTaken, NotWanted) as error:
            taken = str(error)
        if isinstance(taken, Taken):
            refused = taken.rejected
            ingest.tell(way)(f"{file.name}: {taken.accepted} accepted, {taken.rejected} rejected")
        return {file.name: taken}

    ingest.run(work, feed, {**way, "once": True}, door)
    if refused:
        raise click.ClickException(f"{refused} rows were not taken; --check says what each lacks")
