"""When a message may go out: quiet hours hold back all but fire of grade I and II and its taking back."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.digest import Listed
from schemas.alert import Alert
from schemas.receiver import Quiet, Receiver
from schemas.units import Grade

NEVER_HELD = frozenset({"I", "II"})

PEST_HOURS = Quiet(start="22:00", end="07:00")
"""No pest is so urgent that anybody is told of it at night, of whatever grade it is."""


def held_until(
    receiver: Receiver, alert: Alert, now: datetime, zone: str, held: Grade | None = None
) -> datetime | None:
    """Return when the quiet hours end that hold this back, or None: it goes out now.

    `held` is the grade that this takes back: whoever was woken by fire of grade I or II hears of its end.
    """
    ends = [end_of(PEST_HOURS, now, zone)] if alert.kind == "outbreak" else []
    quiet = receiver.quiet
    if quiet is not None and not (alert.kind == "fire" and not NEVER_HELD.isdisjoint({alert.grade, held})):
        ends.append(end_of(quiet, now, zone))
    return max((one for one in ends if one is not None), default=None)


def held_together(receiver: Receiver, lines: Iterable[Listed], now: datetime, zone: str) -> datetime | None:
    """Return when the quiet hours end that hold a digest back, or None: it goes out now.

    One of pests alone keeps their hours; one with a fire in it is not held up by its pests.
    """
    listed = tuple(lines)
    ends = [end_of(PEST_HOURS, now, zone)] if all(one.kind == "outbreak" for one in listed) else []
    grave = any(one.kind == "fire" and one.grade in NEVER_HELD for one in listed)
    if receiver.quiet is not None and not grave:
        ends.append(end_of(receiver.quiet, now, zone))
    return max((one for one in ends if one is not None), default=None)


def end_of(quiet: Quiet, now: datetime, zone: str) -> datetime | None:
    """Return when the quiet hours end in which `now` lies, None outside; equal hours are never quiet."""
    there = now.astimezone(ZoneInfo(zone))
    start, end, clock = _time(quiet.start), _time(quiet.end), there.time()
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    if not inside:
        return None
    day = there.date() if clock < end else there.date() + timedelta(days=1)
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(now.tzinfo)


def _time(text: str) -> time:
    return time.fromisoformat(text)
