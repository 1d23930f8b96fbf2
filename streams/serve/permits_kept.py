"""Permits kept beside the history: of each the last word, found by its box and its time."""

import math
import sqlite3
from datetime import UTC, datetime, timedelta

import shapely

from schemas.codec import Unreadable, decode, encode
from schemas.observation import Permit
from streams.hops.rank import rank
from streams.unnamed import unnamed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
M_PER_DEGREE = 111_195.0


def keep_permit(db: sqlite3.Connection, one: Permit) -> None:
    """Keep a permit unless a later word of it stands there."""
    row = db.execute("SELECT id, body FROM permit WHERE permit_id = ?", (one.observation_id,)).fetchone()
    known = None if row is None else decode(row[1], Permit)
    if known is not None and not isinstance(known, Unreadable) and rank(known) >= rank(one):
        return
    status = "withdrawn" if one.withdrawn else "given"
    times = (_us(one.starts_at), _us(one.ends_at))
    west, south, east, north = _box(one)
    one = unnamed(one)
    kept = (None if row is None else row[0], one.observation_id, status, *times)
    (number,) = db.execute(
        "INSERT OR REPLACE INTO permit (id, permit_id, status, from_us, to_us, west, south, east, north,"
        " body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*kept, west, south, east, north, encode(one)),
    ).fetchone()
    db.execute("INSERT OR REPLACE INTO permit_box VALUES (?, ?, ?, ?, ?)", (number, west, east, south, north))


def _box(one: Permit) -> tuple[float, float, float, float]:
    """Return the box of the outline, or one that holds the circle; ValueError for what is no outline."""
    if one.area is not None:
        area = shapely.from_geojson(encode(one.area), on_invalid="ignore")
        if area is None or area.is_empty:
            raise ValueError(f"the area of permit {one.observation_id!r} is no outline")
        west, south, east, north = area.bounds
        return west, south, east, north
    reach = one.radius_m / M_PER_DEGREE
    wide = reach / max(math.cos(math.radians(one.latitude)), 0.01)
    return one.longitude - wide, one.latitude - reach, one.longitude + wide, one.latitude + reach


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
