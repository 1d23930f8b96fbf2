"""`create_server`: the aiohttp application from the route table and what it is given."""

import logging
import math

from aiohttp import web

from schemas.codec import encode
from streams.hops.build import software
from streams.serve.audited import noted
from streams.serve.base_map import fetching
from streams.serve.body import MAX_BODY
from streams.serve.contract import OPENAPI, openapi_document
from streams.serve.doors import ASKER, FAILURES, Failures, Handler, address, admit
from streams.serve.ingest import LOCKS, Locks
from streams.serve.limits import Buckets, Kind, kind_of
from streams.serve.manners import check_query
from streams.serve.page_files import PageFiles
from streams.serve.pages import PAGE_FILES, set_security_headers
from streams.serve.problems import Problem, problem, problem_response
from streams.serve.routes import ROUTES, Route
from streams.serve.services import SERVICES, Services

BUCKETS: web.AppKey[Buckets] = web.AppKey("buckets", Buckets)

log = logging.getLogger(__name__)


def create_server(services: Services) -> web.Application:
    """Return the application; it opens no socket and no file itself."""
    app = web.Application(middlewares=[_problems], client_max_size=MAX_BODY)
    app[SERVICES] = services
    app[FAILURES] = Failures()
    app[LOCKS] = Locks()
    app[PAGE_FILES] = PageFiles(services.static)
    app[BUCKETS] = Buckets(services.settings.desk)
    app[OPENAPI] = encode(openapi_document(ROUTES, software()))
    app.on_response_prepare.append(set_security_headers)
    app.on_shutdown.append(_end_streams)
    if services.settings.map.tiles:
        app.cleanup_ctx.append(fetching)
    for route in ROUTES:
        if route.method == "GET":
            app.router.add_get(route.path, _guarded(route))
        else:
            app.router.add_route(route.method, route.path, _guarded(route))
    return app


def _limit(request: web.Request, kind: Kind) -> None:
    """Raise 429 when one person, key or address asks for more than is answered in a minute."""
    services, asker = request.app[SERVICES], request.get(ASKER)
    who = asker.key_id if asker is not None else f"address {address(request)}"
    wait_s = request.app[BUCKETS].wait_s(kind, who, services.clock())
    if wait_s > 0.0:
        services.metrics.limited.labels(kind).inc()
        wait = str(math.ceil(wait_s))
        why, values = "too many requests: see Retry-After", {"seconds": wait}
        raise problem(429, why, {"Retry-After": wait}, code="too_many_requests", values=values)


def _guarded(route: Route) -> Handler:
    kind = kind_of(route.method, route.path)

    async def answer(request: web.Request) -> web.StreamResponse:
        admit(request, route.roles, reading=route.reading, scoped=route.scoped)
        if route.roles is not None:
            _limit(request, kind)
        if route.method == "GET" and route.roles is not None:
            check_query(request, route.query)
        return await route.handler(request)

    return noted(f"{route.method} {route.path}", answer) if route.noted else answer


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as error:
        return problem_response(error.status, error.detail, error.headers, error.more)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {name: value for name, value in error.headers.items() if name in {"Allow", "Content-Range"}}
        return problem_response(error.status, error.reason, kept)
    except Exception:
        # The route, not the request: a query string may hold what must not be logged.
        log.exception("could not answer %s %s", request.method, request.match_info.route.resource)
        return problem_response(500, "the server could not answer; its log says why")


async def _end_streams(app: web.Application) -> None:
    app[SERVICES].broadcast.close()
