"""Counts, surveys, results and the days of weather stations, kept beside the history, the better version."""

import sqlite3
from datetime import UTC, datetime, timedelta

from schemas.codec import Unreadable, decode, encode
from schemas.observation import TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason
from schemas.weather import Measured
from streams.hops.rank import rank
from streams.pest_tables import load_species

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHINA = timedelta(hours=8)
"""Days of warmth are those of China, as weeks of traps are."""

TABLES = """
CREATE TABLE pest (
  id INTEGER PRIMARY KEY, observation_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, species TEXT NOT NULL,
  source TEXT NOT NULL, at_us INTEGER NOT NULL, longitude REAL NOT NULL, latitude REAL NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX pest_source ON pest (source, at_us);
CREATE INDEX pest_species ON pest (species, kind, at_us);
CREATE TABLE air (
  station TEXT, day TEXT, longitude REAL NOT NULL, latitude REAL NOT NULL, elevation_m REAL,
  low_c REAL NOT NULL, high_c REAL NOT NULL, hours INTEGER NOT NULL,
  PRIMARY KEY (station, day)) WITHOUT ROWID;
"""
"""`hours` of a day: a bit for each hour of the clock in China in which the station spoke."""


def keep_pest(db: sqlite3.Connection, one: AnyPest) -> None:
    """Keep what was counted or found, unless a better version stands there; unknown pests are no rows."""
    species = load_species().find(one.species)
    if isinstance(species, Reason):
        return
    row = db.execute("SELECT body FROM pest WHERE observation_id = ?", (one.observation_id,)).fetchone()
    known = None if row is None else decode(row[0], AnyPest)
    if known is not None and not isinstance(known, Unreadable) and rank(known) >= rank(one):
        return
    at_us = (one.observed_at - EPOCH) // timedelta(microseconds=1)
    kind = "trap_count" if isinstance(one, TrapCount) else "find"
    place = (one.longitude, one.latitude)
    db.execute(
        "INSERT OR REPLACE INTO pest"
        " (observation_id, kind, species, source, at_us, longitude, latitude, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.observation_id, kind, species.name, one.source, at_us, *place, encode(one)),
    )


def keep_air(db: sqlite3.Connection, one: Measured) -> None:
    """Keep the lowest and highest temperature of a station's day, and in which hours it spoke."""
    if one.quantity != "temperature_c":
        return
    local = one.observed_at + CHINA
    place = (one.longitude, one.latitude, one.elevation_m)
    db.execute(
        "INSERT INTO air VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (station, day) DO UPDATE SET"
        " low_c = min(low_c, excluded.low_c), high_c = max(high_c, excluded.high_c),"
        " hours = hours | excluded.hours, elevation_m = coalesce(excluded.elevation_m, elevation_m)",
        (one.station, f"{local:%Y-%m-%d}", *place, one.value, one.value, 1 << local.hour),
    )
