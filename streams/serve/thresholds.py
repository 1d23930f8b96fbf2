"""`/v1/settings`: thresholds in force and their history; `PUT` publishes a document under a name."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from schemas import topics
from schemas.codec import Unreadable, decode, encode
from schemas.observation import Delivery
from schemas.settings import Setting, Settings
from schemas.units import UtcTime
from streams.config import ConfigError
from streams.engine.places import partitions_of
from streams.hops.build import OWNERS
from streams.said import delivered
from streams.serve.ingest import UNWRITTEN, once, refused, small_body
from streams.serve.problems import problem
from streams.serve.services import SERVICES, Services
from streams.tuning import store
from streams.tuning.document import DocumentError
from streams.tuning.publishing import Door, Wish, publish
from streams.tuning.store import Entry, StoreError

LEAD = timedelta(seconds=30)
"""By default a document begins so long after it is published: by then every partition has it."""


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a `PUT`; with `back_to` the text of that version is published again."""

    author: str
    reason: str
    document: Annotated[str, Meta(max_length=200_000)] = ""
    back_to: Annotated[int, Meta(ge=1)] | None = None
    effective_at: UtcTime | None = None
    silence_protected_area: bool = False


def door_of(services: Services) -> Door:
    """Return where documents are published; raises a 503 problem where nothing is kept."""
    folder: Path | None = services.documents
    if folder is None:
        raise problem(503, "this server keeps no settings", code="no_settings")
    return Door(folder, services.settings, OWNERS)


def settings_now(services: Services) -> Settings:
    """Return the settings in force: the file, with the published document over it where one can be read."""
    if services.documents is None:
        return services.settings
    try:
        return door_of(services).settings_at(services.clock())
    except (DocumentError, StoreError):
        # what cannot be read is said where settings are asked for
        return services.settings


async def shown(request: web.Request) -> web.Response:
    """Answer the version in force, its document and the history."""
    services = request.app[SERVICES]
    body = await asyncio.to_thread(_shown, services)
    return web.Response(body=encode(body), content_type="application/json")


def _shown(services: Services) -> dict[str, Any]:
    door = door_of(services)
    try:
        past = store.history(door.folder)
        entry = store.in_force(past, services.clock())
        text = "" if entry is None else store.text_of(door.folder, entry.version)
    except StoreError as error:
        raise problem(500, str(error)) from error
    return {"version": None if entry is None else entry.version, "document": text, "history": past}


async def published(request: web.Request) -> web.Response:
    """Answer 202 once history and every partition of the log have the version; 422 with every fault."""
    raw = await small_body(request)
    given = decode(raw, Wanted)
    if isinstance(given, Unreadable):
        raise problem(
            400, f'send {{"document": "…", "author": "…", "reason": "…"}}: {given.why}', code="malformed"
        )
    services = request.app[SERVICES]

    async def take_in() -> tuple[int, bytes]:
        if services.writer is None:
            raise problem(503, "this server takes nothing in", code="takes_nothing_in")
        entry, text = await asyncio.to_thread(_publish, services, given)
        await send(services, store.message(entry, text))
        return 202, encode(entry)

    return await once(request, raw, take_in)


def _publish(services: Services, given: Wanted) -> tuple[Entry, str]:
    door, now = door_of(services), services.clock()
    try:
        text = given.document if given.back_to is None else store.text_of(door.folder, given.back_to)
        wish = Wish(
            text=text,
            author=given.author,
            reason=given.reason,
            effective_at=given.effective_at or now + LEAD,
            insists=given.silence_protected_area,
            back_to=given.back_to,
        )
        return publish(door, wish, now), text
    except DocumentError as error:
        raise problem(422, "\n".join(error.faults)) from error
    except (ConfigError, StoreError) as error:
        raise problem(422, str(error)) from error


async def send(services: Services, one: Setting) -> None:
    """Have every partition of the log take a version; raises a 503 or 507 problem when one does not."""
    assert services.writer is not None
    delivery = stamped(one, services.clock())
    try:
        for partition in range(partitions_of(services.settings.kafka, topics.OBSERVATION)):
            await services.writer.send(topics.OBSERVATION, one.name, delivery, partition)
    except UNWRITTEN as error:
        raise refused(error) from error


def stamped(one: Setting, now: datetime) -> Delivery:
    """Return the message that brings a version into the log, received now."""
    return delivered(
        Setting(**{**{k: getattr(one, k) for k in Setting.__struct_fields__}, "received_at": now})
    )
