"""Alerts for other systems: one as a CAP document, the latest of all as an Atom feed."""

import asyncio

import msgspec
from aiohttp import web

from alerts import atom, cap
from schemas.alert import Alert
from streams.jurisdiction import in_force
from streams.serve import queries
from streams.serve.filters import wanted
from streams.serve.problems import problem
from streams.serve.scoping import marks_of, sees_of
from streams.serve.services import SERVICES, Services

ATOM = "application/atom+xml"
HEADERS = {"Cache-Control": "no-store"}


def cap_of(services: Services, alert_id: str, revision: int | None) -> str | None:
    """Return the document of an alert's latest or given revision, naming those before it; None: no such."""
    found = queries.alert(services.store, alert_id, revision)
    if found is None:
        return None
    alert = _read(found[1])
    before = [_read(body) for body in queries.revisions(services.store, alert_id, alert.revision)]
    settings = services.settings
    options = msgspec.convert(settings.channels.get("cap", {}), cap.Options)
    return cap.document(options, alert, settings.office, in_force(settings), before)


async def document(request: web.Request, alert_id: str, revision: int | None) -> web.Response:
    """Answer with one alert as a CAP 1.2 document."""
    text = await asyncio.to_thread(cap_of, request.app[SERVICES], alert_id, revision)
    if text is None:
        raise problem(404, "no such alert or revision")
    return web.Response(body=text.encode(), content_type=cap.MEDIA, headers=HEADERS)


async def feed(request: web.Request) -> web.Response:
    """Answer with the latest revision of each alert, the one that changed last first, as Atom."""
    services = request.app[SERVICES]
    asked = wanted(request.query, queries.ALERTS.choices, marks_of(request))
    sees = sees_of(request)
    here = f"{services.settings.office.link or request.url.origin()}{request.path}"

    def page() -> str:
        found = queries.listed(services.store, queries.ALERTS, asked)[: asked.limit]
        alerts = [_read(body) for _, body in found if sees is None or sees(body)]
        updated_at = max((one.issued_at for one in alerts), default=services.clock())
        return atom.feed(alerts, here, updated_at, services.settings.office.cap_sender)

    text = await asyncio.to_thread(page)
    return web.Response(body=text.encode(), content_type=ATOM, headers=HEADERS)


def _read(body: bytes) -> Alert:
    return msgspec.json.decode(body, type=Alert)
