"""Who is on duty at an instant, and who stands behind the name of a group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.policy import UNTELLING, Decision
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.roster import Group, Shift


@dataclass(frozen=True)
class Roster:
    """The groups by name, and the time zone in which their shifts are written."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    zone: str = "UTC"
    officers: tuple[str, ...] = ()

    def on_duty(self, name: str, now: datetime) -> tuple[str, ...]:
        """Return who of a group is on duty: members, whose shift it is, or else the fallback."""
        group, there = self.groups[name], now.astimezone(ZoneInfo(self.zone))
        shifts = [who for shift in group.shifts if covers(shift, there) for who in shift.who]
        return tuple(dict.fromkeys((*group.members, *shifts))) or group.fallback

    def people(self, names: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Return the receivers behind these names at this instant, each once, in order."""
        found = (self.on_duty(name, now) if name in self.groups else (name,) for name in names)
        return tuple(dict.fromkeys(one for some in found for one in some))

    def reached(self, names: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Return who is there behind these names; nobody being on duty, everybody they name."""
        return self.people(names, now) or self.everyone(names)

    def everyone(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the receivers that may ever stand behind these names."""
        found: dict[str, None] = {}
        for name in names:
            group = self.groups.get(name)
            some = (name,) if group is None else all_of(group)
            found |= dict.fromkeys(some)
        return tuple(found)

    def resting(self, decision: Decision, alert: Alert, receiver: Receiver, now: datetime) -> Decision:
        """Return the decision, or that the receiver is off duty; an end is told to whoever was told.

        While nobody of the group is on duty, nobody is off it: what all would miss is told to all.
        """
        group = receiver.on_duty_in
        if not decision.send or not group or alert.action in UNTELLING or group not in self.groups:
            return decision
        there = self.on_duty(group, now)
        if not there or receiver.name in there:
            return decision
        return Decision(send=False, reason=Reason(code="off_duty", ref=group))


def all_of(group: Group) -> tuple[str, ...]:
    """Return everybody a group names."""
    shifts = (who for shift in group.shifts for who in shift.who)
    return tuple(dict.fromkeys((*group.members, *shifts, *group.fallback)))


def covers(shift: Shift, there: datetime) -> bool:
    """Return whether a local instant lies in a shift; one over midnight belongs to the day it starts."""
    start, end, clock = time.fromisoformat(shift.start), time.fromisoformat(shift.end), there.time()
    today, yesterday = there.date(), there.date() - timedelta(days=1)
    if start < end:
        return start <= clock < end and _on(shift, today)
    return (clock >= start and _on(shift, today)) or (clock < end and _on(shift, yesterday))


def _on(shift: Shift, day: date) -> bool:
    begun = shift.first is None or shift.first <= day
    return begun and (shift.last is None or day <= shift.last) and day.isoweekday() in shift.days
