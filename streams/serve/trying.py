"""`/v1/settings/rows`, `/data` and `/check`: every threshold now, every constant, what a document changes."""

import asyncio
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from schemas.codec import Unreadable, decode, encode
from streams.config import ConfigError
from streams.hops.build import OWNERS
from streams.serve.ingest import small_body
from streams.serve.problems import problem
from streams.serve.services import SERVICES, Services
from streams.serve.thresholds import door_of
from streams.tuning.constants import TABLE, constants
from streams.tuning.document import DocumentError
from streams.tuning.listing import rows
from streams.tuning.publishing import checked
from streams.tuning.store import StoreError


class Tried(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a check: the document alone."""

    document: Annotated[str, Meta(max_length=200_000)]


async def listed(request: web.Request) -> web.Response:
    """Answer every setting with its value in force, its default, unit, range and meaning."""
    found = await asyncio.to_thread(_listed, request.app[SERVICES])
    return web.Response(body=encode(found), content_type="application/json")


def _listed(services: Services) -> dict[str, Any]:
    door = door_of(services)
    try:
        settings = door.settings_at(services.clock())
    except (DocumentError, StoreError) as error:
        raise problem(500, str(error)) from error
    return {"settings": tuple(rows(settings, OWNERS)), "layers": settings.layers}


async def fixed(request: web.Request) -> web.Response:
    """Answer every constant of the data tables with version, status and source; no document sets them."""
    table = request.query.get("table", TABLE)
    found = await asyncio.to_thread(lambda: tuple(constants(table)))
    if not found:
        raise problem(404, f"no constant starts with {table!r}")
    return web.Response(body=encode({"data": found}), content_type="application/json")


async def check(request: web.Request) -> web.Response:
    """Answer every fault of a document, or what it would change and silence. Nothing is kept."""
    given = decode(await small_body(request), Tried)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"document": "…"}}: {given.why}', code="malformed")
    found = await asyncio.to_thread(_checked, request.app[SERVICES], given.document)
    return web.Response(body=encode(found), content_type="application/json")


def _checked(services: Services, text: str) -> dict[str, Any]:
    try:
        _, entry = checked(door_of(services), text, services.clock())
    except DocumentError as error:
        return {"faults": error.faults, "changes": (), "silences": ()}
    except (ConfigError, StoreError) as error:
        return {"faults": (str(error),), "changes": (), "silences": ()}
    return {"faults": (), "changes": entry.changes, "silences": entry.silences}
