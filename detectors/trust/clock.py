"""A live source whose word is always old by the same has a wrong clock, and its times can be set right.

Its five newest deliveries tell: ways to us vary, a clock that is off is off by the same. Whole hours are a
zone or summer time that was set wrong. Anything else may be a platform that hands on once an hour, and is
believed as it is, unless it is so old that no way here takes so long within the same ten minutes. A source
that stamps its hour at the beginning is set to its end: there a mean over an hour belongs.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

ENOUGH = 5
"""So many deliveries that agree tell."""

LATE = timedelta(minutes=45)
"""What always comes at least so old was observed by a clock that is behind, or in another zone."""

STEADY = timedelta(minutes=10)
"""And always by the same: what is stored and sent on in portions is late now more, now less."""

LONGEST_WAY = timedelta(hours=6)
"""So long nothing is on its way and yet always the same to ten minutes (placeholder)."""

HOUR = timedelta(hours=1)
EARLY = timedelta(minutes=1)
"""By so much a clock may be off besides, so that a whole hour is set a little too far."""


class Spoke(Struct, frozen=True, array_like=True):
    """One delivery: when it came, and when the newest of what its source said in it was observed."""

    received_at: datetime
    observed_at: datetime

    @property
    def age(self) -> timedelta:
        """How old the newest was when it came."""
        return self.received_at - self.observed_at


class Times(Struct, frozen=True, omit_defaults=True):
    """The newest deliveries of one source, the oldest first: a function of the set of what it said."""

    spoke: tuple[Spoke, ...] = ()


class Offset(NamedTuple):
    """By how much a clock is behind, and how that is known."""

    by: timedelta
    rule: Literal["whole hours", "steady"]


def with_spoken(times: Times, received_at: datetime, observed: Iterable[datetime]) -> Times:
    """Return the times with one delivery more; of those that came at once the newest word counts."""
    newest = {one.received_at: one.observed_at for one in times.spoke}
    said = max(observed)
    newest[received_at] = max(newest.get(received_at, said), said)
    return Times(tuple(Spoke(at, newest[at]) for at in sorted(newest)[-ENOUGH:]))


def is_late(ages: Sequence[timedelta]) -> bool:
    """Return whether what a source says is always old, and always by the same."""
    return len(ages) >= ENOUGH and min(ages) >= LATE and max(ages) - min(ages) <= STEADY


def offset_of(ages: Sequence[timedelta]) -> Offset | None:
    """Return by how much the clock of a source with these ages is behind; None: it is believed as it is."""
    if not is_late(ages):
        return None
    hours = HOUR * ((min(ages) + EARLY) // HOUR)
    if hours and max(ages) <= hours + STEADY:
        return Offset(hours, "whole hours")
    return Offset(min(ages), "steady") if min(ages) >= LONGEST_WAY else None


def set_right(observed_at: datetime, received_at: datetime, times: Times) -> tuple[datetime, Offset] | None:
    """Return when something was really observed, by a source with these times; None: as it says.

    Never later than it came: a clock that has been set right in between is believed at once.
    """
    offset = offset_of([one.age for one in times.spoke])
    if offset is None or observed_at + offset.by > received_at + EARLY:
        return None
    return min(observed_at + offset.by, received_at), offset
