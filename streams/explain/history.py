"""The history store as a place to look up why."""

from datetime import datetime

import msgspec

from streams.explain.explanation import Record, nearest
from streams.serve.filters import Wanted
from streams.serve.history import REACH_DEG, resolved
from streams.serve.marks import MARKS, may_see
from streams.serve.problems import Problem
from streams.serve.queries import INCIDENTS, listed
from streams.serve.rows import microseconds
from streams.serve.store import Store
from streams.serve.verdicts import incident_named


class History:
    """One history store, asked by id, alert id, answer code, observation or place."""

    def __init__(self, store: Store, marks: frozenset[str] = MARKS) -> None:
        self._store = store
        self._marks = marks

    def _one(self, sql: str, *values: object) -> Record | None:
        rows = self._store.read(sql, values)
        return msgspec.json.decode(rows[0][0]) if rows and may_see(rows[0][0], self._marks) else None

    def incident(self, name: str) -> Record | None:
        """Return the incident that an id, an alert id or an answer code leads to."""
        try:
            leads_to, _ = incident_named(self._store, name)
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

    def alert(self, incident_id: str) -> Record | None:
        """Return the newest alert revision of an incident."""
        return self._one(
            "SELECT body FROM alert_revision WHERE incident_id = ? ORDER BY seq DESC LIMIT 1", incident_id
        )

    def silence(self, name: str) -> Record | None:
        """Return why an observation leads to no alert, as it was last said; a repeat says nothing else."""
        return self._one(
            "SELECT body FROM silence WHERE observation_id = ?"
            " ORDER BY outcome = 'duplicate', id DESC LIMIT 1",
            name,
        )

    def detection(self, name: str) -> Record | None:
        """Return a claim by its id or that of its observation."""
        return self._one("SELECT body FROM detection WHERE detection_id = ?", name)

    def incident_at(self, longitude: float, latitude: float, at: datetime) -> Record | None:
        """Return the incident that was observed there and then."""
        box = (longitude - REACH_DEG, latitude - REACH_DEG, longitude + REACH_DEG, latitude + REACH_DEG)
        asked = Wanted(
            boxes=(box,), from_us=microseconds(at), to_us=microseconds(at), limit=100, marks=self._marks
        )
        found = [msgspec.json.decode(body) for _, body in listed(self._store, INCIDENTS, asked)]
        return nearest(found, longitude, latitude)
