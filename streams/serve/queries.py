"""Questions to the history store: collections page by page, one alert, silences, dead letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from schemas.alert import Alert
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.units import Grade, IncidentKind
from streams.serve.filters import Wanted
from streams.serve.marked import letter_shown, silences_shown
from streams.serve.marks import MARKS
from streams.serve.store import Store

GRADE = {"grade": get_args(Grade)}
KIND = {"kind": get_args(IncidentKind)}


@dataclass(frozen=True)
class Collection:
    """One kind of thing that can be listed. `place` is what orders it, newest first, and pages it."""

    name: str
    table: str
    source: str
    place: str
    choices: Mapping[str, tuple[str, ...]]
    fields: frozenset[str] = frozenset()
    """Which properties `properties` may name."""


ALERTS = Collection(
    "alerts",
    "alert",
    "alert JOIN alert_revision AS revision ON revision.seq = alert.seq",
    "alert.seq",
    {"status": ("open", "ended"), **GRADE, **KIND},
    frozenset(Alert.__struct_fields__),
)
INCIDENTS = Collection(
    "incidents",
    "incident",
    "incident JOIN incident_revision AS revision ON revision.seq = incident.seq",
    "incident.seq",
    {"status": ("open", "closed", "merged", "false_alarm"), **GRADE, **KIND},
    frozenset(Incident.__struct_fields__),
)
DETECTIONS = Collection(
    "detections", "detection", "detection", "detection.id", KIND, frozenset(Detection.__struct_fields__)
)
PERMITS = Collection("permits", "permit", "permit", "permit.id", {"status": ("given", "withdrawn")})

Found = list[tuple[int, bytes]]

_AUDIENCE = "coalesce(json_extract(CAST(body AS TEXT), '$.audience'), '')"

ROUGH_DEG = 1e-4
"""The R*Tree holds 32-bit numbers: 1.5e-5 degrees apart at 180, and none of those that are nearly zero."""


def listed(store: Store, collection: Collection, asked: Wanted) -> Found:
    """Return (place, JSON) of up to `limit` + 1 things, newest first: one more tells that a page follows."""
    clauses, values = _conditions(collection, asked)
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    place = collection.place
    # Only names of this file are put into the text; values are bound.
    sql = f"SELECT {place}, body FROM {collection.source} {where} ORDER BY {place} DESC LIMIT ?"  # noqa: S608 - names of this file only
    return store.read(sql, (*values, asked.limit + 1))


def counted(store: Store, collection: Collection, asked: Wanted) -> int:
    """Return how many things there are, whatever the limit."""
    clauses, values = _conditions(collection, asked)
    where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
    sql = f"SELECT count(*) FROM {collection.source} {where}"  # noqa: S608 - names of this file only
    return int(store.read(sql, values)[0][0])


def _in_box(table: str) -> str:
    """Return the condition of one box: the R*Tree finds candidates, the columns decide."""
    inside = "west <= ? AND {0}east >= ? AND {0}south <= ? AND {0}north >= ?"
    rough = f"{table}.id IN (SELECT id FROM {table}_box WHERE {inside.format('')})"  # noqa: S608 - names of this file only
    return f"({rough} AND {table}.{inside.format(table + '.')})"


def _conditions(collection: Collection, asked: Wanted) -> tuple[list[str], list[Any]]:
    table = collection.table
    clauses: list[str] = []
    values: list[Any] = []
    if asked.boxes:
        clauses.append(f"({' OR '.join([_in_box(table)] * len(asked.boxes))})")
        for west, south, east, north in asked.boxes:
            values += [east + ROUGH_DEG, west - ROUGH_DEG, north + ROUGH_DEG, south - ROUGH_DEG]
            values += [east, west, north, south]
    if asked.from_us is not None:
        clauses.append(f"{table}.to_us >= ?")
        values.append(asked.from_us)
    if asked.to_us is not None:
        clauses.append(f"{table}.from_us <= ?")
        values.append(asked.to_us)
    if asked.before is not None:
        clauses.append(f"{collection.place} < ?")
        values.append(asked.before)
    if collection is ALERTS or collection is INCIDENTS:
        marks = ("", *sorted(asked.marks))
        clauses.append(f"({table}.kind <> 'outbreak' OR {_AUDIENCE} IN ({', '.join('?' * len(marks))}))")
        values += marks
    for column, among in asked.among:
        clauses.append(f"{table}.{column} IN ({', '.join('?' * len(among))})")
        values += among
    return clauses, values


def alert(store: Store, alert_id: str, revision: int | None = None) -> tuple[int, bytes] | None:
    """Return sequence and JSON of an alert's latest or given revision, None when there is none."""
    sql = (
        "SELECT seq, body FROM alert_revision WHERE alert_id = ? AND revision = coalesce(?, revision)"
        " ORDER BY revision DESC LIMIT 1"
    )
    rows = store.read(sql, (alert_id, revision))
    return rows[0] if rows else None


def revisions(store: Store, alert_id: str, before: int) -> list[bytes]:
    """Return the JSON of every revision of an alert that came before one, oldest first."""
    sql = "SELECT body FROM alert_revision WHERE alert_id = ? AND revision < ? ORDER BY revision"
    return [body for (body,) in store.read(sql, (alert_id, before))]


def silences(
    store: Store, observation_id: str | None, code: str | None, limit: int, marks: frozenset[str] = MARKS
) -> list[bytes]:
    """Return why observations led to no alert, newest first, of those that these marks open."""
    shown, values = silences_shown(marks)
    asked = {"observation_id": observation_id, "code": code}
    named = {column: value for column, value in asked.items() if value is not None}
    where = " AND ".join((shown, *(f"{column} = ?" for column in named)))
    sql = f"SELECT body FROM silence WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - our own columns
    return [body for (body,) in store.read(sql, (*values, *named.values(), limit))]


def dead_letter(store: Store, letter_id: str, marks: frozenset[str] = MARKS) -> bytes | None:
    """Return the JSON of one thing that could not be read, None when these marks show none."""
    rows = store.read("SELECT body FROM dead_letter WHERE letter_id = ?", (letter_id,))
    return rows[0][0] if rows and letter_shown(rows[0][0], marks) else None


def dead_letters(store: Store, before: int | None, limit: int, marks: frozenset[str] = MARKS) -> Found:
    """Return (place, JSON) of what could not be read, newest first, one more than the limit."""
    sql = "SELECT id, body FROM dead_letter WHERE id < ? ORDER BY id DESC LIMIT ?"
    found: Found = []
    last = before or 2**63 - 1
    while len(found) <= limit and (rows := store.read(sql, (last, limit + 1))):
        found += [row for row in rows if letter_shown(row[1], marks)]
        last = rows[-1][0]
    return found[: limit + 1]
