"""Recorded observations and answers are judged again; what was seen of each verified fire is counted.

An office's word settles what it was. What had been seen when it spoke counts, each look once, whatever the
fire was called then; where answers contradict each other, or later evidence overcame them, nothing counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from detectors.context import is_day, land_of
from detectors.evidence import Evidence
from detectors.recalibration import Found, Recalibration, recalibrated
from detectors.region import AnyRegion
from detectors.running import summed
from schemas.hop import Output
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import OBSERVATION, VERDICT
from streams.hops.answers import fire_of
from streams.hops.build import build_hops
from streams.hops.desk import Desk, incident_id
from streams.pipeline import Pipeline
from streams.replay import Progress, tick


class Verified(Struct, frozen=True, kw_only=True):
    """What was counted: incidents that offices ruled on, those left out, and the ratios they speak for."""

    v: int = 1
    fires: int
    others: int
    unsettled: int
    """Ruled on, but answers contradict each other or later evidence outweighs the denial."""
    report: Recalibration


@dataclass
class Collector:
    """What had been seen of each incident when an office last spoke of it, by the id it had then."""

    table: Evidence
    desk: Desk
    seen: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)

    def take(self, output: Output) -> None:
        """Note what had been seen of a fire that an office has just ruled on."""
        value = output.value
        if output.topic.name == VERDICT.name and value.outcome == "applied" and value.level != "field":
            self._note(value.applied_to)

    def _note(self, name: str) -> None:
        fire = fire_of(self.desk, name)
        row = None if fire is None else self.desk.rows.get(incident_id(fire.anchor()))
        said = None if row is None else row.incident.feedback
        if fire is None or row is None or said is None or not said.ruling:
            return
        for one in {*fire.shown, row.incident.incident_id}:
            # what it was called before, or what grew together with it: each look counts once
            self.seen.pop(one, None)
            self.unsettled.discard(one)
        if said.contradicted or said.overcome:
            self.unsettled.add(row.incident.incident_id)
            return
        land = land_of(self.table.surroundings, row.incident.places)
        looks = summed(self.table, fire).looks
        self.seen[row.incident.incident_id] = tuple(
            Found(
                source=look.source_class,  # type: ignore[arg-type]  # a class of source, as claims name it
                land=land,
                is_day=is_day(self.table.surroundings, look.seconds, row.incident.longitude),
                was_fire=said.ruling == "fire",
            )
            for look in looks
        )

    def found(self) -> Iterator[Found]:
        """Yield every look that counts."""
        for looks in self.seen.values():
            yield from looks


def collect(
    given: Iterable[Delivery], settings: Settings, region: AnyRegion, progress: Progress | None = None
) -> Verified:
    """Return what verified incidents among these deliveries say of the ratios in force."""
    hops = build_hops(settings, region)
    table: Any = hops[1].options
    said: list[Output] = []
    pipeline = Pipeline(hops, said.append)
    collector = Collector(table.evidence, pipeline.state(hops[1].name))
    last, judged = None, 0
    for delivery in given:
        if last is not None and delivery.received_at > last:
            pipeline.feed(OBSERVATION, tick(last))
        pipeline.feed(OBSERVATION, delivery)
        for output in said:
            collector.take(output)
        said.clear()
        last, judged = delivery.received_at, judged + len(delivery.observations)
        if progress is not None:
            progress(judged)
    outcomes = [looks[0].was_fire for looks in collector.seen.values() if looks]
    report = recalibrated(table.evidence.version, table.evidence.surroundings, collector.found())
    return Verified(
        fires=sum(outcomes),
        others=len(outcomes) - sum(outcomes),
        unsettled=len(collector.unsettled),
        report=report,
    )
