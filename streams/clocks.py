"""Whose clock is wrong, and who is off altogether: what the last messages of each source say together."""

import logging
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from detectors.trust.clock import ENOUGH as ALIKE
from detectors.trust.clock import is_late, offset_of
from streams.feeds import Parsed
from streams.feeds.sightings import SAYS_NOTHING
from streams.hops.timing import is_live

logger = logging.getLogger(__name__)

RECENT = 9
"""Messages of one source that are looked at together."""
ENOUGH = 5
"""So many of them, which is most, must fail in one direction: a single bad row blames no clock."""
SOURCES = 1000
"""Sources remembered, those heard last: names come from outside."""
HEARD = timedelta(days=1)
"""A source that has been silent for so long is no news any more."""
SAY_EVERY = timedelta(hours=1)

UNITS = frozenset({"kelvin_to_celsius", "pascal_to_hectopascal"})
"""What was mended in a reading whose unit is not what it says."""

Direction = Literal["ahead", "behind", "late", "slow", "units", "refused"]

OFF: frozenset[Direction] = frozenset({"units", "refused"})
"""What is wrong with a whole source though its clock is right."""


class Suspect(NamedTuple):
    """A source most of whose recent messages fail the clock check in one direction."""

    source: str
    direction: Direction
    failed: int
    of: int


@dataclass
class _Recent:
    """For each recent message of a source: 0 when its time is believed, 1 when ahead, -1 when too old."""

    heard_at: datetime
    ways: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT))
    ages: deque[timedelta] = field(default_factory=lambda: deque(maxlen=ALIKE))
    """How old the newest live observation of each payload was when it came."""
    refused: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Whether a row was refused for anything but its time."""
    units: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Whether the unit of a reading was mended."""
    said_at: datetime | None = None


class Clocks:
    """The recent clock checks of every source; those that fail are kept as dead letters by others."""

    def __init__(self) -> None:
        self._sources: OrderedDict[str, _Recent] = OrderedDict()
        self._said_ours_at: datetime | None = None

    def note(self, parsed: Parsed, source_name: str, now: datetime) -> None:
        """Count what a payload says; of a clock to be blamed say so loudly, once an hour and source.

        `source_name` stands for rows that name no source.
        """
        touched: dict[str, None] = {}
        for source, way in _ways(parsed, source_name):
            recent = self._sources.setdefault(source, _Recent(now))
            recent.ways.append(way)
            recent.heard_at = now
            touched[source] = None
        for source, is_refused in _refusals(parsed, source_name):
            recent = self._sources.setdefault(source, _Recent(now))
            recent.refused.append(is_refused)
            recent.heard_at = now
            touched[source] = None
        for source, age, is_mended in _live(parsed, now):
            self._sources[source].ages.append(age)
            self._sources[source].units.append(is_mended)
        for source in touched:
            self._sources.move_to_end(source)
        while len(self._sources) > SOURCES:
            self._sources.popitem(last=False)
        for suspect in filter(None, map(self._suspect, touched)):
            self._say(suspect, now)

    def suspects(self, now: datetime) -> list[Suspect]:
        """Return the sources whose clock is to be blamed, of those heard within the last day."""
        return [one for one in map(self._suspect, self._heard(now)) if one is not None]

    def blames_ours(self, now: datetime) -> bool:
        """Say whether most sources seem ahead: then it is our own clock that is behind.

        Times before 2000 are wrong whatever our clock says.
        """
        ahead = [one for one in self.suspects(now) if one.direction == "ahead"]
        return len(ahead) >= 2 and 2 * len(ahead) > len(self._heard(now))

    def _heard(self, now: datetime) -> list[str]:
        return [source for source, recent in self._sources.items() if abs(now - recent.heard_at) <= HEARD]

    def _suspect(self, source: str) -> Suspect | None:
        if source not in self._sources:
            return None
        ways = self._sources[source].ways
        ahead, behind = ways.count(1), ways.count(-1)
        failed = max(ahead, behind)
        if failed >= ENOUGH:
            return Suspect(source, "ahead" if ahead > behind else "behind", failed, len(ways))
        ages, units = self._sources[source].ages, self._sources[source].units
        if is_late(ages):
            return Suspect(source, "slow" if offset_of(ages) else "late", len(ages), len(ages))
        if sum(units) >= ENOUGH:
            return Suspect(source, "units", sum(units), len(units))
        refused = self._sources[source].refused
        if sum(refused) >= ENOUGH:
            return Suspect(source, "refused", sum(refused), len(refused))
        return None

    def _say(self, suspect: Suspect, now: datetime) -> None:
        recent = self._sources[suspect.source]
        if _due(recent.said_at, now):
            recent.said_at = now
            logger.error(_SAID[suspect.direction], *suspect)
        if self.blames_ours(now) and _due(self._said_ours_at, now):
            self._said_ours_at = now
            logger.error("clock: most sources are ahead of us: our own clock is suspect, set it first")


