"""Which traps are due: each by the rhythm of its own visits, whoever made them."""

import asyncio
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from aiohttp import web

from schemas.codec import Unreadable, decode, encode
from schemas.observation import TrapCount
from streams.serve.layers import region_of
from streams.serve.pest import asked as asking
from streams.serve.pest.reading import NAME, Trap
from streams.serve.reading import json_response
from streams.serve.rows import microseconds
from streams.serve.scoping import Sees, sees_of
from streams.serve.services import SERVICES, Services

LOOK_BACK = timedelta(days=400)
"""A trap that nobody saw to for longer hangs no more."""

LAST_VISITS = 8
"""The rhythm is the middle one of so many last intervals."""

USUAL_D = 7.0
"""Days between visits of a trap that was read once and says nothing of its schedule."""


async def traps(request: web.Request) -> web.Response:
    """Answer with each trap's last visit, its rhythm in days and when it is due, the most overdue first."""
    services, sees = request.app[SERVICES], sees_of(request)
    response = json_response(encode(await asyncio.to_thread(_due, services, sees)))
    response.enable_compression()
    return response


def _due(services: Services, sees: Sees | None) -> dict[str, Any]:
    now, region = asking.now_of(services), region_of(services)
    sql = (
        f"SELECT {NAME}, species, body FROM pest WHERE kind = 'trap_count' AND at_us >= ?"  # noqa: S608 - our own words
        f" ORDER BY {NAME}, species, at_us"
    )
    rows = []
    found = services.store.read(sql, (microseconds(now - LOOK_BACK),))
    for (_, species), group in groupby(found, key=lambda row: row[:2]):
        read = (decode(body, TrapCount) for *_, body in group)
        visits = [one for one in read if not isinstance(one, Unreadable)]
        source = visits[-1].source
        trap = Trap(source, species, visits[-1].longitude, visits[-1].latitude)
        if asking.sees_trap(sees, trap):
            rows.append({"name": asking.name_of(region, source)} | _row(trap, visits, now))
    return {"now": now, "traps": sorted(rows, key=lambda row: (row["due_at"], row["source"]))}


def _row(trap: Trap, visits: list[TrapCount], now: datetime) -> dict[str, Any]:
    days, last = rhythm_d(visits), visits[-1]
    due_at = last.observed_at + timedelta(days=days)
    said = {"last_at": last.observed_at, "status": last.status, "rhythm_d": days}
    return trap._asdict() | said | {"due_at": due_at, "is_due": due_at <= now}


def rhythm_d(visits: list[TrapCount]) -> float:
    """Return the days between visits of a trap: the middle of its last intervals, else what is scheduled."""
    apart = [after.observed_at - before.observed_at for before, after in pairwise(visits[-LAST_VISITS - 1 :])]
    days = [one / timedelta(days=1) for one in apart if one > timedelta(hours=1)]
    if days:
        return round(median(days), 1)
    return visits[-1].scheduled_d or USUAL_D
