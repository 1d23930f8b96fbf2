"""Browser sessions: a key, or a name with its password, is given once; a cookie carries on."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from schemas.codec import Unreadable, decode, encode
from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.account import Account, Asker
from streams.serve.accounts.admission import Refusal
from streams.serve.accounts.book import SESSION_LASTS, Accounts
from streams.serve.audited import note
from streams.serve.body import start_of
from streams.serve.doors import (
    CHALLENGE,
    COOKIE,
    FAILURES,
    address,
    asker,
    csrf_of,
    is_encrypted,
    known_key,
    presented,
)
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.services import SERVICES

MAX_FORM = 4096
Secret = Annotated[str, Meta(max_length=1000)]

WHY: dict[Refusal, tuple[int, str]] = {
    "wrong": (401, "name, password or code is wrong, or the account is not in force"),
    "too_many": (429, "too many wrong sign-ins under this name; wait a quarter of an hour"),
    "code_needed": (401, "code_needed: this account has a second factor"),
    "password_old": (403, "password_old: choose a new one and send it as new_password"),
}
"""Status and words of a sign-in that is refused."""

NOBODY = Asker("", frozenset())

HEADERS = {401: CHALLENGE, 429: {"Retry-After": "900"}}


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body: a key alone, or a name with its password, and what else is asked for."""

    key: Secret = ""
    name: Secret = ""
    password: Secret = ""
    code: Secret = ""
    new_password: Secret = ""


async def open_session(request: web.Request) -> web.Response:
    """Answer 201 with a cookie, who it is, and the token with which this session writes."""
    services, secret = request.app[SERVICES], presented(request)
    given = SignIn(key=secret) if secret is not None else await _body(request)
    if given.key:
        key = known_key(request, given.key)
        who, cookie = (
            Asker(key.key_id, key.roles, key.areas),
            services.keys.open_session(key, services.clock()),
        )
    else:
        account = await _person(request, given)
        if services.accounts is None:
            raise problem(401, WHY["wrong"][1], CHALLENGE)
        who, cookie = account.asker(), services.accounts.open_session(account, services.clock())
    await note(request, "sign in", 201, "", who.key_id)
    response = json_response(encode(_told(who, cookie)))
    response.set_status(201)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=is_encrypted(request),
    )
    return response


def _told(who: Asker, cookie: str) -> dict[str, object]:
    return {
        "who": who.key_id,
        "person": who.person,
        "roles": sorted(who.roles),
        "areas": list(who.areas),
        "csrf": csrf_of(cookie),
    }


async def _body(request: web.Request) -> SignIn:
    refusal = 'send {"key": "fh_…"} or {"name": …, "password": …} as application/json'
    if request.content_type != "application/json" or (request.content_length or 0) > MAX_FORM:
        raise problem(400, refusal)
    body = decode(await start_of(request, MAX_FORM), SignIn)
    if isinstance(body, Unreadable) or not (body.key or body.name):
        raise problem(400, refusal)
    given: SignIn = body
    return given


async def _person(request: web.Request, given: SignIn) -> Account:
    """Return the account that a name and its password open; raises the problem of a refusal."""
    services = request.app[SERVICES]
    if services.accounts is None:
        raise problem(401, WHY["wrong"][1], CHALLENGE)
    name, now = given.name.strip().lower(), services.clock()
    found = await asyncio.to_thread(services.accounts.sign_in, name, given.password, given.code.strip(), now)
    if found == "password_old" and given.new_password:
        found = await asyncio.to_thread(_changed, services.accounts, name, given, now)
    if isinstance(found, Account):
        return found
    status, words = WHY[found]
    await note(request, "sign in", status, found, f"user/{name}")
    if found == "wrong" and request.app[FAILURES].add(address(request), now):
        raise problem(429, "too many wrong sign-ins from this address", {"Retry-After": "60"})
    raise problem(
        status, words, CHALLENGE if status == 401 else {"Retry-After": "900"} if status == 429 else None
    )


def _changed(accounts: Accounts, name: str, given: SignIn, now: datetime) -> Account:
    """Return the account with its new password; raises a 422 problem that says what is wrong with it."""
    account = accounts.get(name)
    if account is None:
        raise problem(401, WHY["wrong"][1], CHALLENGE)
    wrong = passwords.faults(given.new_password, name, account.password)
    if wrong:
        raise problem(422, f"the new password: {', '.join(wrong)}")
    hashed = passwords.hashed(given.new_password, accounts.cost)
    changed = replace(account, password=hashed, password_at=now, one_time_used=one_time.step_of(now) + 1)
    accounts.put(changed)
    accounts.end_sessions_of(name)
    return changed


async def session(request: web.Request) -> web.Response:
    """Answer with who the session is and its token; nobody has no name and no role."""
    who, cookie = asker(request), request.cookies.get(COOKIE, "")
    if who is None:
        return json_response(encode({**_told(NOBODY, ""), "csrf": ""}))
    return json_response(encode(_told(who, cookie)))


async def end_session(request: web.Request) -> web.Response:
    """Answer 204; the session, if there was one, is over."""
    cookie, services = request.cookies.get(COOKIE), request.app[SERVICES]
    if cookie:
        services.keys.end_session(cookie)
        if services.accounts is not None:
            services.accounts.end_session(cookie)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/")
    return response
