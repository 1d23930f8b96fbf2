"""What the server says of itself: alive, ready, metrics, about."""

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from schemas.codec import encode
from streams.clocks import OFF
from streams.hops.build import software
from streams.jurisdiction import in_force
from streams.serve import base_map
from streams.serve.layers import region_of
from streams.serve.observed import lost
from streams.serve.page_words import about_profile
from streams.serve.reading import json_response
from streams.serve.retention import judged_until
from streams.serve.services import SERVICES, Services

NAMED = 5
"""So many sources of one loss are named in a warning."""


async def livez(_request: web.Request) -> web.Response:
    """Answer that the loop turns."""
    return json_response(encode({"alive": True}))


async def readyz(request: web.Request) -> web.Response:
    """Answer 200 when everything is ready, else 503 with the reasons; `degraded` is no reason."""
    services = request.app[SERVICES]
    reasons = [reason for check in services.readiness if (reason := check())]
    answer = {"ready": not reasons, "reasons": reasons, "degraded": services.degraded}
    response = json_response(encode(answer))
    response.set_status(503 if reasons else 200)
    return response


async def metrics(request: web.Request) -> web.Response:
    """Answer with the Prometheus text."""
    services = request.app[SERVICES]
    judged = await asyncio.to_thread(judged_until, services.store)
    if judged is not None and not services.open_reading:  # The demo has a clock of its own.
        services.metrics.lag.set(max(0.0, (services.clock() - judged).total_seconds()))
    services.metrics.settings_refused.set(bool(services.degraded))
    services.metrics.blind.set(len(await asyncio.to_thread(lost, services.store)))
    if services.ingress is not None:
        clocks, now = services.ingress.clocks, services.clock()
        services.metrics.clocks(clocks.suspects(now), ours=clocks.blames_ours(now))
    return web.Response(body=services.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def about(request: web.Request) -> web.Response:
    """Answer with what the page shows about this installation."""
    services = request.app[SERVICES]
    settings, profile = services.settings, in_force(services.settings)
    own = {
        **about_profile(profile),
        "software": software(),
        "now": services.clock(),
        "settings": settings.name,
        "zone": profile.zone,
        "map_number": settings.map_number,
        "demo": services.open_reading,
        "region_version": region_of(services).version,
        "layers": sorted(region_of(services).layers),
        "libraries": _libraries(services),
        "base": base_map.told(settings.map),
        "warnings": [*_warnings(services), *await asyncio.to_thread(_lost, services)],
        "last_seq": await asyncio.to_thread(services.store.last_sequence),
    }
    return json_response(encode({**services.about, **own}))


def _warnings(services: Services) -> list[dict[str, str]]:
    """Return whose clock is suspect; when it is ours, that stands first."""
    if services.ingress is None:
        return []
    clocks, now = services.ingress.clocks, services.clock()
    found = [
        {"warning": f"{'off' if one.direction in OFF else 'clock'}_{one.direction}", "source": one.source}
        for one in clocks.suspects(now)
    ]
    return [{"warning": "own_clock"}, *found] if clocks.blames_ours(now) else found


def _lost(services: Services) -> list[dict[str, str]]:
    """Return which sources are lost, one line for each loss."""
    between = in_force(services.settings).first.list_separator
    return [
        {"warning": "blind", "source": between.join(one["sources"][:NAMED])} for one in lost(services.store)
    ]


def _libraries(services: Services) -> list[str]:
    """Return the browser libraries that were brought, so that the page asks for no others."""
    vendor = services.static / "vendor"
    every = sorted(one.name for one in vendor.iterdir()) if vendor.is_dir() else []
    return [one for one in every if not one.startswith("page-")]
