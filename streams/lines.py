"""The four files that a replay writes: lines of alerts, incidents and silences, and the counts of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from schemas.alert import Alert
from schemas.codec import encode
from schemas.incident import Incident
from schemas.reason import Silence
from streams.explain.witnesses import Witnessed, witnesses_of
from streams.files import write_whole
from streams.recorded import Recorded

INCIDENT_FIELDS = (
    "v", "incident_id", "short_code", "kind", "status", "merged_into", "opened_at", "last_observed_at",
    "closed_at", "longitude", "latitude", "radius_m", "observation_count", "sources", "area_ha", "footprint",
    "grade", "probability", "places", "feedback", "entered", "parent", "relation", "reburn_of", "candidates",
    "pest", "audience",
)  # fmt: skip
"""What a line of incidents.ndjson says; what depends on the order of arrival is left to the revisions."""


FORMAT = 1
"""Version of `summary.json` and of the lines about rejected rows; others are Structs with their own."""


class Spoken(NamedTuple):
    """One revision of an alert: its line, and what is counted."""

    line: bytes
    action: str
    grade: str
    pages: bool


class Shown(NamedTuple):
    """What became of one incident: its id, its line, and what is counted."""

    incident_id: str
    line: bytes
    status: str


@dataclass(frozen=True)
class Told:
    """Everything that is written of a replay."""

    alerts: Sequence[Spoken]
    incidents: Sequence[Shown]
    silences: Sequence[Silence]
    duplicates: Sequence[Silence]


def spoken(alert: Alert) -> Spoken:
    """Return a revision as it is written."""
    return Spoken(encode(alert) + b"\n", alert.action, alert.grade, alert.pages)


def shown(incident: Incident, witnessed: Witnessed) -> Shown:
    """Return an incident as it is written, with what people and instruments saw of it."""
    line: dict[str, Any] = {name: getattr(incident, name) for name in INCIDENT_FIELDS}
    found = witnesses_of(incident, witnessed)
    whole = line | ({"witnesses": found} if found else {})
    return Shown(incident.incident_id, encode(whole) + b"\n", incident.status)


def _lines(values: Iterable[Any]) -> bytes:
    """Return a line for each value."""
    return b"".join(encode(value) + b"\n" for value in values)


def write_out(recorded: Recorded, told: Told, out: Path, seconds: float) -> dict[str, Any]:
    """Write the four files into `out`, each replaced whole; return the summary. Judging took `seconds`."""
    summary = summarise(recorded, told, seconds)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "incidents.ndjson", b"".join(one.line for one in told.incidents))
    write_whole(out / "alerts.ndjson", b"".join(one.line for one in told.alerts))
    write_whole(out / "silences.ndjson", _lines([*_rejected(recorded), *told.duplicates, *told.silences]))
    write_whole(out / "summary.json", encode(summary) + b"\n")
    return summary


def _rejected(recorded: Recorded) -> Iterable[dict[str, Any]]:
    for row in recorded.rejected:
        yield {
            "v": FORMAT,
            "file": row.file,
            "line": row.line,
            "outcome": "rejected",
            "stage": "feed",
            "reason": row.reason,
        }


def summarise(recorded: Recorded, told: Told, seconds: float) -> dict[str, Any]:
    """Return the counts: every row read is accepted, a duplicate or rejected; silent ones are accepted."""
    rejected = Counter(row.reason.code for row in recorded.rejected)
    duplicate = Counter(s.reason.code for s in told.duplicates if s.reason is not None)
    silent = Counter(s.reason.code for s in told.silences if s.reason is not None)
    status = Counter(incident.status for incident in told.incidents)
    alerts: dict[str, Counter[str]] = {"action": Counter(), "grade": Counter()}
    for alert in told.alerts:
        alerts["action"][alert.action] += 1
        alerts["grade"][alert.grade] += 1
    return {
        "v": FORMAT,
        "counts": {
            "read": recorded.read,
            "accepted": len(recorded.observations) - sum(duplicate.values()),
            "duplicate": dict(duplicate),
            "rejected": dict(rejected),
            "silent": dict(silent),
        },
        "files": [
            {"file": f.file, "feed": f.feed, "read": f.read, "rejected": f.rejected} for f in recorded.files
        ],
        "verdicts": len(recorded.verdicts),
        "incidents": {"opened": len(told.incidents), "merged": status["merged"], "open": status["open"]},
        "alerts": {
            "total": len(told.alerts),
            "paging": sum(alert.pages for alert in told.alerts),
            "action": dict(alerts["action"]),
            "grade": dict(alerts["grade"]),
        },
        "seconds": round(seconds, 3),
        "observations_per_second": round(len(recorded.observations) / seconds, 1) if seconds > 0 else 0.0,
    }
