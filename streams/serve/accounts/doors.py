"""`/v1/accounts`: an administrator adds people, gives roles and areas, resets and locks; all of it noted."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from aiohttp import web
from msgspec import Meta, Struct

from schemas.codec import Unreadable, decode, encode
from streams.serve.accounts.account import Account
from streams.serve.accounts.areas import areas_of, unknown_area
from streams.serve.accounts.book import Accounts
from streams.serve.accounts.keeping import NAME, NAME_RULE, new_account, shown, with_code, with_new_password
from streams.serve.audited import DETAIL
from streams.serve.doors import ASKER
from streams.serve.ingest import small_body
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.services import SERVICES

Role = Literal["ingest", "viewer", "ranger", "operator", "admin", "auditor", "quarantine"]
Roles = Annotated[tuple[Role, ...], Meta(min_length=1, max_length=7)]
Areas = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...], Meta(max_length=50)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class Added(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a new account; without areas it sees everywhere, without days it never ends."""

    name: str
    person: Annotated[str, Meta(max_length=60)] = ""
    roles: Roles
    areas: Areas = ()
    days: Days | None = None


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a change: what is done, and for `set` the roles, areas and days from now."""

    do: Literal["lock", "unlock", "password", "totp", "totp_off", "set"]
    person: Annotated[str, Meta(max_length=60)] | None = None
    roles: Roles | None = None
    areas: Areas | None = None
    days: Days | Literal["never"] | None = None


async def accounts(request: web.Request) -> web.Response:
    """Answer with every account; no password and no second factor is in it."""
    book, now = _book(request), request.app[SERVICES].clock()
    every = await asyncio.to_thread(book.listed)
    return json_response(encode({"accounts": [shown(one, now) for one in every]}))


async def add(request: web.Request) -> web.Response:
    """Answer 201 with the account and the password of its first sign-in: shown now and never again."""
    given = decode(await small_body(request), Added)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"name": "li.na", "roles": ["operator"]}}: {given.why}', code="malformed")
    if not NAME.fullmatch(given.name):
        raise problem(422, NAME_RULE, code="account_name")
    check_areas(request, given.areas)
    book, now = _book(request), request.app[SERVICES].clock()
    args = (given.name, given.person, given.roles, given.areas, given.days, now, book.cost)
    one, made = await asyncio.to_thread(new_account, *args)
    request[DETAIL] = f"account {given.name} {','.join(sorted(one.roles))} {','.join(one.areas)}".strip()
    with book.held():
        if book.get(given.name) is not None:
            raise problem(409, "there is an account of this name already", code="account_exists")
        book.put(one)
    response = json_response(encode({**shown(one, now), "password": made}))
    response.set_status(201)
    return response


async def change(request: web.Request) -> web.Response:
    """Answer with the account as it is now, and with a password or address that was made, shown only now."""
    given = decode(await small_body(request), Change)
    if isinstance(given, Unreadable):
        raise problem(400, f'send {{"do": "lock"}}: {given.why}', code="malformed")
    name, book, now = request.match_info["name"], _book(request), request.app[SERVICES].clock()
    if request[ASKER].key_id == f"user/{name}" and given.do in {"lock", "set", "totp_off"}:
        raise problem(
            409, "nobody locks or changes their own account: another administrator does", code="own_account"
        )
    check_areas(request, given.areas or ())
    request[DETAIL] = f"account {name} {given.do} {_told(given)}".strip()
    one, more = await asyncio.to_thread(_changed, book, name, given, now)
    return json_response(encode({**shown(one, now), **more}))


def _changed(book: Accounts, name: str, given: Change, now: datetime) -> tuple[Account, dict[str, Any]]:
    """Keep the change, end the sessions of the account, and return it with what was made."""
    with book.held():
        one = book.get(name)
        if one is None:
            raise problem(404, "no account of this name", code="no_such_account")
        more: dict[str, Any] = {}
        match given.do:
            case "lock":
                one = replace(one, locked_at=now)
            case "unlock":
                one = replace(one, locked_at=None)
            case "password":
                one, more["password"] = with_new_password(one, book.cost)
            case "totp":
                one, more["address"] = with_code(one)
            case "totp_off":
                one = replace(one, one_time="", one_time_used=-1)
            case "set":
                one = replace(one, **_set(given, now))
        book.put(one)
        book.end_sessions_of(name)
    return one, more


def _set(given: Change, now: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if given.person is not None:
        fields["person"] = given.person
    if given.roles is not None:
        fields["roles"] = frozenset(given.roles)
    if given.areas is not None:
        fields["areas"] = given.areas
    if given.days is not None:
        fields["expires_at"] = None if given.days == "never" else now + timedelta(days=given.days)
    return fields


def _told(given: Change) -> str:
    roles = ",".join(sorted(given.roles or ()))
    return " ".join(one for one in (roles, ",".join(given.areas or ()), str(given.days or "")) if one)


def check_areas(request: web.Request, areas: tuple[str, ...]) -> None:
    """Raise 422 for an area that the region does not know: whoever had it would see nothing there."""
    services = request.app[SERVICES]
    region = services.region.at(services.clock())
    unknown = unknown_area(areas_of(region), areas) if areas else None
    if unknown is not None:
        raise problem(422, unknown)


def _book(request: web.Request) -> Accounts:
    book = request.app[SERVICES].accounts
    if book is None:
        raise problem(503, "this server keeps no accounts", code="no_accounts")
    return book


DOORS: tuple[dict[str, Any], ...] = (
    {
        "method": "GET",
        "path": "/v1/accounts",
        "handler": accounts,
        "roles": frozenset({"admin", "auditor"}),
        "about": "People who sign in by name",
    },
    {
        "method": "POST",
        "path": "/v1/accounts",
        "handler": add,
        "roles": frozenset({"admin"}),
        "about": "Add a person; the password of the first sign-in is shown once",
        "body": ("application/json",),
        "given": Added,
        "status": 201,
        "noted": True,
    },
    {
        "method": "POST",
        "path": "/v1/accounts/{name}",
        "handler": change,
        "roles": frozenset({"admin"}),
        "about": "Lock, unlock, reset, or change roles, areas and the end of an account",
        "body": ("application/json",),
        "given": Change,
        "noted": True,
    },
)
