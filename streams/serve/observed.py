"""Who observes, and since when nobody has looked: sources by their last look, protected areas by theirs.

Who sees some areas only is told of the sources and the protected areas in them.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import shapely
from aiohttp import web

from detectors.region import Region
from detectors.trust.expected import Expecting, Watched
from schemas.codec import Unreadable, decode, encode
from schemas.detection import Presence
from streams.hops.blind_incident import last_look
from streams.hops.board import view_of
from streams.hops.build import expecting_of
from streams.serve.layers import region_of
from streams.serve.reading import json_response
from streams.serve.scoping import Sees, ground_of, sees_of
from streams.serve.services import SERVICES
from streams.serve.store import Store
from streams.serve.thresholds import settings_now

MOST_AREAS = 2000
"""Protected areas that are told, those that were not observed for longest first."""


def presences(store: Store) -> list[Presence]:
    """Return what was heard of every source, by name."""
    found = [decode(body, Presence) for (body,) in store.read("SELECT body FROM presence ORDER BY source")]
    return [one for one in found if not isinstance(one, Unreadable)]


def lost(store: Store, sees: Sees | None = None) -> list[dict[str, Any]]:
    """Return the losses of observation that are open: incident, grade, sources, since when.

    `sees` says which are shown; None is all.
    """
    sql = (
        "SELECT body FROM incident JOIN incident_revision AS revision ON revision.seq = incident.seq"
        " WHERE incident.kind = 'blind' AND incident.status = 'open' ORDER BY incident.from_us"
    )
    named = ("incident_id", "grade", "sources", "opened_at")
    shown = (body for (body,) in store.read(sql) if sees is None or sees(body))
    bodies = (decode(body, dict[str, Any]) for body in shown)
    return [{name: body[name] for name in named} for body in bodies if not isinstance(body, Unreadable)]


def told(
    store: Store, region: Region, expecting: Expecting, sees: Sees | None = None, ground: Any = None
) -> dict[str, Any]:
    """Return sources, losses and protected areas; an area that nobody ever looked at is null, not zero.

    `sees` says which losses are shown, `ground` where sources and areas are told of; None is everywhere.
    """
    placed, heard = expecting.placed(region), presences(store)
    losses = lost(store, sees)
    looks = [
        (one.looked_at, view)
        for one in heard
        if one.looked_at is not None and (view := view_of(one, placed.get(one.source), None)) is not None
    ]
    return {
        "lost": losses,
        "sources": [
            {**one, "is_expected": one["source"] in placed or expecting.match(one["source"]) is not None}
            for one in _sources(heard, placed, losses, ground)
        ],
        "protected_areas": _areas(region, looks, ground),
    }


def _sources(
    heard: Sequence[Presence],
    placed: Mapping[str, Watched],
    losses: Sequence[Mapping[str, Any]],
    ground: Any,
) -> Iterator[dict[str, Any]]:
    """Yield what is known of each source, by name: also of one that is lost and was never heard."""
    known = {one.source: one for one in heard}
    lost_in = {source: one["incident_id"] for one in losses for source in one["sources"]}
    for name in sorted({*known, *lost_in}):
        one, watched = known.get(name), placed.get(name)
        at = next((two for two in (watched, one) if two is not None and two.longitude is not None), None)
        lon, lat = (None, None) if at is None else (at.longitude, at.latitude)
        if ground is not None and lon is not None and not shapely.intersects_xy(ground, lon, lat):
            continue
        yield {
            "source": name,
            "name": name if watched is None else watched.name or name,
            "source_class": watched.source_class if one is None and watched else one and one.source_class,
            "longitude": lon,
            "latitude": lat,
            "looked_at": one and one.looked_at,
            "unable_at": one and one.unable_at,
            "unable": one and one.unable,
            "lost_in": lost_in.get(name),
        }


def _areas(region: Region, looks: list[tuple[datetime, Any]], ground: Any) -> list[dict[str, Any]]:
    layer = region.layers.get("protected_areas")
    if layer is None:
        return []
    rows = zip(layer.ids(), layer.names(), layer.geometries(), strict=True)
    found = [
        (last_look(shape, looks), one, name)
        for one, name, shape in rows
        if ground is None or shapely.intersects(ground, shape)
    ]
    found.sort(key=lambda row: (row[0] is not None, row[0], row[1]))
    return [
        {"place_id": one, "name": name, "not_observed_since": last} for last, one, name in found[:MOST_AREAS]
    ]


async def observed(request: web.Request) -> web.Response:
    """Answer with who observes and since when each protected area was not observed."""
    services = request.app[SERVICES]
    expecting = expecting_of(await asyncio.to_thread(settings_now, services))
    args = (services.store, region_of(services), expecting, sees_of(request), ground_of(request))
    answer = await asyncio.to_thread(told, *args)
    return json_response(encode(answer))
