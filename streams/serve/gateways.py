"""`/v1/gateways/{channel}/{word}`: an SMS or voice gateway tells what became of messages and what came back.

Gateways know no keys, so a secret word stands in the address. It is read from the variable that
`callback_env` of the channel names.
"""

import hmac
import logging

from aiohttp import web

from alerts.channels import Exit
from alerts.channels.base import Incoming
from streams.hops.build import ways_out
from streams.jurisdiction import in_force
from streams.serve.doors import FAILURES, address
from streams.serve.ingest import UNWRITTEN, refused
from streams.serve.problems import problem
from streams.serve.services import SERVICES, Services
from streams.telling.hearing import Ears
from streams.transport.secret import secrets_in

MAX_BODY = 1024 * 1024
"""Bytes of one callback; gateways send at most a few hundred entries."""

log = logging.getLogger(__name__)


async def hear(request: web.Request) -> web.Response:
    """Take in what a gateway says; 404 for a wrong word, 400 for what cannot be read, 503 if not written."""
    services = request.app[SERVICES]
    name = request.match_info["channel"]
    way = ways_out(services.told).get(name)
    if way is None or way.channel.hears is None or not _knows_the_word(request, services, way):
        if request.app[FAILURES].add(address(request), services.clock()):
            raise problem(429, "too many wrong words from this address", {"Retry-After": "60"})
        raise problem(404, "no such gateway")
    incoming = Incoming(dict(request.query), await _body(request))
    try:
        hearing = way.channel.hears(way.given, incoming)
    except ValueError as error:
        services.metrics.heard.labels(name, "unread").inc()
        raise problem(400, f"not understood: {error}") from error
    ears = ears_of(services)
    for heard in hearing.heard:
        try:
            what = await ears.take(name, heard, services.clock())
        except UNWRITTEN as error:
            raise refused(error) from error
        services.metrics.heard.labels(name, what).inc()
    return web.Response(body=hearing.reply, content_type=hearing.media)


def ears_of(services: Services) -> Ears:
    """Return what makes sense of what comes in; raises a 503 problem where nothing can be written."""
    if services.writer is None:
        raise problem(503, "this server takes nothing in", code="takes_nothing_in")
    return Ears(services.store, services.writer, services.told, in_force(services.told))


def _knows_the_word(request: web.Request, services: Services, way: Exit) -> bool:
    variable = getattr(way.given.options, "callback_env", "")
    words = secrets_in(variable, services.environ) if variable else ()
    given = request.match_info["word"].encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(one.encode(), given) for one in words)


async def _body(request: web.Request) -> bytes:
    body = b""
    while part := await request.content.read(MAX_BODY + 1 - len(body)):
        body += part
        if len(body) > MAX_BODY:
            raise problem(413, "a callback has at most 1 MB")
    return body
