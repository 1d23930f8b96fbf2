"""One incident's story: what is known of it now, and everything that happened, in order."""

from typing import Any

import msgspec

from streams.serve.filters import Wanted
from streams.serve.queries import DETECTIONS, counted, listed
from streams.serve.rows import Box
from streams.serve.store import Store

IS_TASK = "coalesce(json_extract(CAST(body AS TEXT), '$.relation'), '') = 'spotting_candidate'"
"""Whether an alert revision tells of a candidate: it leads to its parent, and tells nothing else of it."""

REACH_DEG = 0.02
"""About 2 km: the claims of an incident lie on or beside its footprint (pixels are up to 1.6 km long)."""

MOST = 1000
"""Entries of each kind in one timeline; the newest are kept."""


def resolved(store: Store, incident_id: str) -> str:
    """Return the incident that an id ever shown now leads to; the id itself when it was never merged."""
    passed = {incident_id}
    while rows := store.read("SELECT incident_id FROM alias WHERE alias = ?", (incident_id,)):
        incident_id = rows[0][0]
        if incident_id in passed:
            break
        passed.add(incident_id)
    return incident_id


def names(store: Store, incident_id: str) -> tuple[str, ...]:
    """Return an incident's id and every id that leads to it."""
    sql = (
        "WITH RECURSIVE name (id) AS"
        " (SELECT ? UNION SELECT alias FROM alias JOIN name ON incident_id = name.id)"
        " SELECT id FROM name ORDER BY id"
    )
    return tuple(name for (name,) in store.read(sql, (incident_id,)))


def incident_story(store: Store, asked: str) -> dict[str, Any] | None:
    """Return incident, timeline and how many entries of each kind it leaves out; None: no such incident."""
    incident_id = resolved(store, asked)
    sql = (
        "SELECT body, from_us, to_us, west, south, east, north FROM incident"
        " JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"
    )
    rows = store.read(sql, (incident_id,))
    if not rows:
        return None
    body, from_us, to_us, *box = rows[0]
    every = names(store, incident_id)
    detections = _claims(body, (from_us, to_us), _grown(box))
    found = {
        "revision": _of(store, "incident_revision", "seq", every),
        "alert": _of(store, "alert_revision", "seq", every),
        "notice": _of(store, "notice", "id", every),
        "verdict": _of(store, "verdict", "at_us", every),
        "act": _of(store, "act", "at_us", every),
        "detection": [one for _, one in listed(store, DETECTIONS, detections)[:MOST]],
    }
    counts = {what: _count(store, table, every) for what, table in TABLES.items()}
    counts["detection"] = counted(store, DETECTIONS, detections)
    timeline = [entry for what, bodies in found.items() for entry in _entries(what, TIMES[what], bodies)]
    timeline.sort(key=lambda entry: (entry["at"], entry["what"]))
    left_out = {what: count - MOST for what, count in counts.items() if count > MOST}
    story = {"asked": asked, "incident": msgspec.Raw(body), "names": every, "timeline": timeline}
    return {**story, "left_out": left_out}


TABLES = {
    "revision": "incident_revision",
    "alert": "alert_revision",
    "notice": "notice",
    "verdict": "verdict",
    "act": "act",
}
TIMES = {
    "revision": "judged_at",
    "alert": "issued_at",
    "notice": "at",
    "verdict": "at",
    "act": "at",
    "detection": "observed_at",
}


def _of(store: Store, table: str, order: str, every: tuple[str, ...]) -> list[bytes]:
    marks = ", ".join("?" * len(every))
    sql = f"SELECT body FROM {table} WHERE incident_id IN ({marks}) ORDER BY {order} DESC LIMIT ?"  # noqa: S608 - our own names
    return [body for (body,) in store.read(sql, (*every, MOST))]


def _count(store: Store, table: str, every: tuple[str, ...]) -> int:
    marks = ", ".join("?" * len(every))
    sql = f"SELECT count(*) FROM {table} WHERE incident_id IN ({marks})"  # noqa: S608 - our own names
    return int(store.read(sql, every)[0][0])


def _grown(box: list[float]) -> Box:
    west, south, east, north = box
    return west - REACH_DEG, south - REACH_DEG, east + REACH_DEG, north + REACH_DEG


def _claims(body: bytes, times: tuple[int, int], box: Box) -> Wanted:
    """Return what asks for the claims of its kind on or beside its footprint, while it was observed."""
    kind = msgspec.json.decode(body)["kind"]
    return Wanted(boxes=(box,), from_us=times[0], to_us=times[1], limit=MOST, among=(("kind", (kind,)),))


def _entries(what: str, time: str, bodies: list[bytes]) -> list[dict[str, Any]]:
    entries = []
    for body in bodies:
        value = msgspec.json.decode(body)
        entries.append({"at": value[time], "what": what, what: value})
    return entries
