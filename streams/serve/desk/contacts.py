"""`GET /v1/receivers`: whom an officer can send or ring, the nearest first where a place is given.

A person is where they last said; who has not said counts as at the middle of their areas, and that is told.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import shapely
from aiohttp import web

from detectors.geodesy import distance_km
from detectors.region import Region
from schemas.codec import encode
from schemas.receiver import Receiver
from streams.serve.accounts.scope import ground_of
from streams.serve.asking import position
from streams.serve.desk.placing import masked
from streams.serve.doors import ASKER
from streams.serve.reading import json_response
from streams.serve.rows import from_microseconds
from streams.serve.services import SERVICES, Services

SEE_NUMBERS = frozenset({"operator", "admin"})
FRESH = timedelta(hours=12)
"""A position older than a shift says nothing of where somebody is."""

Spot = tuple[float, float, datetime]


async def receivers(request: web.Request) -> web.Response:
    """Answer with name, channel, telephone and areas; with `?near=LON,LAT` also how far each is."""
    services, who = request.app[SERVICES], request[ASKER]
    lon, _, lat = request.query.get("near", "").partition(",")
    near = position(lon, lat) if "near" in request.query else None
    mine = within(services.told.receivers, who.areas)
    plain = bool(who.roles & SEE_NUMBERS)
    found = await asyncio.to_thread(_found, services, mine, near)
    for one in found:
        one["phone"] = one["phone"] if plain else masked(one["phone"])
    return json_response(encode({"receivers": found}))


def within(every: tuple[Receiver, ...], areas: tuple[str, ...]) -> list[Receiver]:
    """Return whom somebody of these areas may send or ring: their own, and those of no area."""
    own = set(areas)
    return [one for one in every if not own or not one.areas or own & set(one.areas)]


def _found(
    services: Services, mine: list[Receiver], near: tuple[float, float] | None
) -> list[dict[str, Any]]:
    now = services.clock()
    spots = _spots(services, now) if near else {}
    region = services.region.at(now)
    found = [_said(one, near, region, spots) for one in mine]
    return sorted(found, key=lambda one: (one.get("distance_km") is None, one.get("distance_km")))


def _spots(services: Services, now: datetime) -> dict[str, Spot]:
    rows = services.store.read("SELECT receiver, longitude, latitude, at_us FROM whereabouts")
    spots = {name: (x, y, from_microseconds(at)) for name, x, y, at in rows}
    return {name: one for name, one in spots.items() if now - one[2] <= FRESH}


def _said(
    one: Receiver, near: tuple[float, float] | None, region: Region, spots: Mapping[str, Spot]
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": one.name,
        "channel": one.channel,
        "phone": one.phone,
        "areas": list(one.areas),
    }
    if near is None:
        return said
    if one.name in spots:
        x, y, at = spots[one.name]
        return {**said, "distance_km": _km(near, x, y), "by": "position", "at": at}
    ground = shapely.Polygon(one.polygon) if len(one.polygon) > 2 else ground_of(region, one.areas)
    if ground.is_empty:
        return {**said, "distance_km": None, "by": ""}
    return {**said, "distance_km": _km(near, ground.centroid.x, ground.centroid.y), "by": "area"}


def _km(near: tuple[float, float], longitude: float, latitude: float) -> float:
    return round(float(distance_km(*near, longitude, latitude)), 1)
