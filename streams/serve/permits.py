"""`GET /v1/permits`: the permits to burn that were handed in, of each the last word, with its area."""

import asyncio
from typing import Any

from aiohttp import web

from schemas.codec import Unreadable, decode, encode
from streams.serve import queries
from streams.serve.features import GEOJSON, links
from streams.serve.filters import wanted
from streams.serve.queries import PERMITS
from streams.serve.reading import json_response
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES


async def permits(request: web.Request) -> web.Response:
    """Answer with permits as GeoJSON, the one handed in last first; `datetime` asks for those in force."""
    asked, store = wanted(request.query, PERMITS.choices), request.app[SERVICES].store
    sees = sees_of(request)

    def page() -> bytes:
        found = queries.listed(store, PERMITS, asked)
        own = [one for one in found[: asked.limit] if sees is None or sees(one[1])]
        shown = [_feature(place, body) for place, body in own]
        last = found[asked.limit - 1][0] if len(found) > asked.limit else None
        features = [one for one in shown if one is not None]
        said: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        said |= {"numberReturned": len(features), "links": list(links(request.rel_url, last, GEOJSON))}
        return encode(said)

    return json_response(await asyncio.to_thread(page), GEOJSON)


def _feature(place: int, body: bytes) -> dict[str, Any] | None:
    """Return a permit as a feature: its outline, or its middle where it is round (`radius_m`)."""
    said = decode(body, dict[str, Any])
    if isinstance(said, Unreadable):
        return None
    middle = {"type": "Point", "coordinates": [said["longitude"], said["latitude"]]}
    geometry = said.pop("area", None) or middle
    return {
        "type": "Feature",
        "id": said["observation_id"],
        "geometry": geometry,
        "properties": {**said, "seq": place},
    }
