"""Open-loop load: every observation has its time to be sent, whether the system keeps up or not."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from detectors import hotspot
from detectors.association import Node
from detectors.identity import hotspot_id
from schemas.detection import Detection
from schemas.observation import Hotspot
from streams.bench.beside import NOTHING_USED, Used
from streams.bench.waiting import until
from streams.hops.desk import incident_id

SPACING_DEG = 0.5
"""Between places: each observation opens an incident of its own (28 km at 60 degrees; reach 10 km)."""
SIDE = int(10 / SPACING_DEG)
TILES = [(west, south) for west in range(-180, 180, 10) for south in range(-60, 60, 10)]
STEP = 175
"""Tiles are taken this far apart (coprime to their number), so that neighbours in time lie far away."""
SEEN_S = 20.0
"""How long after the last shot an alert may still come."""


@dataclass(frozen=True)
class Shot:
    """One delivery: when it is due, s after the start, what it holds, and the incidents it must open."""

    due_s: float
    observations: tuple[Hotspot, ...]
    names: tuple[str, ...]


@dataclass
class Volley:
    """What became of the shots: times, s on the monotonic clock, by name."""

    started: float = 0.0
    ended: float = 0.0
    due: dict[str, float] = field(default_factory=dict)
    accepted: dict[str, float] = field(default_factory=dict)
    latest_s: float = 0.0
    used: Used = NOTHING_USED
    seen: dict[str, float] = field(default_factory=dict)

    def since(self, start: Mapping[str, float]) -> list[float]:
        """Return the milliseconds from `start` to seen of everything seen."""
        return [(self.seen[name] - at) * 1000.0 for name, at in start.items() if name in self.seen]

    @property
    def missing(self) -> int:
        """How many were never seen."""
        return len(self.due.keys() - self.seen.keys())


class Subject(Protocol):
    """What is shot at. `seen` has the time at which each name came out."""

    seen: dict[str, float]

    async def send(self, shot: Shot) -> None:
        """Return once the shot is accepted."""

    def names(self, shot: Shot) -> tuple[str, ...]:
        """Return what will be seen of a shot."""

    def used(self) -> Used:
        """Return what the program that is measured has used so far."""


def shots(count: int, per_s: float, each: int = 1, first: int = 0) -> list[Shot]:
    """Return `count` observations in deliveries of `each`, `per_s` observations a second; 0 is all at once.

    `first` is the number of the first place: no two runs on one system share places.
    """
    given = list(_spots(count, first, datetime.now(UTC)))
    parts = (given[at : at + each] for at in range(0, count, each))
    gap = each / per_s if per_s else 0.0
    return [
        Shot(number * gap, tuple(part), tuple(name_of(one) for one in part))
        for number, part in enumerate(parts)
    ]


def _spots(count: int, first: int, at: datetime) -> Iterator[Hotspot]:
    """Yield pixels far from each other, 400 to a tile, of one satellite."""
    for number in range(first, first + count):
        row, place = divmod(number, SIDE * SIDE)
        west, south = TILES[row * STEP % len(TILES)]
        lon = west + (0.5 + place % SIDE) * SPACING_DEG
        lat = south + (0.5 + place // SIDE) * SPACING_DEG
        yield Hotspot(
            observation_id=hotspot_id("N20", "VIIRS", at, lon, lat),
            source="N20/VIIRS",
            observed_at=at,
            longitude=lon,
            latitude=lat,
            satellite="N20",
            instrument="VIIRS",
            scan_km=0.4,
            track_km=0.4,
            confidence="nominal",
            frp_mw=5.0,
            version="2.0NRT",
        )


def name_of(spot: Hotspot) -> str:
    """Return the id of the incident that a lone pixel opens."""
    claim = hotspot.judge(hotspot.Options(), spot, spot.observed_at)
    assert isinstance(claim, Detection), "only a land type that is no vegetation is no claim"
    return incident_id(Node(claim))


async def fire(subject: Subject, given: Sequence[Shot], seen_s: float = SEEN_S) -> Volley:
    """Send each shot when it is due, whatever became of others; return once all is seen, or given up."""
    volley = Volley(started=time.monotonic() + 0.05, seen=subject.seen)
    tasks, used = [], subject.used()
    for shot in given:
        due = volley.started + shot.due_s
        wait = due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        volley.latest_s = max(volley.latest_s, time.monotonic() - due)
        tasks.append(asyncio.create_task(_one(subject, shot, due, volley)))
    await asyncio.gather(*tasks)
    await until(lambda: not volley.missing, seen_s)
    volley.used = subject.used().since(used)
    ended = [volley.seen[name] for name in volley.due if name in volley.seen]
    volley.ended = max(ended, default=time.monotonic())
    return volley


async def _one(subject: Subject, shot: Shot, due: float, volley: Volley) -> None:
    names = subject.names(shot)
    volley.due |= dict.fromkeys(names, due)
    await subject.send(shot)
    volley.accepted |= dict.fromkeys(names, time.monotonic())
