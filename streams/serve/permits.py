"""`GET /v1/permits`: the permits to burn that were handed in, of each the last word, with its area.

Who answers for one is told to those who may read telephones, masked to others, and to nobody after the date.
"""

import asyncio
from typing import Any

from aiohttp import web
from msgspec import to_builtins

from schemas.codec import Unreadable, decode, encode
from schemas.observation import Permit
from streams.serve import queries
from streams.serve.desk.contacts import SEE_NUMBERS
from streams.serve.desk.people import Person, people, shown
from streams.serve.doors import ASKER
from streams.serve.features import GEOJSON, links
from streams.serve.filters import wanted
from streams.serve.queries import PERMITS
from streams.serve.reading import json_response
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES
from streams.unnamed import unnamed


async def permits(request: web.Request) -> web.Response:
    """Answer with permits as GeoJSON, the one handed in last first; `datetime` asks for those in force."""
    asked, services = wanted(request.query, PERMITS.choices), request.app[SERVICES]
    sees, who = sees_of(request), request.get(ASKER)
    plain = who is not None and bool(who.roles & SEE_NUMBERS)

    def page() -> bytes:
        found = queries.listed(services.store, PERMITS, asked)
        own = [one for one in found[: asked.limit] if sees is None or sees(one[1])]
        read = [(place, decode(body, Permit)) for place, body in own]
        listed = [(place, one) for place, one in read if not isinstance(one, Unreadable)]
        known = people(services.desk, (one.observation_id for _, one in listed), services.clock())
        last = found[asked.limit - 1][0] if len(found) > asked.limit else None
        features = [_feature(place, one, known.get(one.observation_id), plain=plain) for place, one in listed]
        said: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        said |= {"numberReturned": len(features), "links": list(links(request.rel_url, last, GEOJSON))}
        return encode(said)

    return json_response(await asyncio.to_thread(page), GEOJSON)


def _feature(place: int, permit: Permit, person: Person | None, *, plain: bool) -> dict[str, Any]:
    """Return a permit as a feature: its outline, or its middle where it is round (`radius_m`)."""
    said = to_builtins(unnamed(permit))
    middle = {"type": "Point", "coordinates": [permit.longitude, permit.latitude]}
    geometry = said.pop("area", None) or middle
    told = {} if person is None else shown(person, plain=plain)
    properties = {**said, **told, "seq": place}
    return {"type": "Feature", "id": permit.observation_id, "geometry": geometry, "properties": properties}
