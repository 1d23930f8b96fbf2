"""One step of the judge under way, and how what comes of it is put out and kept."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.lifecycle import Issued
from detectors.spotting import as_shown
from schemas.hop import Output, Result
from schemas.topics import INCIDENT, Topic
from streams.hops.desk import Desk, FireRow, Judge
from streams.hops.desk_rows import Over


@dataclass(frozen=True)
class Sitting:
    """What is given, what is remembered, the time that counts as now, and what has come of it so far."""

    given: Judge
    desk: Desk
    now: datetime
    result: Result = field(default_factory=Result)
    reaches: dict[tuple[str, int, datetime], dict[str, Any] | None] = field(default_factory=dict)
    """Where fires may be within the hour in the wind of a time, as computed in this step."""

    def put(self, topic: Topic, key: str, value: Any) -> None:
        """Put out one message."""
        if topic is INCIDENT:
            value = as_shown(value)
        self.result.outputs.append(Output(topic, key, value))

    def mark(self, *key: Any) -> None:
        """Say that what is put out from here on belongs to this key, by which fires are taken in order."""
        self.result.marks.append((len(self.result.outputs), key))

    def keep(self, row: FireRow) -> None:
        """Keep what was last said of a fire, under the id it is shown by."""
        one = row.incident.incident_id
        self.desk.keep(row)
        self.result.rows[f"f/{one}"] = row

    def end(self, row: FireRow) -> None:
        """Forget a fire that is no longer shown under this id; its revisions go on should it come back."""
        incident_id = row.incident.incident_id
        self.note(incident_id, revision=row.incident.revision)
        self.result.rows.update(self.desk.ledger.end(incident_id))
        self.result.rows[f"f/{incident_id}"] = None
        self.desk.rows.pop(incident_id, None)
        self.desk.by_id.pop(incident_id, None)
        self.desk.held.discard(incident_id)

    def note(self, one: str, *, revision: int = 0, issued: Issued | None = None) -> None:
        """Note where the revisions of an incident or of an alert stopped."""
        known = self.desk.over.get(one, Over(at=self.now))
        over = Over(
            at=self.now,
            revision=max(known.revision, revision),
            issued=known.issued if issued is None else issued,
        )
        self.desk.over[one] = over
        self.result.rows[f"o/{one}"] = over

    def free_alert_id(self, incident_id: str) -> str:
        """Return the id a new alert goes out under: the incident's, unless a living alert still has it."""
        if incident_id not in self.desk.over:
            return incident_id
        living = {row.issued.alert_id for row in self.desk.rows.values() if row.issued is not None}
        number, free = 1, incident_id
        while free in living or (free in self.desk.over and self.desk.over[free].issued is not None):
            number += 1
            free = f"{incident_id}-{number}"
        return free
