"""Two officers at once: a word from a page that is no longer true is refused and told who was first.

`GET /v1/incidents/{id}` gives the number of the last word in `ETag`; `If-Match` sends it back. Where several
servers write one log, the order of the log decides: the word names those that its author knew.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from streams.serve.desk.heard import judged
from streams.serve.doors import ASKER
from streams.serve.history import names
from streams.serve.ingest import LOCKS
from streams.serve.problems import Problem, problem
from streams.serve.services import SERVICES, Services

Known = tuple[str, ...] | None
_TAG = re.compile(r'"(\d{1,18})"')

JUDGED_WITHIN_S, ASKED_EVERY_S = 2.0, 0.05
"""So long an answer waits for the judge where another server may have been first; later the page shows it."""


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


async def in_turn(
    request: web.Request,
    incident_id: str,
    what: str,
    write: Callable[[Known], Awaitable[None]],
    word_id: str = "",
) -> bool:
    """Have one word after the other written on an incident; raises a 409 problem that names who was first.

    `write` is given the ids of the words that the author knew, None where `If-Match` asks for nothing.
    `word_id` is that of the word in the log, empty for what only this desk keeps. False: another server
    may have been first, and the judge has not said so yet.
    """
    services, wanted = request.app[SERVICES], expected(request)
    desk = services.desk
    if desk is None:
        await write(None)
        return True
    every = await asyncio.to_thread(names, services.store, incident_id)
    async with request.app[LOCKS].setdefault(f"word:{incident_id}", asyncio.Lock()):
        last = await asyncio.to_thread(desk.last_word, every)
        if wanted is not None and wanted != (last.number if last else 0):
            raise _refusal(last._asdict() if last else {})
        knew = None if wanted is None else await asyncio.to_thread(desk.known, every)
        await write(knew)
        who = request[ASKER]
        await asyncio.to_thread(
            desk.say, incident_id, services.clock(), who.key_id, who.person, what, word_id
        )
    return knew is None or not word_id or not services.shared or await _judged(services, word_id, knew)


async def _judged(services: Services, word_id: str, knew: Known) -> bool:
    """Wait a moment for the judge and say whether it has spoken.

    Raises the 409 problem of a word before which another came into the log.
    """
    for _ in range(int(JUDGED_WITHIN_S / ASKED_EVERY_S)):
        one = await asyncio.to_thread(judged, services.store, word_id)
        if one is not None and one.knew != knew:
            one = None  # said before, and refused then
        if one is not None and one.reason is not None and one.reason.code == "not_first":
            assert services.desk is not None
            await asyncio.to_thread(services.desk.unsay, word_id)
            first = await asyncio.to_thread(services.desk.word, one.reason.ref)
            raise _refusal(first._asdict() if first else {"who": "", "what": one.reason.detail})
        if one is not None:
            return True
        await asyncio.sleep(ASKED_EVERY_S)
    return False


def _refusal(first: dict[str, Any]) -> Problem:
    said = f"{first.get('person') or first.get('who', '')} was first: {first.get('what', '')}"
    return problem(409, f"{said} at {first.get('at', '')}", more={"first": first})
