"""How what people said and did is kept, and where they are: one row each, its last message counts."""

import sqlite3
from datetime import UTC, datetime, timedelta

from schemas.act import AnyAct
from schemas.codec import encode
from schemas.notice import Position
from schemas.verdict import Verdict

TABLES = """
CREATE TABLE verdict (
  verdict_id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, at_us INTEGER NOT NULL, body BLOB NOT NULL)
  WITHOUT ROWID;
CREATE INDEX verdict_incident ON verdict (incident_id);
CREATE TABLE act (
  act_id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, at_us INTEGER NOT NULL, body BLOB NOT NULL)
  WITHOUT ROWID;
CREATE INDEX act_incident ON act (incident_id);
CREATE TABLE whereabouts (
  receiver TEXT PRIMARY KEY, at_us INTEGER NOT NULL, longitude REAL NOT NULL, latitude REAL NOT NULL)
  WITHOUT ROWID;
"""
"""What the format of the history got at version 8."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def keep_verdict(db: sqlite3.Connection, one: Verdict) -> None:
    """Keep what became of an answer."""
    row = (one.verdict_id, one.applied_to or one.incident_id, _us(one.at), encode(one))
    db.execute("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?)", row)


def keep_act(db: sqlite3.Connection, one: AnyAct) -> None:
    """Keep what became of an act."""
    row = (one.act_id, one.applied_to or one.incident_id, _us(one.at), encode(one))
    db.execute("INSERT OR REPLACE INTO act VALUES (?, ?, ?, ?)", row)


def keep_position(db: sqlite3.Connection, one: Position) -> None:
    """Keep where somebody was last; who is back is nowhere in particular."""
    if one.back:
        db.execute("DELETE FROM whereabouts WHERE receiver = ? AND at_us <= ?", (one.receiver, _us(one.at)))
    elif one.longitude is not None and one.latitude is not None:
        db.execute(
            "INSERT INTO whereabouts VALUES (?, ?, ?, ?) ON CONFLICT (receiver) DO UPDATE SET"
            " at_us = excluded.at_us, longitude = excluded.longitude, latitude = excluded.latitude"
            " WHERE excluded.at_us >= at_us",
            (one.receiver, _us(one.at), one.longitude, one.latitude),
        )


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
