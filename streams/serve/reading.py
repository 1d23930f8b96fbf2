"""The answers of reading: collections, one alert, one incident, silences and dead letters."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from schemas.codec import encode
from schemas.reason import REASONS
from streams.serve import queries
from streams.serve.doors import still_admitted
from streams.serve.features import GEOJSON, feature, feature_collection, links
from streams.serve.filters import MAX_LIMIT, wanted, whole
from streams.serve.history import incident_story
from streams.serve.interchange import document
from streams.serve.problems import problem
from streams.serve.queries import Collection
from streams.serve.scoping import marks_of, sees_of
from streams.serve.services import SERVICES, Services
from streams.serve.sse import stream_alerts
from streams.serve.timeline_csv import timeline_csv

NDJSON_LIMIT = 100


def json_response(body: bytes, media: str = "application/json") -> web.Response:
    """Return bytes of JSON that no cache keeps."""
    return web.Response(body=body, content_type=media, headers={"Cache-Control": "no-store"})


async def _collection(request: web.Request, collection: Collection) -> web.Response:
    asked = wanted(request.query, collection.choices, marks_of(request), collection.fields)
    store, sees = request.app[SERVICES].store, sees_of(request)

    def page() -> bytes:
        found = queries.listed(store, collection, asked)
        return feature_collection(collection, found, asked, request.rel_url, sees)

    return json_response(await asyncio.to_thread(page), GEOJSON)


async def alerts(request: web.Request) -> web.Response:
    """Answer with the latest revision of each alert, the one that changed last first."""
    return await _collection(request, queries.ALERTS)


async def incidents(request: web.Request) -> web.Response:
    """Answer with incidents, the one that changed last first."""
    return await _collection(request, queries.INCIDENTS)


async def detections(request: web.Request) -> web.Response:
    """Answer with detections, the last kept first."""
    return await _collection(request, queries.DETECTIONS)


async def stream(request: web.Request) -> web.StreamResponse:
    """Answer with the live stream of alerts."""
    services = request.app[SERVICES]
    with services.metrics.stream_clients.track_inprogress():
        sees = sees_of(request)
        told = (services.store, services.broadcast, services.heartbeat_s, sees)
        return await stream_alerts(request, *told, lambda: still_admitted(request))


async def alert(request: web.Request) -> web.Response:
    """Answer with one alert, latest or `?revision=N`, as `.json` (also without it), `.geojson` or `.cap`."""
    name, form = _name_and_form(request.match_info["alert_id"], (".json", ".geojson", ".cap"))
    revision = whole(request.query, "revision", 0, 2**31) or None
    found, sees = (
        await asyncio.to_thread(queries.alert, request.app[SERVICES].store, name, revision),
        sees_of(request),
    )
    if found is None or not (sees is None or sees(found[1])):
        raise problem(404, "no such alert or revision")
    if form == ".cap":
        return await document(request, name, revision)
    sequence, body = found
    if form == ".geojson":
        return json_response(encode(feature("alerts", sequence, body)), GEOJSON)
    return json_response(body)


async def incident(request: web.Request) -> web.Response:
    """Answer with one incident under any id it was ever shown under, and its timeline."""
    name, form = _name_and_form(request.match_info["incident_id"], (".json", ".csv"))
    story = await asyncio.to_thread(incident_story, request.app[SERVICES].store, name)
    sees = sees_of(request)
    if story is None or not (sees is None or sees(bytes(story["incident"]))):
        raise problem(404, "no such incident", code="no_such_incident")
    if form == ".csv":
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=timeline_csv(story), content_type="text/csv", headers=headers)
    words = await asyncio.to_thread(_words, request.app[SERVICES], story["names"])
    response = json_response(encode({**story, "words": words}))
    response.headers["ETag"] = f'"{words[-1]["number"] if words else 0}"'
    return response


def _words(services: Services, every: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what officers said of an incident; the number of the last is its `ETag`."""
    return [] if services.desk is None else [one._asdict() for one in services.desk.words(every)]


def _name_and_form(text: str, forms: tuple[str, ...]) -> tuple[str, str]:
    for form in forms:
        if text.endswith(form):
            return text.removesuffix(form), form
    return text, ""


async def silences(request: web.Request) -> web.Response:
    """Answer with why observations led to no alert, newest first."""
    limit = whole(request.query, "limit", 100, MAX_LIMIT)
    observation_id, code = request.query.get("observation_id"), request.query.get("code")
    if code is not None and code not in REASONS:
        raise problem(400, "code is one of the reason codes in schemas/README.md")
    store = request.app[SERVICES].store
    found = await asyncio.to_thread(queries.silences, store, observation_id, code, limit, marks_of(request))
    return json_response(encode({"silences": [msgspec.Raw(body) for body in found]}))


async def dead_letters(request: web.Request) -> web.Response:
    """Answer with what could not be read, newest first, page by page."""
    limit = whole(request.query, "limit", 100, 1000)
    before = whole(request.query, "before", 0, 2**63 - 1) or None
    store, marks = request.app[SERVICES].store, marks_of(request)
    found = await asyncio.to_thread(queries.dead_letters, store, before, limit, marks)
    last = found[limit - 1][0] if len(found) > limit else None
    letters = [msgspec.Raw(body) for _, body in found[:limit]]
    page = {"dead_letters": letters, "links": list(links(request.rel_url, last, "application/json"))}
    return json_response(encode(page))


async def dead_letter(request: web.Request) -> web.Response:
    """Answer with one thing that could not be read."""
    letter_id = request.match_info["letter_id"]
    store, marks = request.app[SERVICES].store, marks_of(request)
    found = await asyncio.to_thread(queries.dead_letter, store, letter_id, marks)
    if found is None:
        raise problem(404, "no such dead letter")
    return json_response(found)
