"""`/v1/detections/columns`: where and when fires were detected, in columns, for maps that draw all."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import shapely
from aiohttp import web
from msgspec import Struct

from detectors.geodesy import distance_km
from schemas.codec import encode
from schemas.detection import Detection
from streams.serve.filters import whole
from streams.serve.reading import json_response
from streams.serve.scoping import ground_of
from streams.serve.services import SERVICES
from streams.serve.store import Store

MOST = 100_000
"""So many detections in one answer: the newest."""

MOST_LINES = 300
"""So many lines of sight: the newest."""

SECOND_US = 1_000_000

_ROWS = (
    'SELECT id, west, south, from_us, received_us, instr(body, CAST(\'"how":"nowhere"\' AS BLOB)) > 0'
    " FROM detection WHERE kind = 'fire' AND id > ? ORDER BY id DESC LIMIT ?"
)
"""Where its direction alone is known, the place of a detection stands for a whole line."""
_SIGHTED = (
    "SELECT body FROM detection WHERE kind = 'fire' AND id > ?"
    " AND (instr(body, CAST('\"sector\":' AS BLOB)) > 0 OR instr(body, CAST('\"shown\":' AS BLOB)) > 0)"
    " ORDER BY id DESC LIMIT ?"
)


class Line(Struct, frozen=True, kw_only=True):
    """A line of sight: from where, in which direction, how far, and who looked when."""

    source: str
    observed_at: int
    longitude: float
    latitude: float
    azimuth_deg: float
    half_angle_deg: float
    near_m: float
    far_m: float


class Columns(Struct, frozen=True, kw_only=True):
    """Detections of fires, the newest first; times in seconds since 1970 UTC, degrees WGS 84."""

    next: int
    """What `after` asks on from."""
    received_at: int | None
    """When the newest of them was received."""
    left_out: bool
    """Whether there are older ones than these."""
    longitude: Sequence[float]
    latitude: Sequence[float]
    observed_at: Sequence[int]
    lines: tuple[Line, ...]


async def columns(request: web.Request) -> web.Response:
    """Answer with the detections of fires that were kept after a place, in columns, and lines of sight."""
    query = {name: value for name, value in request.query.items() if (name, value) != ("after", "0")}
    after, limit = whole(query, "after", 0, 2**63 - 1), whole(query, "limit", MOST, MOST)
    store, ground = request.app[SERVICES].store, ground_of(request)
    found = await asyncio.to_thread(lambda: encode(columns_of(store, after, limit, ground)))
    response = json_response(found)
    response.enable_compression()
    return response


def columns_of(store: Store, after: int, limit: int, ground: Any = None) -> Columns:
    """Return what was kept after row `after`, at most `limit`, on a ground (shapely; None: everywhere)."""
    rows = store.read(_ROWS, (after, limit + 1))
    kept = [row for row in rows[:limit] if not row[5]]
    if ground is not None and kept:
        lon, lat = np.array([row[1:3] for row in kept]).T
        kept = [row for row, seen in zip(kept, shapely.contains_xy(ground, lon, lat), strict=True) if seen]
    return Columns(
        next=rows[0][0] if rows else after,
        received_at=max((row[4] for row in rows[:limit]), default=0) // SECOND_US or None,
        left_out=len(rows) > limit,
        longitude=[row[1] for row in kept],
        latitude=[row[2] for row in kept],
        observed_at=[row[3] // SECOND_US for row in kept],
        lines=tuple(_lines(store, after, ground)),
    )


def _lines(store: Store, after: int, ground: Any) -> list[Line]:
    """Return lines of sight to what was detected, the newest first."""
    bodies = [body for (body,) in store.read(_SIGHTED, (after, MOST_LINES))]
    return [
        line
        for claim in msgspec.json.decode(b"[%b]" % b",".join(bodies), type=list[Detection])
        if (line := _line(claim)) is not None
        and (ground is None or shapely.contains_xy(ground, claim.longitude, claim.latitude))
    ]


def _line(claim: Detection) -> Line | None:
    """Return the line of sight of a detection; None: it has none, or its station may have looked anywhere."""
    at, shown = int(claim.observed_at.timestamp()), claim.shown
    if shown is not None and shown.longitude is not None and shown.latitude is not None:
        return _to_its_place(claim, (shown.longitude, shown.latitude), shown.azimuth_deg or 0.0, at)
    sector = None if claim.placing is None else claim.placing.sector
    if sector is None or sector.half_angle_deg >= 180.0:
        return None
    return Line(source=claim.source, observed_at=at, **msgspec.structs.asdict(sector))


def _to_its_place(claim: Detection, station: tuple[float, float], azimuth_deg: float, at: int) -> Line:
    """Return the line from a station to a place that the source named, or gave the distance of."""
    away = float(distance_km(*station, claim.longitude, claim.latitude)) * 1000.0
    return Line(
        source=claim.source,
        observed_at=at,
        longitude=station[0],
        latitude=station[1],
        azimuth_deg=azimuth_deg,
        half_angle_deg=0.0,
        near_m=0.0,
        far_m=away,
    )
