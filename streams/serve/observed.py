"""Who observes, and since when nobody has looked: sources by their last look, protected areas by theirs."""

import asyncio
from datetime import datetime
from typing import Any

from aiohttp import web

from detectors.region import Region
from detectors.trust.expected import Expecting
from schemas.codec import Unreadable, decode, encode
from schemas.detection import Presence
from streams.hops.blind_incident import last_look
from streams.hops.board import view_of
from streams.hops.build import expecting_of
from streams.serve.layers import region_of
from streams.serve.reading import json_response
from streams.serve.services import SERVICES
from streams.serve.store import Store
from streams.serve.thresholds import settings_now

MOST_AREAS = 2000
"""Protected areas that are told, those that were not observed for longest first."""


def presences(store: Store) -> list[Presence]:
    """Return what was heard of every source, by name."""
    found = [decode(body, Presence) for (body,) in store.read("SELECT body FROM presence ORDER BY source")]
    return [one for one in found if not isinstance(one, Unreadable)]


def lost(store: Store) -> list[dict[str, Any]]:
    """Return the losses of observation that are open: incident, grade, sources, since when."""
    sql = (
        "SELECT body FROM incident JOIN incident_revision AS revision ON revision.seq = incident.seq"
        " WHERE incident.kind = 'blind' AND incident.status = 'open' ORDER BY incident.from_us"
    )
    named = ("incident_id", "grade", "sources", "opened_at")
    bodies = (decode(body, dict[str, Any]) for (body,) in store.read(sql))
    return [{name: body[name] for name in named} for body in bodies if not isinstance(body, Unreadable)]


def told(store: Store, region: Region, expecting: Expecting) -> dict[str, Any]:
    """Return sources, losses and protected areas; an area that nobody ever looked at is null, not zero."""
    placed, heard = expecting.placed(region), presences(store)
    looks = [
        (one.looked_at, view)
        for one in heard
        if one.looked_at is not None and (view := view_of(one, placed.get(one.source), None)) is not None
    ]
    return {
        "lost": lost(store),
        "sources": [
            {
                "source": one.source,
                "source_class": one.source_class,
                "looked_at": one.looked_at,
                "unable_at": one.unable_at,
                "unable": one.unable,
                "is_expected": one.source in placed or expecting.match(one.source) is not None,
            }
            for one in heard
        ],
        "protected_areas": _areas(region, looks),
    }


def _areas(region: Region, looks: list[tuple[datetime, Any]]) -> list[dict[str, Any]]:
    layer = region.layers.get("protected_areas")
    if layer is None:
        return []
    rows = zip(layer.ids(), layer.names(), layer.geometries(), strict=True)
    found = [(last_look(shape, looks), one, name) for one, name, shape in rows]
    found.sort(key=lambda row: (row[0] is not None, row[0], row[1]))
    return [
        {"place_id": one, "name": name, "not_observed_since": last} for last, one, name in found[:MOST_AREAS]
    ]


async def observed(request: web.Request) -> web.Response:
    """Answer with who observes and since when each protected area was not observed."""
    services = request.app[SERVICES]
    expecting = expecting_of(await asyncio.to_thread(settings_now, services))
    answer = await asyncio.to_thread(told, services.store, region_of(services), expecting)
    return json_response(encode(answer))
