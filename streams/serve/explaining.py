"""`GET /v1/explain/{id}`: why something was told or not; of other areas nothing is known."""

import asyncio

from aiohttp import web

from schemas.codec import encode
from streams.explain.explanation import explained_short
from streams.explain.history import History
from streams.serve.doors import ASKER
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.scoping import marks_of, sees_of
from streams.serve.services import SERVICES


async def explain(request: web.Request) -> web.Response:
    """Answer with the reasons behind an observation, detection, incident, alert or answer code."""
    within = sees_of(request) if request.get(ASKER) is not None and request[ASKER].areas else None
    history = History(request.app[SERVICES].store, marks_of(request), within)
    found = await asyncio.to_thread(explained_short, history, request.match_info["what"])
    if found is None:
        raise problem(404, "nothing is known of it")
    return json_response(encode(found))
