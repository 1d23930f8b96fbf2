"""What was heard of each source, kept beside the history: one row a source, order and repetition the same."""

import sqlite3

from schemas.codec import Unreadable, decode, encode
from schemas.detection import Presence
from streams.hops.hearing import joined

MOST_SOURCES = 20_000
"""Sources whose last look is kept, those heard last: names come from outside."""


def keep_presence(db: sqlite3.Connection, one: Presence) -> None:
    """Keep what was heard of a source beside what is known of it."""
    row = db.execute("SELECT body FROM presence WHERE source = ?", (one.source,)).fetchone()
    known = None if row is None else decode(row[0], Presence)
    both = one if known is None or isinstance(known, Unreadable) else joined(known, one)
    db.execute("INSERT OR REPLACE INTO presence (source, body) VALUES (?, ?)", (one.source, encode(both)))
    (count,) = db.execute("SELECT count(*) FROM presence").fetchone()
    if count > MOST_SOURCES:
        db.execute("DELETE FROM presence WHERE rowid IN (SELECT min(rowid) FROM presence)")
