"""Clocks set right: what live sources say counts at the time at which it really was observed.

A delivery that is in time forgets what was kept of its source, so a sound clock costs no row. What an
observation says of its time stays in the log and the archive; a replay sets it right again in the same way.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from detectors.trust import clock
from detectors.trust.clock import Times
from schemas.codec import Unreadable, decode
from schemas.hop import Result
from schemas.observation import AnyObservation, Pass, Reading, Sighting
from schemas.reason import Reason

PREFIX = "c/"
"""Row `c/{source}`: the newest deliveries of a source that came late."""

FORGOTTEN = timedelta(days=40)


@dataclass
class Clockwork:
    """What is kept of sources that come late, by source."""

    rows: dict[str, Times] = field(default_factory=dict)

    def put(self, key: str, raw: bytes) -> str | None:
        """Take up a row; return why it cannot be read."""
        kept = decode(raw, Times)
        if isinstance(kept, Unreadable):
            return kept.why
        self.rows[key[len(PREFIX) :]] = kept
        return None

    def set_right(
        self,
        observations: tuple[AnyObservation, ...],
        now: datetime,
        known: Container[str],
        result: Result,
    ) -> tuple[tuple[AnyObservation, ...], Mapping[str, Reason]]:
        """Return a delivery with its times set right, and for each that was how; `known` are repeats."""
        spoken: dict[str, list[datetime]] = {}
        for one in observations:
            if is_live(one) and one.observation_id not in known:
                spoken.setdefault(one.source, []).append(one.observed_at)
        for source, observed in spoken.items():
            self._note(source, now, observed, result)
        if not any(one.source in self.rows for one in observations):
            return observations, {}
        told: dict[str, Reason] = {}
        return tuple(self._right(one, now, told) for one in observations), told

    def _note(self, source: str, now: datetime, observed: list[datetime], result: Result) -> None:
        if now - max(observed) >= clock.LATE:
            times = clock.with_spoken(self.rows.get(source, Times()), now, observed)
            self.rows[source] = result.rows[PREFIX + source] = times
        elif self.rows.pop(source, None) is not None:
            result.rows[PREFIX + source] = None

    def _right(self, one: AnyObservation, now: datetime, told: dict[str, Reason]) -> AnyObservation:
        times = self.rows.get(one.source) if is_live(one) else None
        found = None if times is None else clock.set_right(one.observed_at, now, times)
        if found is None:
            return one
        at, offset = found
        told[one.observation_id] = Reason(
            code="clock_set_right",
            ref=one.source,
            rule=offset.rule,
            value=offset.by.total_seconds(),
            margin=(now - at).total_seconds(),
            unit="s",
        )
        return replace(one, observed_at=at)

    def sweep(self, now: datetime, result: Result) -> None:
        """Forget sources that have been silent for long."""
        for source in [one for one, times in self.rows.items() if now - _last(times) > FORGOTTEN]:
            del self.rows[source]
            result.rows[PREFIX + source] = None


def is_live(one: AnyObservation) -> bool:
    """Return whether a source says at once what it sees: satellites are late, people tell of the past."""
    return isinstance(one, Sighting | Reading) or (isinstance(one, Pass) and one.source_class != "satellite")


def _last(times: Times) -> datetime:
    return times.spoke[-1].received_at
