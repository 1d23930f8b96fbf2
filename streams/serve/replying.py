"""`/v1/reply/{token}`: the page behind the one-tap link of a message; only its button answers.

Previews and virus scanners follow links, so GET asks and POST answers. A link answers once that it was read
and once what was found; a forged, used or late one is refused, counted, and changes nothing.
"""

import asyncio
import hashlib
from html import escape
from typing import cast, get_args

import msgspec
from aiohttp import web

from alerts.link import Claim, LinkError, checked, key_of
from schemas.alert import Alert
from schemas.notice import Says
from schemas.wording import Words
from streams.jurisdiction import in_force
from streams.serve import queries
from streams.serve.body import start_of
from streams.serve.doors import FAILURES, address
from streams.serve.gateways import ears_of
from streams.serve.ingest import UNWRITTEN, refused
from streams.serve.problems import problem
from streams.serve.rows import microseconds
from streams.serve.services import SERVICES, Services
from streams.transport.secret import secrets_in

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


async def ask(request: web.Request) -> web.Response:
    """Answer with the page that asks once more; 410 for a link that is not genuine or over."""
    services = request.app[SERVICES]
    claim, words = _claim(request), in_force(services.told).first
    found = None if claim is None else await asyncio.to_thread(queries.alert, services.store, claim.alert_id)
    if claim is None or found is None:
        return _page(words, 410, f"<p>{escape(words.page.refused)}</p>")
    alert = msgspec.json.decode(found[1], type=Alert)
    language = in_force(services.told).languages[0]
    question = words.page.question.format(
        code=alert.short_code, headline=alert.headline.get(language, alert.alert_id)
    )
    buttons = "".join(
        f'<p><button name="says" value="{says}">{escape(words.page.says[says])}</button></p>'
        for says in get_args(Says)
    )
    return _page(words, 200, f'<p>{escape(question)}</p><form method="post">{buttons}</form>')


async def answer(request: web.Request) -> web.Response:
    """Take the answer; 410 for a link that is not genuine, over, or used for this already."""
    services = request.app[SERVICES]
    claim, words = _claim(request), in_force(services.told).first
    given = await start_of(request, 200)
    says = next((one for one in get_args(Says) if given == f"says={one}".encode()), None)
    if claim is None or says is None:
        return _page(words, 410, f"<p>{escape(words.page.refused)}</p>")
    mark = "link/" + hashlib.sha256(f"{request.match_info['token']} {says == 'seen'}".encode()).hexdigest()
    now = services.clock()
    sql = "INSERT OR IGNORE INTO mark VALUES (?, ?)"
    if await asyncio.to_thread(services.store.write, sql, (mark, microseconds(now))) != 1:
        services.metrics.heard.labels("link", "replayed").inc()
        return _page(words, 410, f"<p>{escape(words.page.refused)}</p>")
    try:
        await ears_of(services).answer(claim.receiver, claim.alert_id, cast("Says", says), "link", now)
    except UNWRITTEN as error:
        await asyncio.to_thread(services.store.write, "DELETE FROM mark WHERE name = ?", (mark,))
        raise refused(error) from error
    services.metrics.heard.labels("link", "answer").inc()
    return _page(words, 200, f"<p>{escape(words.page.thanks)}</p>")


def _claim(request: web.Request) -> Claim | None:
    """Return what a genuine link says, None for any other; too many of those from one address are refused."""
    services = request.app[SERVICES]
    try:
        key = _key(services)
        names = (one.name for one in services.told.receivers)
        return checked(key, request.match_info["token"], names, services.clock())
    except LinkError:
        services.metrics.heard.labels("link", "refused").inc()
        if request.app[FAILURES].add(address(request), services.clock()):
            raise problem(429, "too many bad links from this address", {"Retry-After": "60"}) from None
        return None


def _key(services: Services) -> bytes:
    name = services.told.office.link_secret_env
    try:
        return key_of(secrets_in(name, services.environ) if name else ())
    except ValueError as error:
        raise LinkError(str(error)) from error


def _page(words: Words, status: int, inside: str) -> web.Response:
    title = escape(words.page.title)
    text = (
        f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><h1>{title}</h1>{inside}"
    )
    return web.Response(status=status, text=text, content_type="text/html", headers=HEADERS)
