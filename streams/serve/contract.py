"""`/openapi.json` from the route table and the Structs, `/asyncapi.json` from the topics."""

import re
from typing import Any

import msgspec
from aiohttp import web

from schemas.codec import encode
from streams.serve.problems import problem
from streams.serve.reading import json_response

PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "table": ({"type": "string", "maxLength": 100}, "Begins with: `data.gwp`; by default all."),
    "hours": ({"type": "integer", "minimum": 1, "maximum": 168, "default": 24}, "So far back, h."),
    "bbox": (
        {"type": "string"},
        "west,south,east,north in degrees, WGS 84; west > east crosses the 180th meridian",
    ),
    "datetime": ({"type": "string"}, "RFC 3339 instant, or interval a/b with .. for an open end"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}, "Most to return"),
    "before": ({"type": "integer", "minimum": 1}, "Where the last page ended; taken from its rel=next link"),
    "after": ({"type": "integer", "minimum": 0}, "Sequence number to resume after, 0 from the beginning"),
    "status": ({"type": "string"}, "One or more, separated by commas"),
    "grade": ({"type": "string"}, "One or more of I, II, III, IV, task, separated by commas"),
    "kind": ({"type": "string"}, "One or more of fire, outbreak, blind, separated by commas"),
    "properties": (
        {"type": "string"},
        "Names of the properties to tell, separated by commas; all without it",
    ),
    "revision": ({"type": "integer", "minimum": 1}, "A revision; the latest without it"),
    "observation_id": ({"type": "string"}, "The observation that was silent"),
    "code": ({"type": "string"}, "Reason code"),
    "lon": ({"type": "number", "minimum": -180, "maximum": 180}, "Longitude, degrees, WGS 84"),
    "lat": ({"type": "number", "minimum": -90, "maximum": 90}, "Latitude, degrees, WGS 84"),
    "radius_m": (
        {"type": "number", "minimum": 0, "maximum": 50000, "default": 100},
        "Radius of uncertainty, m: two standard errors",
    ),
    "q": (
        {"type": "string", "minLength": 1, "maxLength": 100},
        "Chinese, pinyin, initials or a fragment",
    ),
    "by": (
        {"type": "string", "default": "county"},
        "total, incident, stand, owner, project, township, county, city, province, day or close_out",
    ),
    "format": ({"type": "string", "default": "json"}, "json, csv or geojson"),
    "near": ({"type": "string"}, "longitude,latitude: nearer names first"),
    "stage": ({"enum": ["first", "further", "final"], "default": "first"}, "Which report"),
    "form": ({"enum": ["html", "docx"], "default": "html"}, "Page for A4, or Word document"),
    "lang": ({"type": "string"}, "A language of the jurisdiction; its first without it"),
    "day": ({"type": "string", "format": "date"}, "Day in the zone of the jurisdiction; today without it"),
    "hour": ({"type": "integer", "minimum": 1, "maximum": 24, "default": 17}, "Cut-off hour"),
    "incident": ({"type": "string"}, "An outbreak, by any id it had"),
    "trap": ({"type": "string"}, "A trap, as its counts name it"),
    "weeks": ({"type": "integer", "minimum": 1, "maximum": 160, "default": 30}, "Newest whole weeks"),
    "map": ({"type": "string"}, "Mapping of the settings that reads the body"),
}

OPENAPI: web.AppKey[bytes] = web.AppKey("openapi", bytes)


async def openapi(request: web.Request) -> web.Response:
    """Answer with the description of this HTTP interface."""
    return json_response(request.app[OPENAPI])


async def asyncapi(_request: web.Request) -> web.Response:
    """Answer with the description of the topics."""
    try:
        from schemas.export import asyncapi as document  # noqa: PLC0415 - only who asks pays for it
    except ImportError as error:
        raise problem(404, "the topics are not described here") from error
    return json_response(encode(document()))


def openapi_document(routes: tuple[Any, ...], software: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a route table."""
    kinds = sorted(
        {kind for route in routes for kind in (route.answer, route.given) if kind is not None}, key=str
    )
    said, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    shapes = dict(zip(kinds, said, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if route.written:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fenghuo", "version": software},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": _BASIC},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "session": {"type": "apiKey", "in": "cookie", "name": "fenghuo_session"},
            },
        },
    }


_BASIC = "The password is an API key, the name anything; to read only."

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reason": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "string"}},
            "description": "Why, as a code with its values, where there is one.",
        },
    },
}


def _secured(route: Any) -> list[dict[str, list[str]]]:
    """Return the ways to show who one is at this door; none where everybody may pass."""
    if route.roles is None:
        return []
    basic: list[dict[str, list[str]]] = [{"basic": []}] if route.method in {"GET", "HEAD"} else []
    return [{"bearer": []}, {"key": []}, *basic, {"session": []}]


def _operation(route: Any, shapes: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    schema = shapes.get(route.answer, {})
    content = {} if route.status == 204 else {"content": {route.media: {"schema": schema}}}
    refusal = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation: dict[str, Any] = {
        "summary": route.about,
        "parameters": [*_in_path(route.path), *_in_query(route.query)],
        "responses": {
            str(route.status): {"description": route.about, **content},
            "default": {"description": "What went wrong (RFC 9457)", "content": refusal},
        },
        "security": _secured(route),
    }
    if route.roles is not None:
        operation["x-roles"] = sorted(route.roles)
    if route.body:
        shape = {"schema": shapes[route.given]} if route.given is not None else {}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(route.body, shape)}
    return operation


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "schema": PARAMETERS[name][0], "description": PARAMETERS[name][1]}
        for name in names
    ]
