"""Questions to the region in force: what lies at a position, and where a name is."""

import asyncio

from aiohttp import web

from schemas.codec import encode
from streams.jurisdiction import in_force
from streams.naming import one_in_language
from streams.region.asking import LIMIT, MAX_LIMIT, found, where
from streams.serve.filters import whole
from streams.serve.layers import region_of
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.services import SERVICES

MOST_RADIUS_M = 50_000.0
LONGEST = 100
"""Letters of a name that is searched."""


def _number(text: str, name: str, least: float, most: float) -> float:
    """Return a number within its range; raises a 400 problem that names the parameter."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise problem(400, f"{name} is a number from {least:g} to {most:g}")
    return value


def position(lon: str, lat: str) -> tuple[float, float]:
    """Return longitude and latitude, WGS 84 degrees; raises a 400 problem."""
    return _number(lon, "lon", -180, 180), _number(lat, "lat", -90, 90)


async def place(request: web.Request) -> web.Response:
    """Answer with everything the region knows of `lon`, `lat` (WGS 84) and `radius_m`."""
    services, query = request.app[SERVICES], request.query
    lon, lat = position(query.get("lon", ""), query.get("lat", ""))
    radius_m = _number(query.get("radius_m", "100"), "radius_m", 0, MOST_RADIUS_M)
    profile = in_force(services.settings)
    region = one_in_language(region_of(services), profile.languages[0])
    return json_response(encode(await asyncio.to_thread(where, region, profile, lon, lat, radius_m)))


async def names(request: web.Request) -> web.Response:
    """Answer with the names that fit `q`, the nearest to `near` (longitude,latitude) first."""
    query = request.query
    text = query.get("q", "").strip()
    if not 0 < len(text) <= LONGEST:
        raise problem(400, f"q is a text of 1 to {LONGEST} letters")
    near = None
    if "near" in query:
        lon, _, lat = query["near"].partition(",")
        near = position(lon, lat)
    region, limit = region_of(request.app[SERVICES]), whole(query, "limit", LIMIT, MAX_LIMIT)
    if region.place_names is None:
        raise problem(404, "the region has no place names")
    return json_response(encode({"names": await asyncio.to_thread(found, region, text, near, limit)}))
