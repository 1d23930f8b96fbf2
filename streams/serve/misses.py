"""`GET /v1/nearest`: the silences of the last hours that were nearest to their threshold, and the shadow.

Place, source and pictures are those of the claim; of what made none, those that its silence names.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from aiohttp import web

from alerts.county import county_of
from schemas.codec import Unreadable, decode, encode
from schemas.detection import Detection
from schemas.reason import Silence
from streams.serve.marked import silences_shown
from streams.serve.problems import problem
from streams.serve.scoping import marks_of
from streams.serve.services import SERVICES, Services
from streams.tuning.misses import is_near

HOURS, MOST_HOURS, MOST = 24, 168, 50
SHOWN = 50
"""Changes of the shadow that are listed; every one is counted."""

LATEST = (
    "SELECT body, max(id) FROM silence WHERE at_us >= ? AND outcome = 'silent' AND {shown}"
    " GROUP BY observation_id ORDER BY observation_id"
)


async def nearest(request: web.Request) -> web.Response:
    """Answer the nearest misses of the last `hours`, the nearest first, with place and what was lacking."""
    text = request.query.get("hours", str(HOURS))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_HOURS:
        raise problem(400, f"hours: a whole number from 1 to {MOST_HOURS}")
    found = await asyncio.to_thread(_nearest, request.app[SERVICES], int(text), marks_of(request))
    return web.json_response(body=encode({"hours": int(text), "nearest": found}))


def _nearest(services: Services, hours: int, marks: frozenset[str]) -> list[dict[str, Any]]:
    since = services.clock() - timedelta(hours=hours)
    shown, values = silences_shown(marks)
    rows = services.store.read(LATEST.format(shown=shown), (int(since.timestamp() * 1e6), *values))
    near = sorted(_lacking(raw for raw, _ in rows), key=lambda one: (one["lacks"], one["observation_id"]))
    return [one | _claimed(services, one["observation_id"], one["county"]) for one in near[:MOST]]


def _lacking(bodies: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for raw in bodies:
        silence = decode(raw, Silence)
        why = None if isinstance(silence, Unreadable) else silence.reason
        if why is None or not is_near(why):
            continue
        margin = round(why.value - why.threshold, 4)
        yield {
            "observation_id": silence.observation_id,
            "at": silence.at,
            "code": why.code,
            "rule": why.rule or why.code,
            "value": why.value,
            "threshold": why.threshold,
            "margin": margin,
            "unit": why.unit,
            "county": silence.county,
            "source": silence.source,
            "longitude": silence.longitude,
            "latitude": silence.latitude,
            "pictures": (),
            "lacks": round(abs(margin) / (abs(why.threshold) or 1.0), 6),
        }


def _claimed(services: Services, observation_id: str, county: str) -> dict[str, Any]:
    """Return what a claim says of where it was, whose it was and what of it may be looked at."""
    rows = services.store.read("SELECT body FROM detection WHERE detection_id = ?", (observation_id,))
    claim = decode(rows[0][0], Detection) if rows else None
    if not isinstance(claim, Detection):
        return {}
    where = services.region.at(services.clock()).places(claim.longitude, claim.latitude, 1.0)
    return {
        "longitude": claim.longitude,
        "latitude": claim.latitude,
        "county": county_of(where) or county,
        "source": claim.source,
        "pictures": () if claim.shown is None else claim.shown.pictures,
    }


async def shadow(request: web.Request) -> web.Response:
    """Answer how the candidate that runs beside the live settings differs from them; null: none runs."""
    told = request.app[SERVICES].shadow
    found = None if told is None else await asyncio.to_thread(told, marks_of(request))
    if found is None:
        return web.json_response(body=encode({"shadow": None}))
    body = {
        "candidate": found.candidate,
        "from_at": found.scale.from_at,
        "to_at": found.scale.to_at,
        "counts": found.counts,
        "told": {"live": found.before.told, "candidate": found.after.told},
        "changed": found.changed[-SHOWN:],
    }
    return web.json_response(body=encode({"shadow": body}))
