"""Where a fire may be in 1, 3, 6, 12 and 24 hours, as its newest alert knows it."""

import asyncio
import functools

import msgspec
from aiohttp import web

from alerts.carbon.at_risk import Options
from alerts.carbon.scenario import drivers_in
from alerts.policy import ENDING
from detectors.region import Region
from schemas.alert import Alert
from schemas.codec import encode
from streams.hops.carbon import Assessor
from streams.hops.further import further
from streams.serve.features import GEOJSON
from streams.serve.history import IS_TASK, names, resolved
from streams.serve.layers import region_of
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES
from streams.serve.store import Store
from streams.tables import load_tables


async def reach(request: web.Request) -> web.Response:
    """Answer with the reach of a living fire as GeoJSON: `likely` and `outermost` at each horizon.

    It is computed from the newest alert, in the weather it names; 404 where nothing tells how it spreads.
    """
    services = request.app[SERVICES]
    body = await asyncio.to_thread(newest, services.store, request.match_info["incident_id"])
    sees = sees_of(request)
    if body is None or not (sees is None or sees(body)):
        raise problem(404, "no such incident, or no alert of it")
    found = await asyncio.to_thread(_reach, region_of(services), body)
    if found is None:
        raise problem(404, "it is over, is no fire, or the region does not say how it spreads")
    response = json_response(found, GEOJSON)
    response.enable_compression()
    return response


def newest(store: Store, asked: str) -> bytes | None:
    """Return the newest alert revision of an incident, as it was written; None: there is none."""
    every = names(store, resolved(store, asked))
    marks = ", ".join("?" * len(every))
    sql = (
        f"SELECT body FROM alert_revision WHERE incident_id IN ({marks}) ORDER BY {IS_TASK}, seq DESC LIMIT 1"  # noqa: S608 - our own names
    )
    rows = store.read(sql, every)
    return rows[0][0] if rows else None


@functools.lru_cache(maxsize=128)
def _reach(region: Region, body: bytes) -> bytes | None:
    """Return the collection; many pages ask for the same fire, and it takes a second of computing."""
    alert = msgspec.json.decode(body, type=Alert)
    if alert.action in ENDING:
        return None
    found = further(
        Assessor(load_tables().carbon, Options(), region), alert, drivers_in(alert.carbon.weather)
    )
    return (
        None if found is None else encode({**found, "incident_id": alert.incident_id, "at": alert.issued_at})
    )
