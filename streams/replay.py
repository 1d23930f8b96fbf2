"""Replay: the same pure steps over recorded files in event time, and four files that tell what came of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from detectors.pests.ledger import MONDAY, WEEK
from detectors.region import WORLD, AnyRegion
from schemas.act import AnyAct
from schemas.alert import Alert
from schemas.carbon import AnyCarbon
from schemas.codec import encode
from schemas.detection import Claims, Detection
from schemas.hop import Hop, Output
from schemas.incident import Incident
from schemas.notice import Notice
from schemas.observation import Delivery, TrapCount
from schemas.reason import Silence
from schemas.settings import Settings
from schemas.topics import ACT, ALERT, CARBON, DETECTION, INCIDENT, NOTICE, OBSERVATION, SILENCE, VERDICT
from schemas.verdict import Verdict
from streams.explain.witnesses import Witnessed, by_source, witnesses_of
from streams.files import write_whole
from streams.garbage import calm
from streams.hops.build import build_hops, is_expecting
from streams.hops.deliver import at_once
from streams.pipeline import Pipeline
from streams.recorded import Recorded, deliveries
from streams.rounds import in_rounds
from streams.said import with_said

INCIDENT_FIELDS = (
    "v", "incident_id", "short_code", "kind", "status", "merged_into", "opened_at", "last_observed_at",
    "closed_at", "longitude", "latitude", "radius_m", "observation_count", "sources", "area_ha", "footprint",
    "grade", "probability", "places", "feedback", "entered", "parent", "relation", "reburn_of", "candidates",
    "pest", "audience",
)  # fmt: skip
"""What a line of incidents.ndjson says; what depends on the order of arrival is left to the revisions."""

FORMAT = 1
"""Version of `summary.json` and of the lines about rejected rows; others are Structs with their own."""

SILENCE_STEP = timedelta(minutes=10)
"""How often time passes where nothing arrives, so that silence is noticed."""

Progress = Callable[[int], None]
"""Told now and then how many observations have been judged."""


@dataclass
class Outcome:
    """Everything a replay put out, as it came."""

    alerts: list[Alert] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    duplicates: list[Silence] = field(default_factory=list)
    witnessed: dict[str, Detection] = field(default_factory=dict)
    """What people and instruments claimed, by observation; satellites' ids say place and time themselves."""
    notices: list[Notice] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    acts: list[AnyAct] = field(default_factory=list)
    carbon: list[AnyCarbon] = field(default_factory=list)
    """Totals of carbon at risk and close-outs, as they were said."""

    def take(self, output: Output) -> None:
        """Note one message."""
        match output.topic.name:
            case ALERT.name:
                self.alerts.append(output.value)
            case INCIDENT.name:
                self.incidents[output.value.incident_id] = output.value
            case SILENCE.name:
                self._silence(output.value)
            case DETECTION.name:
                self._claimed(output.value)
            case VERDICT.name:
                self.verdicts.append(output.value)
            case CARBON.name:
                self.carbon.append(output.value)
            case ACT.name:
                self.acts.append(output.value)
            case NOTICE.name if isinstance(output.value, Notice):
                self.notices.append(output.value)
            case _:
                pass

    def _claimed(self, claims: Claims) -> None:
        for silence in claims.silences:
            self._silence(silence)
        for claim in claims.detections:
            if claim.source_class != "satellite":
                self.witnessed[claim.observation_id] = claim

    def _silence(self, silence: Silence) -> None:
        if silence.outcome == "duplicate":
            self.duplicates.append(silence)
        elif silence.reason is None:
            self.silences.pop(silence.observation_id, None)
        else:
            self.silences[silence.observation_id] = silence


@calm()
def run(
    given: Iterable[Delivery],
    settings: Settings,
    region: AnyRegion = WORLD,
    progress: Progress | None = None,
    hops: Sequence[Hop] | None = None,
) -> Outcome:
    """Return what the hops make of these deliveries; time passes to each arrival once all of it is judged.

    `hops` stand in for those that the settings make.
    """
    outcome = Outcome()
    world = at_once if settings.receivers else None
    pipeline = Pipeline(hops or build_hops(settings, region), outcome.take, world)
    last: datetime | None = None
    is_watched = is_expecting(settings, region)
    judged, is_trapped = 0, False
    for number, delivery in enumerate(in_rounds(given)):
        if last is not None and delivery.received_at > last:
            for at in ticks(last, delivery.received_at, every=is_watched, weeks=is_trapped):
                pipeline.feed(OBSERVATION, tick(at))
        is_trapped = is_trapped or any(isinstance(one, TrapCount) for one in delivery.observations)
        pipeline.feed(OBSERVATION, delivery)
        last = delivery.received_at
        judged += len(delivery.observations)
        if progress is not None and number % 256 == 0:
            progress(judged)
    if last is not None:
        pipeline.feed(OBSERVATION, tick(last))
    return outcome


