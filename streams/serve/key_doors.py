"""`/v1/keys`: an administrator makes, lists and revokes keys of programs; the secret is shown once."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from schemas.codec import Unreadable, decode, encode
from streams.serve.accounts.doors import Areas, Days, Roles, check_areas
from streams.serve.audited import DETAIL
from streams.serve.doors import ASKER
from streams.serve.ingest import small_body
from streams.serve.keys import shown
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.services import SERVICES


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a new key; without areas it sees everywhere, without days it never ends."""

    roles: Roles
    note: Annotated[str, Meta(max_length=200, description="Whose it is, such as a station.")] = ""
    areas: Areas = ()
    days: Days | None = None


async def keys(request: web.Request) -> web.Response:
    """Answer with every key ever made, the oldest first; no secret is in it."""
    services = request.app[SERVICES]
    every = await asyncio.to_thread(services.keys.listed)
    return json_response(encode({"keys": [shown(one, services.clock()) for one in every]}))


async def make(request: web.Request) -> web.Response:
    """Answer 201 with the key and its secret: shown now and never again."""
    given = decode(await small_body(request), NewKey)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"roles": ["viewer"], "note": "wall"}}: {given.why}', code="malformed")
    check_areas(request, given.areas)
    services = request.app[SERVICES]
    now = services.clock()
    ends = now + timedelta(days=given.days) if given.days is not None else None
    try:
        args = (frozenset(given.roles), now, given.note, ends, given.areas)
        key, secret = await asyncio.to_thread(services.keys.create, *args)
    except ValueError as error:
        raise problem(422, str(error)) from error
    request[DETAIL] = f"key {key.key_id} {','.join(sorted(key.roles))} {','.join(key.areas)}".strip()
    response = json_response(encode({**shown(key, now), "key": secret}))
    response.set_status(201)
    return response


async def revoke(request: web.Request) -> web.Response:
    """Answer with the key as it is now; it and its sessions open nothing from here on."""
    key_id, services = request.match_info["key_id"], request.app[SERVICES]
    if request[ASKER].key_id == key_id:
        raise problem(
            409, "nobody revokes the key that they come with: another administrator does", code="own_key"
        )
    request[DETAIL] = f"key {key_id[:40]}"
    now = services.clock()
    if not await asyncio.to_thread(services.keys.revoke, key_id, now):
        raise problem(404, "no key in force has this id", code="no_such_key")
    every = await asyncio.to_thread(services.keys.listed)
    return json_response(encode(next(shown(one, now) for one in every if one.key_id == key_id)))


DOORS: tuple[dict[str, Any], ...] = (
    {
        "method": "GET",
        "path": "/v1/keys",
        "handler": keys,
        "roles": frozenset({"admin", "auditor"}),
        "about": "Keys of programs, without the keys themselves",
    },
    {
        "method": "POST",
        "path": "/v1/keys",
        "handler": make,
        "roles": frozenset({"admin"}),
        "about": "Make a key; it is shown once",
        "body": ("application/json",),
        "given": NewKey,
        "status": 201,
        "noted": True,
    },
    {
        "method": "DELETE",
        "path": "/v1/keys/{key_id}",
        "handler": revoke,
        "roles": frozenset({"admin"}),
        "about": "End a key and its sessions",
        "noted": True,
    },
)
