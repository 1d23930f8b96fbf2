"""The tables of the history store, and how an older file becomes the present one."""

import sqlite3

from streams.serve.pest.kept import TABLES as PEST_TABLES
from streams.serve.rows_said import TABLES as SAID_TABLES

VERSION = 10
"""Format of `history.sqlite`, kept in its `user_version`."""

_BOX = "west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL, north REAL NOT NULL"

_V1 = f"""
CREATE TABLE position (
  topic TEXT, part INTEGER, next INTEGER NOT NULL, PRIMARY KEY (topic, part)) WITHOUT ROWID;

CREATE TABLE alert_revision (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL, revision INTEGER NOT NULL,
  incident_id TEXT NOT NULL, issued_us INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (alert_id, revision));
CREATE INDEX alert_revision_incident ON alert_revision (incident_id);
CREATE INDEX alert_revision_issued ON alert_revision (issued_us);
CREATE TABLE alert (
  id INTEGER PRIMARY KEY, alert_id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
  seq INTEGER NOT NULL UNIQUE,
  kind TEXT NOT NULL, grade TEXT NOT NULL, status TEXT NOT NULL, from_us INTEGER NOT NULL,
  to_us INTEGER NOT NULL, {_BOX});
CREATE VIRTUAL TABLE alert_box USING rtree (id, west, east, south, north);

CREATE TABLE incident_revision (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, incident_id TEXT NOT NULL, revision INTEGER NOT NULL,
  judged_us INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (incident_id, revision));
CREATE INDEX incident_revision_judged ON incident_revision (judged_us);
CREATE TABLE incident (
  id INTEGER PRIMARY KEY, incident_id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
  seq INTEGER NOT NULL UNIQUE,
  kind TEXT NOT NULL, grade TEXT NOT NULL, status TEXT NOT NULL, from_us INTEGER NOT NULL,
  to_us INTEGER NOT NULL, {_BOX});
CREATE VIRTUAL TABLE incident_box USING rtree (id, west, east, south, north);
CREATE TABLE alias (alias TEXT PRIMARY KEY, incident_id TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX alias_incident ON alias (incident_id);

CREATE TABLE detection (
  id INTEGER PRIMARY KEY AUTOINCREMENT, detection_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  received_us INTEGER NOT NULL, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, {_BOX}, body BLOB NOT NULL);
CREATE INDEX detection_from ON detection (from_us);
CREATE INDEX detection_received ON detection (received_us);
CREATE VIRTUAL TABLE detection_box USING rtree (id, west, east, south, north);

CREATE TABLE silence (
  id INTEGER PRIMARY KEY AUTOINCREMENT, observation_id TEXT NOT NULL, outcome TEXT NOT NULL,
  stage TEXT NOT NULL,
  at_us INTEGER NOT NULL, code TEXT NOT NULL, body BLOB NOT NULL,
  UNIQUE (observation_id, outcome, stage, code, at_us));
CREATE INDEX silence_code ON silence (code, id);
CREATE INDEX silence_at ON silence (at_us);

CREATE TABLE notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT, notice_id TEXT NOT NULL UNIQUE, alert_id TEXT NOT NULL,
  incident_id TEXT NOT NULL, attempts INTEGER NOT NULL, at_us INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX notice_incident ON notice (incident_id);
CREATE INDEX notice_at ON notice (at_us);

CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT, letter_id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
  at_us INTEGER NOT NULL, code TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX dead_letter_at ON dead_letter (at_us);

CREATE TABLE tick (part INTEGER PRIMARY KEY, at_us INTEGER NOT NULL);

CREATE TABLE answer (
  key TEXT PRIMARY KEY, body_sha256 TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
  at_us INTEGER NOT NULL) WITHOUT ROWID;
"""

_V2 = """
ALTER TABLE notice ADD COLUMN receiver TEXT;
ALTER TABLE notice ADD COLUMN outcome TEXT;
ALTER TABLE notice ADD COLUMN accepted_us INTEGER;
ALTER TABLE notice ADD COLUMN delivered_us INTEGER;
ALTER TABLE notice ADD COLUMN ref TEXT;
UPDATE notice SET receiver = json_extract(CAST(body AS TEXT), '$.receiver'),
  outcome = json_extract(CAST(body AS TEXT), '$.outcome');
UPDATE notice SET accepted_us = at_us WHERE outcome = 'accepted';
CREATE INDEX notice_receiver ON notice (receiver, at_us);
CREATE INDEX notice_ref ON notice (ref) WHERE ref IS NOT NULL;
CREATE TABLE due (
  notice_id TEXT PRIMARY KEY, alert_id TEXT NOT NULL, revision INTEGER NOT NULL, receiver TEXT NOT NULL,
  grade TEXT NOT NULL, at_us INTEGER NOT NULL, expires_us INTEGER NOT NULL, instead_of TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX due_at ON due (at_us);
CREATE TABLE reply (
  alert_id TEXT NOT NULL, receiver TEXT NOT NULL, says TEXT NOT NULL, via TEXT NOT NULL,
  at_us INTEGER NOT NULL, by_whom TEXT NOT NULL, PRIMARY KEY (alert_id, receiver, says)) WITHOUT ROWID;
CREATE INDEX reply_at ON reply (at_us);
CREATE TABLE mark (name TEXT PRIMARY KEY, at_us INTEGER NOT NULL) WITHOUT ROWID;
"""

_V3 = """
CREATE TABLE carbon (
  level TEXT NOT NULL, key TEXT NOT NULL, at_us INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (level, key)) WITHOUT ROWID;
"""

_V4 = """
CREATE TABLE presence (source TEXT PRIMARY KEY, body BLOB NOT NULL);
"""

_V5 = f"""
CREATE TABLE permit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, permit_id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, {_BOX}, body BLOB NOT NULL);
CREATE VIRTUAL TABLE permit_box USING rtree (id, west, east, south, north);
"""

_V6 = """
CREATE TABLE release (
  alert_id TEXT NOT NULL, revision INTEGER NOT NULL, at_us INTEGER NOT NULL, author TEXT NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (alert_id, revision)) WITHOUT ROWID;
"""

_V7 = PEST_TABLES
_V8 = SAID_TABLES

_V9 = """
CREATE TABLE drill (
  drill_id TEXT PRIMARY KEY, name TEXT NOT NULL, asked_by TEXT NOT NULL, begun_us INTEGER NOT NULL,
  judged_us INTEGER, why TEXT NOT NULL DEFAULT '', body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX drill_begun ON drill (begun_us);
"""

_V10 = """
ALTER TABLE due ADD COLUMN what TEXT NOT NULL DEFAULT '';
ALTER TABLE reply ADD COLUMN last_us INTEGER;
CREATE INDEX due_alert ON due (alert_id);
"""

_STEPS = (_V1, _V2, _V3, _V4, _V5, _V6, _V7, _V8, _V9, _V10)
"""What brings a file from version n to n + 1, one script each."""


class StoreTooNewError(RuntimeError):
    """The file was written by a later Fenghuo than this one."""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Create the tables of a new file, or bring an older one to `VERSION`; raises `StoreTooNewError`."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > VERSION:
        raise StoreTooNewError(f"history.sqlite has format {found}; this Fenghuo knows up to {VERSION}")
    for number, script in enumerate(_STEPS[found:], start=found + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
