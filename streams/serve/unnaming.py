"""What older software kept of people who answer for permitted burns moves to the desk, once, at the start."""

import sqlite3
from typing import Any

from msgspec.structs import replace

from schemas.alert import Alert
from schemas.codec import Unreadable, decode, encode
from schemas.dead_letter import DeadLetter
from schemas.incident import Incident
from schemas.observation import Permit
from schemas.reason import Silence
from streams.serve.desk.people import keep_people
from streams.serve.rows import microseconds
from streams.serve.services import Services
from streams.unnamed import covered, unnamed

MARK = "permits name nobody"
"""Says in the table `mark` that this was done; the hourly forgetting drops it, and it is done again."""

_OF_REASONS: tuple[tuple[str, str, Any], ...] = (
    ("alert_revision", "seq", Alert),
    ("incident_revision", "seq", Incident),
    ("silence", "id", Silence),
)
"""Tables whose bodies hold reasons: reading one drops the contact, so writing it again erases."""


def unname(services: Services) -> int:
    """Move contacts of permits to the desk and erase them from the history; return how many rows changed."""
    store = services.store
    if store.read("SELECT 1 FROM mark WHERE name = ?", (MARK,)):
        return 0
    permits = [decode(body, Permit) for (body,) in store.read("SELECT body FROM permit")]
    known = [one for one in permits if not isinstance(one, Unreadable)]
    if services.desk is not None:
        keep_people(services.desk, known, services.clock(), services.settings.desk.permits_days)
    with store.transaction() as db:
        # what is written over must not stay readable in free pages
        db.execute("PRAGMA secure_delete = ON")
        changed = sum(_erase(db, table, key, kind) for table, key, kind in _OF_REASONS)
        changed += _erase_permits(db, known) + _cover_letters(db)
        db.execute("INSERT INTO mark VALUES (?, ?)", (MARK, microseconds(services.clock())))
    return changed


def _erase(db: sqlite3.Connection, table: str, key: str, kind: Any) -> int:
    rows = db.execute(f"SELECT {key}, body FROM {table} WHERE instr(body, ?)", (b'"permit',))  # noqa: S608 - our own names
    read = ((place, body, decode(body, kind)) for place, body in rows.fetchall())
    bare = [
        (new, place)
        for place, body, value in read
        if not isinstance(value, Unreadable) and (new := encode(value)) != body
    ]
    db.executemany(f"UPDATE {table} SET body = ? WHERE {key} = ?", bare)  # noqa: S608 - our own names
    return len(bare)


def _erase_permits(db: sqlite3.Connection, known: list[Permit]) -> int:
    bare = [(encode(unnamed(one)), one.observation_id) for one in known if unnamed(one) is not one]
    db.executemany("UPDATE permit SET body = ? WHERE permit_id = ?", bare)
    return len(bare)


def _cover_letters(db: sqlite3.Connection) -> int:
    changed = 0
    for place, body in db.execute("SELECT id, body FROM dead_letter").fetchall():
        letter = decode(body, DeadLetter)
        if not isinstance(letter, Unreadable) and (raw := covered(letter.raw)) != letter.raw:
            row = (encode(replace(letter, raw=raw)), place)
            changed += db.execute("UPDATE dead_letter SET body = ? WHERE id = ?", row).rowcount
    return changed
