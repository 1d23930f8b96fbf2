"""The first days of a past only warm up: they are judged, so that state is as it would be, and not counted.

Masks of works rest on days of heat, and trap baselines on weeks: a past that begins with an empty memory
takes a kiln for a fire on both sides. What began in those days is in no figure, nor is what was known of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from alerts.tuning.known import Known, matched
from alerts.tuning.story import Story


class NothingCountedError(ValueError):
    """So many days warm up that none is left."""


def counted_from(first: datetime, days: int, warm_up_d: int) -> datetime:
    """Return from when on anything counts; raises NothingCountedError where that is the end."""
    if warm_up_d and warm_up_d >= days:
        raise NothingCountedError(f"{warm_up_d} days warm up, and the past has {days}: none is left to count")
    return first + timedelta(days=warm_up_d)


def parted(stories: Iterable[Story], since: datetime) -> tuple[tuple[Story, ...], tuple[Story, ...]]:
    """Return the stories that count, and those that began before."""
    every = tuple(stories)
    return tuple(one for one in every if one.opened_at >= since), tuple(
        one for one in every if one.opened_at < since
    )


def still_known(
    known: Sequence[Known], since: datetime, kept: Sequence[Story], left: Sequence[Story]
) -> list[Known]:
    """Return what is known of the days that count: not what began before, or is of such incidents alone."""
    mine, theirs = matched(known, kept), matched(known, left)
    return [
        one
        for one, here, there in zip(known, mine, theirs, strict=True)
        if (here or not there) and (here or one.incident_id or one.from_at >= since)
    ]
