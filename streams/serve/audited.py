"""What people write goes into the audit log, also when refused: who, from where, what came of it."""

import asyncio
import logging
import sqlite3
from functools import partial
from typing import Any

from aiohttp import web

from streams.serve.doors import ASKER, Handler, address
from streams.serve.problems import Problem
from streams.serve.services import SERVICES

log = logging.getLogger(__name__)

DETAIL: web.RequestKey[str] = web.RequestKey("audit_detail", str)
"""What a handler adds to the entry: ids, never words or telephone numbers of people."""


def noted(what: str, handler: Handler) -> Handler:
    """Return the handler of a route, each answer of which leaves an entry."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Problem as error:
            # Who shows no key at all is counted by address, not written down line by line.
            if ASKER in request:
                await note(request, what, error.status, error.detail)
            raise
        await note(request, what, response.status, request.get(DETAIL, ""))
        return response

    return answer


async def note(request: web.Request, what: str, status: int, detail: str, who: str | None = None) -> None:
    """Append one entry about a request; `who` where the request itself does not say.

    Where the file cannot take it the answer stands: what was done is done. The program's log says the entry.
    """
    services = request.app[SERVICES]
    if services.trail is None:
        return
    asker = request.get(ASKER)
    named = who if who is not None else (asker.key_id if asker is not None else "")
    said: dict[str, Any] = {
        "who": named,
        "what": what,
        "address": address(request),
        "status": status,
        "detail": detail,
    }
    try:
        await asyncio.to_thread(partial(services.trail.add, services.clock(), **said))
    except (OSError, sqlite3.Error):
        log.exception(
            "the audit log did not take an entry: %s by %s from %s: %d", what, named, said["address"], status
        )
