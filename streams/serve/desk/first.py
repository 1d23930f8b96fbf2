"""Two officers at once: a word from a page that is no longer true is refused and told who was first.

`GET /v1/incidents/{id}` gives the number of the last word in `ETag`; `If-Match` sends it back.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from streams.serve.doors import ASKER
from streams.serve.history import names
from streams.serve.ingest import LOCKS
from streams.serve.problems import problem
from streams.serve.services import SERVICES

T = TypeVar("T")
_TAG = re.compile(r'"(\d{1,18})"')


def tag_of(number: int) -> str:
    """Return the `ETag` of an incident after its word of this number, 0 before the first."""
    return f'"{number}"'


def expected(request: web.Request) -> int | None:
    """Return the number in `If-Match`, None without one; raises a 400 problem."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    found = _TAG.fullmatch(text.strip())
    if found is None:
        raise problem(400, 'If-Match takes the ETag of the incident, such as "17"')
    return int(found[1])


async def in_turn(request: web.Request, incident_id: str, what: str, write: Callable[[], Awaitable[T]]) -> T:
    """Have one word after the other written on an incident; raises a 409 problem that names who was first."""
    services, wanted = request.app[SERVICES], expected(request)
    desk = services.desk
    if desk is None:
        return await write()
    every = await asyncio.to_thread(names, services.store, incident_id)
    async with request.app[LOCKS].setdefault(f"word:{incident_id}", asyncio.Lock()):
        last = await asyncio.to_thread(desk.last_word, every)
        if wanted is not None and wanted != (last.number if last else 0):
            first = last._asdict() if last else {}
            said = f"{first.get('person') or first.get('who', '')} was first: {first.get('what', '')}"
            raise problem(409, f"{said} at {first.get('at', '')}", more={"first": first})
        done = await write()
        who = request[ASKER]
        await asyncio.to_thread(desk.say, incident_id, services.clock(), who.key_id, who.person, what)
    return done
