"""`/v1/drills`: a mock fire now, by the way the daily one goes, and how each that was held was judged.

None begins while a fire of grade I or II is open in its county, nor beside another of its name.
"""

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp import web
from msgspec import Struct

from schemas.codec import Unreadable, decode, encode
from schemas.drill import Rehearsal
from schemas.units import UtcTime
from streams.hops.drill import RADIUS_M
from streams.serve.doors import ASKER
from streams.serve.filters import whole
from streams.serve.gateways import ears_of
from streams.serve.ingest import UNWRITTEN, refused, small_body
from streams.serve.layers import region_of
from streams.serve.problems import problem
from streams.serve.services import SERVICES, Services
from streams.telling import drill_book
from streams.telling.drill import asked_for, put


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: which of the settings' drills."""

    name: str


class Begun(Struct, frozen=True, kw_only=True):
    """The answer: under which id it is listed, and when it is judged."""

    drill_id: str
    judged_at: UtcTime
    accepted: bool = True


class Listed(Struct, frozen=True, kw_only=True):
    """Drills that were held, newest first."""

    drills: list[drill_book.Held]


async def hold(request: web.Request) -> web.Response:
    """Answer 202 once the log has it; 404 for no such drill, 409 with the reason why none is held now."""
    services, now = request.app[SERVICES], request.app[SERVICES].clock()
    given = decode(await small_body(request), Wanted)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"name": "…"}}: {given.why}', code="malformed")
    one = next((each for each in services.told.drills if each.name == given.name), None)
    if one is None:
        raise problem(404, "no drill of this name in the settings, table drills")
    ears = ears_of(services)
    why = await asyncio.to_thread(hindrance, services, one)
    if why:
        raise problem(409, why)
    drill = asked_for(one, ears.profile.zone, now)
    begun = await asyncio.to_thread(
        drill_book.begin, services.store, one.name, drill, now, request[ASKER].key_id
    )
    if not begun:
        raise problem(409, "one of this name began this very second")
    try:
        await put(ears, drill, now)
    except UNWRITTEN as error:
        await asyncio.to_thread(drill_book.drop, services.store, drill)
        raise refused(error) from error
    return _json(Begun(drill_id=drill.drill_id, judged_at=now + timedelta(seconds=one.within_s)), status=202)


async def listed(request: web.Request) -> web.Response:
    """Answer with the drills that were held and how each was judged, newest first."""
    services, limit = request.app[SERVICES], whole(request.query, "limit", 100, 1000)
    return _json(Listed(drills=await asyncio.to_thread(drill_book.listed, services.store, limit)))


def hindrance(services: Services, one: Rehearsal) -> str:
    """Return why no drill of these settings can begin now, or nothing."""
    if running := drill_book.under_way(services.store, one.name):
        return f"{running[0].drill.drill_id} is under way"
    places = region_of(services).places(one.longitude, one.latitude, RADIUS_M)
    grave = drill_book.grave(services.store, places)
    return f"{grave}, a fire of grade I or II, is open there: no drill beside it" if grave else ""


def _json(answer: object, status: int = 200) -> web.Response:
    return web.Response(body=encode(answer), status=status, content_type="application/json")


DOORS: tuple[dict[str, Any], ...] = (
    {
        "method": "POST",
        "path": "/v1/drills",
        "handler": hold,
        "roles": frozenset({"operator", "admin"}),
        "about": "Begin a drill now",
        "body": ("application/json",),
        "given": Wanted,
        "answer": Begun,
        "status": 202,
        "noted": True,
    },
    {
        "method": "GET",
        "path": "/v1/drills",
        "handler": listed,
        "roles": frozenset({"operator", "admin", "auditor"}),
        "about": "Drills that were held, and how each was judged",
        "query": ("limit",),
        "answer": Listed,
    },
)
