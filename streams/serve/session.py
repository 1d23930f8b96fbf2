"""Browser sessions: a key is given once, a cookie that scripts cannot read carries on."""

from aiohttp import web

from schemas.codec import Unreadable, decode, encode
from streams.serve.doors import COOKIE, is_encrypted, known_key, presented
from streams.serve.keys import SESSION_LASTS
from streams.serve.problems import problem
from streams.serve.services import SERVICES

MAX_FORM = 4096


async def open_session(request: web.Request) -> web.Response:
    """Answer 201 with a cookie for the key in the header or in the JSON body `{"key": …}`."""
    secret = presented(request) or await _key_in_body(request)
    key = known_key(request, secret)
    services = request.app[SERVICES]
    cookie = services.keys.open_session(key, services.clock())
    response = web.Response(
        status=201, body=encode({"roles": sorted(key.roles)}), content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
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


async def _key_in_body(request: web.Request) -> str:
    if request.content_type != "application/json" or (request.content_length or 0) > MAX_FORM:
        raise problem(400, 'send {"key": "fh_…"} as application/json')
    body = decode(await request.content.read(MAX_FORM), dict[str, str])
    if isinstance(body, Unreadable) or not body.get("key"):
        raise problem(400, 'send {"key": "fh_…"} as application/json')
    return str(body["key"])


async def end_session(request: web.Request) -> web.Response:
    """Answer 204; the session, if there was one, is over."""
    cookie = request.cookies.get(COOKIE)
    if cookie:
        request.app[SERVICES].keys.end_session(cookie)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/")
    return response
