"""The archive of drills in the history: who began which when, and how it was judged, once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.codec import Unreadable, decode, encode
from schemas.drill import Drill
from schemas.incident import Incident, Place
from schemas.units import UtcTime
from streams.hops.drill import grave_among
from streams.serve.rows import from_microseconds, microseconds
from streams.serve.store import Store

PUT_OFF = "put off"

Outcome = Literal["under way", "passed", "failed", "put off"]

_COLUMNS = "SELECT body, name, asked_by, begun_us, judged_us, why FROM drill"


_GRAVE = (
    "SELECT r.body FROM incident i JOIN incident_revision r ON r.seq = i.seq"
    " WHERE i.kind = 'fire' AND i.status = 'open' AND i.grade IN ('I', 'II')"
)


class Held(Struct, frozen=True, kw_only=True):
    """One drill of the archive."""

    drill: Drill
    name: Annotated[str, Meta(description="Of the table `drills` in the settings.")]
    asked_by: Annotated[str, Meta(description="Who asked for it: the id of a key; empty: the daily one.")] = (
        ""
    )
    begun_at: UtcTime
    judged_at: UtcTime | None = None
    outcome: Outcome = "under way"
    why: Annotated[str, Meta(description="What did not pass, by receiver.")] = ""


def begin(store: Store, name: str, drill: Drill, now: datetime, asked_by: str = "") -> bool:
    """Note that a drill begins; return whether it had not begun before."""
    values = (drill.drill_id, name, asked_by, microseconds(now), encode(drill))
    sql = "INSERT OR IGNORE INTO drill (drill_id, name, asked_by, begun_us, body) VALUES (?, ?, ?, ?, ?)"
    return store.write(sql, values) == 1


def drop(store: Store, drill: Drill) -> None:
    """Forget a drill that could not be put on the log: it never began."""
    store.write("DELETE FROM drill WHERE drill_id = ?", (drill.drill_id,))


def conclude(store: Store, drill: Drill, why: tuple[str, ...], now: datetime) -> bool:
    """Note how a drill was judged; return whether it had not been judged before."""
    sql = "UPDATE drill SET judged_us = ?, why = ? WHERE drill_id = ? AND judged_us IS NULL"
    return store.write(sql, (microseconds(now), "; ".join(why), drill.drill_id)) == 1


def under_way(store: Store, name: str) -> list[Held]:
    """Return the drills of this name that are not judged yet, the one that began first before the others."""
    return _read(store, f"{_COLUMNS} WHERE name = ? AND judged_us IS NULL ORDER BY begun_us", (name,))


def grave(store: Store, places: Iterable[Place]) -> str:
    """Return a fire of grade I or II that is open in the county of these places; empty: none."""
    fires = [decode(body, Incident) for (body,) in store.read(_GRAVE, ())]
    return grave_among((fire for fire in fires if isinstance(fire, Incident)), tuple(places))


def listed(store: Store, limit: int) -> list[Held]:
    """Return the drills that were held, newest first."""
    return _read(store, f"{_COLUMNS} ORDER BY begun_us DESC LIMIT ?", (limit,))


def _read(store: Store, sql: str, values: tuple[object, ...]) -> list[Held]:
    found = []
    for body, name, asked_by, begun_us, judged_us, why in store.read(sql, values):
        drill = decode(body, Drill)
        if isinstance(drill, Unreadable):
            continue
        outcome: Outcome = "under way"
        if judged_us is not None:
            outcome = "put off" if why.startswith(PUT_OFF) else "failed" if why else "passed"
        found.append(
            Held(
                drill=drill,
                name=name,
                asked_by=asked_by,
                begun_at=from_microseconds(begun_us),
                judged_at=None if judged_us is None else from_microseconds(judged_us),
                outcome=outcome,
                why=why,
            )
        )
    return found
