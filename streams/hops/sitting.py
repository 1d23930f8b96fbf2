"""One step of the judge under way, and how what comes of it is put out and kept."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.hop import Output, Result
from schemas.topics import Topic
from streams.hops.desk import Desk, FireRow, Judge


@dataclass(frozen=True)
class Sitting:
    """What is given, what is remembered, the time that counts as now, and what has come of it so far."""

    given: Judge
    desk: Desk
    now: datetime
    result: Result = field(default_factory=Result)

    def put(self, topic: Topic, key: str, value: Any) -> None:
        """Put out one message."""
        self.result.outputs.append(Output(topic, key, value))

    def keep(self, row: FireRow) -> None:
        """Keep what was last said of a fire, under the id it is shown by."""
        one = row.incident.incident_id
        self.desk.rows[one] = row
        self.result.rows[f"f/{one}"] = row

    def forget(self, incident_id: str) -> None:
        """Forget a fire that is no longer shown under this id."""
        self.result.rows[f"f/{incident_id}"] = None
        self.desk.rows.pop(incident_id, None)
        self.desk.by_id.pop(incident_id, None)
        self.desk.held.discard(incident_id)
