"""A candidate beside the live settings: it judges the same log in memory, tells nobody, and is compared.

It reads observations from where the log begins, so that it remembers what the live judge does; what the log
no longer holds it has not seen. Partitions are read as they come: with several of them single revisions may
differ from what an own run would give, incidents and grades in the end do not.
"""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from alerts.tuning.compare import Comparison, Run, compare
from alerts.tuning.figures import Scale
from detectors.region import AnyRegion
from schemas.alert import Alert
from schemas.codec import Unreadable, decode
from schemas.detection import Claims
from schemas.hop import Hop, Output
from schemas.incident import Incident
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import ALERT, DETECTION, INCIDENT, OBSERVATION
from streams.engine.reader import Read
from streams.hops.build import build_hops
from streams.replay import Outcome
from streams.serve.marks import MARKS
from streams.tables import load_tables
from streams.tuning.lean import without_figures
from streams.tuning.stories import stories_of

TOPICS = (OBSERVATION, INCIDENT, ALERT)
"""What it reads: the same observations, and what the live judge told."""


@dataclass
class Shadow:
    """The candidate's state and what both sides told; nothing it puts out leaves it."""

    settings: Settings
    region: AnyRegion
    origins: int
    name: str = "candidate"
    live: Outcome = field(default_factory=Outcome)
    own: Outcome = field(default_factory=Outcome)
    from_at: datetime | None = None
    to_at: datetime | None = None

    def __post_init__(self) -> None:
        self._alone = threading.Lock()
        hops = build_hops(self.settings, self.region, origins=self.origins)
        self._observe, self._judge = hops[0], without_figures(hops[1])
        self._states: dict[int, Any] = {}
        self._desk = self._judge.open(self._judge.options, 0, {})

    def take(self, one: Read) -> None:
        """Take one message of the log in; what cannot be read was dead-lettered by the live hops."""
        kinds: dict[str, Any] = {OBSERVATION.name: Delivery, INCIDENT.name: Incident, ALERT.name: Alert}
        value = decode(one.raw, kinds[one.topic])
        with self._alone:
            if isinstance(value, Delivery):
                self._judged(value, one.partition)
            elif not isinstance(value, Unreadable):
                topic = INCIDENT if one.topic == INCIDENT.name else ALERT
                self.live.take(Output(topic, "", value))

    def _judged(self, delivery: Delivery, partition: int) -> None:
        at = delivery.received_at.astimezone(UTC)
        self.from_at = at if self.from_at is None else min(self.from_at, at)
        self.to_at = at if self.to_at is None else max(self.to_at, at)
        if partition not in self._states:
            self._states[partition] = self._observe.open(self._observe.options, partition, {})
        # what is published meanwhile is for the live judge: the candidate stands in its place
        mine = structs.replace(delivery, settings=())
        for output in self._step(self._observe, self._states[partition], mine):
            if output.topic is DETECTION:
                self._step(self._judge, self._desk, output.value)

    def _step(self, hop: Hop, state: Any, message: Delivery | Claims) -> list[Output]:
        outputs = hop.step(hop.options, state, message, hop.now(message)).outputs
        for output in outputs:
            self.own.take(output)
        return outputs

    def compared(self, zone: str, marks: frozenset[str] = MARKS) -> Comparison | None:
        """Return how the two differ so far in what these marks open; None before anything was read."""
        if self.from_at is None or self.to_at is None:
            return None
        table = load_tables().evidence.surroundings
        with self._alone:
            live, own = (
                Run(name=name, settings=name, stories=stories_of(_opened(outcome, marks), table))
                for name, outcome in (("live", self.live), (self.name, self.own))
            )
        return compare(
            live, own, (), Scale(from_at=self.from_at, to_at=self.to_at, zone=zone, seed=self.name)
        )


def _opened(outcome: Outcome, marks: frozenset[str]) -> Outcome:
    """Return what was told of incidents that these marks open."""
    shown = {"", *marks}
    incidents = {name: one for name, one in outcome.incidents.items() if one.audience in shown}
    return Outcome(alerts=[one for one in outcome.alerts if one.audience in shown], incidents=incidents)
