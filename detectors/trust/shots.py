"""What is kept of a camera's pictures to see that it stands still: one line a minute, in any order."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from detectors.trust.camera import Light, Shot, frozen_since

SLOT = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SLOTS = 90
"""Minutes that are kept."""


class Minute(Struct, frozen=True, array_like=True):
    """One minute: its first and its last picture with their times, and whether there was any other."""

    number: int
    first_at: datetime
    first: str
    last_at: datetime
    last: str
    moved: bool


class Shots(Struct, frozen=True, omit_defaults=True):
    """The newest minutes of a camera, the oldest first."""

    minutes: tuple[Minute, ...] = ()


def with_shot(shots: Shots, at: datetime, what: str) -> Shots:
    """Return the pictures with one more; order and repetition change nothing."""
    number = (at - EPOCH) // SLOT
    known = {one.number: one for one in shots.minutes}
    old = known.get(number, Minute(number, at, what, at, what, moved=False))
    first = min((old.first_at, old.first), (at, what))
    last = max((old.last_at, old.last), (at, what))
    moved = old.moved or what not in {old.first, old.last} or old.first != old.last
    known[number] = Minute(number, *first, *last, moved=moved or first[1] != last[1])
    return Shots(tuple(known[one] for one in sorted(known)[-MOST_SLOTS:]))


def still_since(options: Light, shots: Shots) -> datetime | None:
    """Return since when the same picture has come; None: it moves. See `frozen_since`."""
    found = []
    for one in shots.minutes:
        found.append(Shot(at=one.first_at, digest=one.first))
        if one.moved and one.first == one.last:
            found.append(Shot(at=one.first_at + (one.last_at - one.first_at) / 2, digest="another"))
        found.append(Shot(at=one.last_at, digest=one.last))
    return frozen_since(options, found)
