"""Carbon at risk as it stands now: sums by level that count every stand once, and what past fires took."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web

from alerts.carbon.closing import skill
from schemas.carbon import LEVELS, CarbonTotal, CloseOut
from schemas.codec import encode
from streams.carbon_totals import as_csv, as_geojson
from streams.serve.doors import ASKER
from streams.serve.features import GEOJSON
from streams.serve.layers import region_of
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES, Services
from streams.serve.store import Store

FORMS = ("json", "csv", "geojson")
CLOSE_OUT = "close_out"
OF_ONE_AREA = ("province", "city", "county", "township", "incident")
"""Levels of which somebody of some areas is answered the rows that are theirs."""


async def carbon(request: web.Request) -> web.Response:
    """Answer with the totals of one level (`by`), or with the close-outs and the skill of the forecasts."""
    level, form = request.query.get("by", "county"), request.query.get("format", "json")
    if level not in {*LEVELS, CLOSE_OUT}:
        raise problem(400, f"by is one of {', '.join((*LEVELS, CLOSE_OUT))}")
    if form not in FORMS or (level == CLOSE_OUT and form != "json"):
        raise problem(400, f"format is one of {', '.join(FORMS)}; close_out is JSON alone")
    services = request.app[SERVICES]
    own = _own(request, services)
    if level == CLOSE_OUT:
        return json_response(await asyncio.to_thread(_closed, services.store, own))
    if own is not None and level not in OF_ONE_AREA:
        raise problem(
            403, f"a sum over {level} goes beyond your areas: by is one of {', '.join(OF_ONE_AREA)}"
        )
    totals = await asyncio.to_thread(_totals, services.store, level, own)
    if form == "csv":
        return web.Response(text=as_csv(totals), content_type="text/csv", charset="utf-8")
    if form == "geojson":
        region = region_of(services)
        return json_response((await asyncio.to_thread(as_geojson, region, totals)).encode(), GEOJSON)
    return json_response(encode({"by": level, "unit": "t C", "totals": totals}))


Own = Callable[[str, str], bool]
"""Says of a level and a key whether it is somebody's own."""


def _own(request: web.Request, services: Services) -> Own | None:
    """Return what tells somebody of some areas what is theirs: their areas, and the incidents they see."""
    areas, sees = request[ASKER].areas if ASKER in request else (), sees_of(request)
    if not areas or sees is None:
        return None
    sql = "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"

    def own(level: str, key: str) -> bool:
        if level not in {"incident", CLOSE_OUT}:
            return key in areas
        rows = services.store.read(sql, (key,))
        return bool(rows) and sees(rows[0][0])

    return own


def _totals(store: Store, level: str, own: Own | None) -> Sequence[CarbonTotal]:
    """Return what is at risk under each key; what was and is no more is left out."""
    found = [msgspec.json.decode(body, type=CarbonTotal) for body in _bodies(store, level)]
    return [one for one in found if one.incidents and (own is None or own(level, one.key))]


def _closed(store: Store, own: Own | None) -> bytes:
    every = [msgspec.json.decode(body, type=CloseOut) for body in _bodies(store, CLOSE_OUT)]
    records = [one for one in every if own is None or own(CLOSE_OUT, one.incident_id)]
    return encode({"by": CLOSE_OUT, "unit": "t C", "records": records, "skill": skill(records)})


def _bodies(store: Store, level: str) -> list[bytes]:
    found = store.read("SELECT body FROM carbon WHERE level = ? ORDER BY key", (level,))
    return [body for (body,) in found]
