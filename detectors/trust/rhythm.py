"""Every source has a rhythm; silent for longer than that it is overdue, unless the gap was scheduled.

Config::

    every_s = 600      # it speaks so often
    grace_s = 2400     # and its word takes so long to get here, at worst
    missed = 2         # so many times in a row it may be missed
    gaps = [{ from_utc = "02:40", to_utc = "02:50" }]     # daily; nothing is due in them
    months = [4, 5, 6, 7, 8, 9, 10]     # nothing is due in the others, as of traps out of season

Due times stand on the clock: `phase_s` after midnight UTC and every `every_s` from there. A source that never
spoke counts from when it was expected. Overdue is a fact about us, not about the fire: nothing is out because
nobody looks. Himawari's daily gaps are those of JAXA's product description.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from schemas.reason import Reason

Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]

LONGEST = timedelta(days=40)
"""A silence longer than this is not counted slot by slot; it is overdue whatever was scheduled."""


class Gap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A daily time, UTC, in which nothing is due; it may go over midnight."""

    from_utc: Clock
    to_utc: Clock

    def holds(self, at: datetime) -> bool:
        """Return whether an instant lies in the gap: from its beginning to before its end."""
        begins, ends = time.fromisoformat(self.from_utc), time.fromisoformat(self.to_utc)
        now = at.astimezone(UTC).time()
        return begins <= now < ends if begins <= ends else now >= begins or now < ends


class Rhythm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a source speaks, how late it may be, and when it may be silent."""

    every_s: Annotated[float, Meta(ge=1, le=31 * 86400)]
    grace_s: Annotated[float, Meta(ge=0)] = 0.0
    missed: Annotated[int, Meta(ge=1)] = 2
    phase_s: Annotated[float, Meta(ge=0)] = 0.0
    gaps: tuple[Gap, ...] = ()
    months: tuple[Annotated[int, Meta(ge=1, le=12)], ...] = ()
    """Months, UTC, in which anything is due; none named: in all."""

    def is_due(self, slot: datetime) -> bool:
        """Return whether a due time is in no gap and in no month of rest."""
        rests = self.months and slot.astimezone(UTC).month not in self.months
        return not rests and not any(gap.holds(slot) for gap in self.gaps)


Light = Callable[[datetime], bool]
"""Whether a source can do anything at that time, as a camera that sees by day alone."""


def always(_at: datetime) -> bool:
    """Return that there is no time at which nothing is due."""
    return True


HIMAWARI_GAPS = (Gap(from_utc="02:40", to_utc="02:50"), Gap(from_utc="14:40", to_utc="14:50"))
HIMAWARI = Rhythm(every_s=600, grace_s=2400, missed=2, gaps=HIMAWARI_GAPS)
"""Ten-minute slots; a slot is posted within about half an hour (from memory, to be measured)."""


def missed_slots(rhythm: Rhythm, last_at: datetime, now: datetime, light: Light = always) -> list[datetime]:
    """Return the due times after `last_at` that should have been heard of by `now`, the oldest first."""
    step, until = timedelta(seconds=rhythm.every_s), now - timedelta(seconds=rhythm.grace_s)
    midnight = datetime.combine(_day(last_at), time(), UTC) + timedelta(seconds=rhythm.phase_s)
    slot = midnight + step * ((last_at - midnight) // step + 1)
    found: list[datetime] = []
    while slot <= until:
        if rhythm.is_due(slot) and light(slot):
            found.append(slot)
        slot += step
    return found


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def overdue(
    rhythm: Rhythm, source: str, last_at: datetime, now: datetime, light: Light = always
) -> Reason | None:
    """Return why a source counts as lost, None while it keeps its rhythm; `value` is for how long, s."""
    silent_s = (now - last_at).total_seconds()
    slots: Sequence[datetime] = ()
    if rhythm.months:
        # what rests for months is counted anew when its season begins
        last_at = max(last_at, now - LONGEST)
    if now - last_at <= LONGEST:
        slots = missed_slots(rhythm, last_at, now, light)
        if len(slots) < rhythm.missed:
            return None
    allowed = rhythm.every_s * rhythm.missed + rhythm.grace_s
    return Reason(
        code="overdue",
        ref=source[:200],
        value=silent_s,
        threshold=allowed,
        margin=silent_s - allowed,
        unit="s",
        detail=f"{len(slots)} expected and not heard" if slots else "silent beyond counting",
    )


def due_at(rhythm: Rhythm, last_at: datetime, light: Light = always) -> datetime:
    """Return when a source that is silent from now on becomes overdue; `LONGEST` later at the latest."""
    step, grace = timedelta(seconds=rhythm.every_s), timedelta(seconds=rhythm.grace_s)
    span = step * rhythm.missed
    while span <= LONGEST:
        slots = missed_slots(rhythm, last_at, last_at + span + grace, light)
        if len(slots) >= rhythm.missed:
            return slots[rhythm.missed - 1] + grace
        span += max(span, step)
    return last_at + LONGEST