def ticks(last: datetime, following: datetime, *, every: bool, weeks: bool = False) -> Iterator[datetime]:
    """Yield the times that pass between two arrivals: the first, and all along where sources are expected.

    Silence can be noticed only while time passes; where nobody is expected nothing happens in between, but
    that traps are judged at the end of each of their weeks, up to a year of them.
    """
    yield last
    if weeks and not every:
        over = MONDAY + ((last - MONDAY) // WEEK + 1) * WEEK
        yield from (over + number * WEEK for number in range(53) if over + number * WEEK < following)
    if every:
        at = last + SILENCE_STEP
        while at < following:
            yield at
            at += SILENCE_STEP


def tick(at: datetime) -> Delivery:
    """Return the delivery that says only that time has passed."""
    return Delivery(delivery_id=f"tick:{at.isoformat()}", received_at=at)


def replay(
    recorded: Recorded, settings: Settings, region: AnyRegion, out: Path, progress: Progress | None = None
) -> dict[str, Any]:
    """Run recorded files, write the four files into `out` (each replaced whole) and return the summary."""
    started = time.perf_counter()
    given = with_said(deliveries((*recorded.observations, *recorded.besides)), recorded.verdicts)
    outcome = run(given, settings, region, progress)
    return write_out(recorded, outcome, out, time.perf_counter() - started)


def write_out(recorded: Recorded, outcome: Outcome, out: Path, seconds: float) -> dict[str, Any]:
    """Write the four files into `out`, each replaced whole; return the summary. Judging took `seconds`."""
    summary = summarise(recorded, outcome, seconds)
    out.mkdir(parents=True, exist_ok=True)
    witnessed = by_source(one for name, one in outcome.witnessed.items() if name not in outcome.silences)
    write_whole(
        out / "incidents.ndjson",
        _lines(_incident_line(outcome.incidents[k], witnessed) for k in sorted(outcome.incidents)),
    )
    write_whole(out / "alerts.ndjson", _lines(outcome.alerts))
    write_whole(
        out / "silences.ndjson",
        _lines([*_rejected(recorded), *outcome.duplicates, *outcome.silences.values()]),
    )
    write_whole(out / "summary.json", encode(summary) + b"\n")
    return summary


def _lines(values: Iterable[Any]) -> bytes:
    return b"".join(encode(value) + b"\n" for value in values)


def _incident_line(incident: Incident, witnessed: Witnessed) -> dict[str, Any]:
    line = {name: getattr(incident, name) for name in INCIDENT_FIELDS}
    found = witnesses_of(incident, witnessed)
    return line | ({"witnesses": found} if found else {})


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


def summarise(recorded: Recorded, outcome: Outcome, seconds: float) -> dict[str, Any]:
    """Return the counts: every row read is accepted, a duplicate or rejected; silent ones are accepted."""
    rejected = Counter(row.reason.code for row in recorded.rejected)
    duplicate = Counter(s.reason.code for s in outcome.duplicates if s.reason is not None)
    silent = Counter(s.reason.code for s in outcome.silences.values() if s.reason is not None)
    status = Counter(incident.status for incident in outcome.incidents.values())
    alerts: dict[str, Counter[str]] = {"action": Counter(), "grade": Counter()}
    for alert in outcome.alerts:
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
        "incidents": {"opened": len(outcome.incidents), "merged": status["merged"], "open": status["open"]},
        "alerts": {
            "total": len(outcome.alerts),
            "paging": sum(alert.pages for alert in outcome.alerts),
            "action": dict(alerts["action"]),
            "grade": dict(alerts["grade"]),
        },
        "seconds": round(seconds, 3),
        "observations_per_second": round(len(recorded.observations) / seconds, 1) if seconds > 0 else 0.0,
    }
