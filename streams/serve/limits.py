"""How much one person, key or address is answered: a bucket each that fills by the minute."""

from collections import OrderedDict
from datetime import datetime
from typing import Literal

from schemas.desk_settings import DeskSettings

Kind = Literal["write", "read", "ingest", ""]
KEPT = 10_000
"""Buckets that are remembered, those used last; one that is forgotten is full again."""

INGEST = frozenset({"/v1/observations", "/v1/pictures", "/v1/permits"})
COSTLY = frozenset(
    {
        "/v1/alerts",
        "/v1/alerts.atom",
        "/v1/incidents",
        "/v1/incidents/{incident_id}",
        "/v1/incidents/{incident_id}/reach",
        "/v1/incidents/{incident_id}/report",
        "/v1/detections",
        "/v1/explain/{what}",
        "/v1/carbon",
        "/v1/layers/{name}",
        "/v1/place-names",
        "/v1/queue",
        "/v1/feedback-rate",
    }
)
"""Answers that take computing or megabytes; everything else is read without a limit."""


def kind_of(method: str, path: str) -> Kind:
    """Return which limit a door has: writing, costly reading, ingest with its own, or none."""
    if method != "GET":
        return "ingest" if path in INGEST else "write"
    return "read" if path in COSTLY else ""


class Buckets:
    """What is left to each; a minute's worth may be used at once."""

    def __init__(self, given: DeskSettings) -> None:
        self.per_min = {
            "write": given.writes_per_min,
            "read": given.reads_per_min,
            "ingest": given.ingest_per_min,
        }
        self._left: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()

    def wait_s(self, kind: Kind, who: str, now: datetime) -> float:
        """Take one from a bucket and return 0, or return after how many seconds there is one again."""
        if not kind:
            return 0.0
        most = float(self.per_min[kind])
        left, at = self._left.pop((kind, who), (most, now))
        left = min(most, left + max(0.0, (now - at).total_seconds()) * most / 60.0)
        short = left < 1.0
        self._left[kind, who] = (left if short else left - 1.0, now)
        if len(self._left) > KEPT:
            self._left.popitem(last=False)
        return (1.0 - left) * 60.0 / most if short else 0.0