_HELD = (
    "clock source=%r direction=%s failed=%d of=%d: its clock or ours is wrong; the messages are "
    "kept, replay them with `fenghuo dead-letters replay`"
)
_SAID: dict[Direction, str] = {
    "ahead": _HELD,
    "behind": _HELD,
    "late": "clock source=%r direction=%s failed=%d of=%d: all it sends is late by the same; its clock, its "
    "time zone or its way here is wrong. It is judged all the same, by the times it says",
    "slow": "clock source=%r direction=%s failed=%d of=%d: its clock or its time zone is behind "
    "by the same in all it sends. It is judged by times set right; set its clock",
    "units": "source=%r off in %s: %d of its last %d readings came in another unit than they say and were "
    "mended; set the unit at the source",
    "refused": "source=%r off in %s: %d of its last %d rows were refused; the reasons stand beside them in "
    "`fenghuo dead-letters list`",
}


def _refusals(parsed: Parsed, source_name: str) -> Iterator[tuple[str, bool]]:
    """Yield source and whether it was refused of each row, in the order of the payload; no heartbeats."""
    rows = [(line, one.source, False) for line, one in zip(parsed.lines, parsed.observations, strict=True)]
    rows += [
        (row.line, row.reason.ref or source_name, True)
        for row in parsed.rejected
        if row.reason.code != "bad_time" and row.reason.rule != SAYS_NOTHING
    ]
    for _, source, is_refused in sorted(rows, key=lambda row: row[0]):
        yield source, is_refused


def _live(parsed: Parsed, now: datetime) -> Iterator[tuple[str, timedelta, bool]]:
    """Yield source, age of its newest live observation and whether a unit was mended, for each source.

    Satellites are late by nature, and people say when they saw something.
    """
    newest: dict[str, tuple[datetime, bool]] = {}
    for one in parsed.observations:
        if is_live(one):
            at, mended = newest.get(one.source, (one.observed_at, False))
            newest[one.source] = max(at, one.observed_at), mended or bool(UNITS.intersection(one.mended))
    for source, (at, mended) in newest.items():
        yield source, now - at, mended


def _due(said_at: datetime | None, now: datetime) -> bool:
    return said_at is None or abs(now - said_at) >= SAY_EVERY


def _ways(parsed: Parsed, source_name: str) -> Iterator[tuple[str, int]]:
    """Yield source and way of every row whose time was checked, in the order of the payload."""
    rows = [(line, one.source, 0) for line, one in zip(parsed.lines, parsed.observations, strict=True)]
    rows += [
        (row.line, row.reason.ref or source_name, 1 if row.reason.value > 0 else -1)
        for row in parsed.rejected
        if row.reason.code == "bad_time" and row.reason.value is not None
    ]
    for _, source, way in sorted(rows, key=lambda row: row[0]):
        yield source, way
