"""The history store as a place to look up why."""

from collections.abc import Callable, Collection
from datetime import datetime

import msgspec

from streams.explain.explanation import Record, nearest
from streams.serve.filters import Wanted
from streams.serve.history import IS_TASK, REACH_DEG, resolved
from streams.serve.marked import silences_shown
from streams.serve.marks import MARKS, may_see
from streams.serve.named import named
from streams.serve.problems import Problem
from streams.serve.queries import INCIDENTS, listed
from streams.serve.rows import microseconds
from streams.serve.store import Store


class History:
    """One history store, asked by id, alert id, answer code, observation or place."""

    def __init__(
        self, store: Store, marks: frozenset[str] = MARKS, sees: Callable[[bytes], bool] | None = None
    ) -> None:
        """`sees` says of what has a place whether it is shown; a silence is, if its claim is."""
        self._store = store
        self._marks = marks
        self._sees = sees

    def _one(self, sql: str, *values: object) -> Record | None:
        rows = self._store.read(sql, values)
        return msgspec.json.decode(rows[0][0]) if rows and self._shows(rows[0][0]) else None

    def _shows(self, body: bytes) -> bool:
        return may_see(body, self._marks) and (self._sees is None or self._sees(body))

    def incident(self, name: str) -> Record | None:
        """Return the incident that an id, an alert id or an answer code leads to."""
        try:
            leads_to = named(self._store, name, self._shows).incident_id
        except Problem:
            # several go by this code: the newest is the one that somebody has before them
            return self._one(
                "SELECT body FROM incident JOIN incident_revision USING (seq)"
                " WHERE json_extract(CAST(body AS TEXT), '$.short_code') = ? ORDER BY to_us DESC LIMIT 1",
                name.upper(),
            )
        return self._one(
            "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?",
            resolved(self._store, leads_to),
        )

    def alert(self, incident_id: str, asked: Collection[str] = ()) -> Record | None:
        """Return the newest alert revision of an incident: its own, or of the candidate that is asked for."""
        for name in asked:
            task = self._one(
                f"SELECT body FROM alert_revision WHERE {IS_TASK} AND incident_id = ?"  # noqa: S608 - our own words
                " AND (alert_id = ? OR json_extract(CAST(body AS TEXT), '$.short_code') = ?)"
                " ORDER BY seq DESC LIMIT 1",
                *(incident_id, name, name.upper()),
            )
            if task is not None:
                return task
        return self._one(
            f"SELECT body FROM alert_revision WHERE incident_id = ? ORDER BY {IS_TASK}, seq DESC LIMIT 1",  # noqa: S608 - our own words
            incident_id,
        )

    def silence(self, name: str) -> Record | None:
        """Return why an observation leads to no alert, as it was last said; a repeat says nothing else."""
        if self._sees is not None and self.detection(name) is None:
            return None
        order = "outcome = 'duplicate', id DESC"
        shown, values = silences_shown(self._marks)
        sql = f"SELECT body FROM silence WHERE {shown} AND observation_id = ? ORDER BY {order} LIMIT 1"  # noqa: S608 - our own words
        rows = self._store.read(sql, (*values, name))
        return msgspec.json.decode(rows[0][0]) if rows else None

    def detection(self, name: str) -> Record | None:
        """Return a claim by its id or that of its observation."""
        return self._one("SELECT body FROM detection WHERE detection_id = ?", name)

    def called(self, name: str) -> list[str]:
        """Return the lasting ids of what sources call so, two at most."""
        tail = "~" + name
        asked = -len(tail), tail
        claims = self._store.read(
            "SELECT detection_id, body FROM detection WHERE substr(detection_id, ?) = ?", asked
        )
        found = {str(one) for one, body in claims if self._shows(body)}
        if self._sees is None:
            shown, values = silences_shown(self._marks)
            sql = (
                f"SELECT DISTINCT observation_id FROM silence WHERE {shown} AND substr(observation_id, ?) = ?"  # noqa: S608 - our own words
            )
            found |= {str(one) for (one,) in self._store.read(sql, (*values, *asked))}
        return sorted(found)[:2]

    def incident_at(self, longitude: float, latitude: float, at: datetime, name: str = "") -> Record | None:
        """Return the incident that was observed there and then."""
        box = (longitude - REACH_DEG, latitude - REACH_DEG, longitude + REACH_DEG, latitude + REACH_DEG)
        asked = Wanted(
            boxes=(box,), from_us=microseconds(at), to_us=microseconds(at), limit=100, marks=self._marks
        )
        bodies = [body for _, body in listed(self._store, INCIDENTS, asked)]
        found = [msgspec.json.decode(one) for one in bodies if self._sees is None or self._sees(one)]
        return nearest(found, longitude, latitude, name)
