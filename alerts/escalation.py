"""Escalation: how long an answer is waited for, and what the next in line is told when none comes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from alerts.digest import Options
from alerts.policy import Decision, Told
from alerts.routing import HARD, refusal
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.units import Grade, IncidentKind

REMEMBERED = 32
"""In so many places of others one receiver is known to have been told of one alert, the newest."""


def asked_within(options: Options, alert: Alert) -> timedelta | None:
    """Return how long the answer to this revision is waited for; None: it asks for none."""
    waits: dict[tuple[IncidentKind, Grade], float] = {
        ("fire", "I"): options.answer_fire_i_s,
        ("fire", "II"): options.answer_fire_ii_s,
        ("fire", "task"): options.answer_task_s,
        ("outbreak", "I"): options.answer_outbreak_i_s,
    }
    seconds = waits.get((alert.kind, alert.grade))
    return None if seconds is None else timedelta(seconds=seconds)


def answer_within(options: Options, receiver: Receiver | None, alert: Alert | None) -> timedelta | None:
    """Return how long an answer is waited for; None: none is, or nobody is next in line."""
    if receiver is None or alert is None or not receiver.escalate_to:
        return None
    return asked_within(options, alert)


def in_line(receiver: Receiver, alert: Alert) -> Receiver:
    """Return the next in line as asked for this alert: grade, kind and place were somebody else's choice."""
    asked = replace(receiver, minimum_grade="IV", tasks=True, kinds=(alert.kind,))
    return replace(asked, areas=(), owners=(), polygon=(), quiet=None, on_duty_in="")


def standing_in(alert: Alert, who: str, since: datetime, zone: str = "UTC") -> Alert:
    """Return a revision as it is told in somebody's place: who did not answer, since when by local time.

    A lower grade is no end to one who may hold nothing: they are told what holds now.
    """
    others = tuple(one for one in alert.reasons if one.code not in {"unanswered_by", "follows"})
    local = since.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
    said = Reason(code="unanswered_by", ref=who, detail=local)
    action = "update" if alert.action == "downgrade" else alert.action
    return replace(alert, action=action, reasons=(*others, said))


def unanswered(alert: Alert) -> Reason | None:
    """Return who did not answer, where this is told in somebody's place."""
    return next((one for one in alert.reasons if one.code == "unanswered_by"), None)


def stood_in(told: Told, who: str, revision: int) -> bool:
    """Return whether this was told in that one's place before: lines may lead back to where they began."""
    return (who, revision) in told.stood_in


def remembered(told: Told, who: str, revision: int) -> Told:
    """Return `told` with in whose place this revision was told."""
    others = tuple(one for one in told.stood_in if one != (who, revision))
    return replace(told, stood_in=(*others, (who, revision))[-REMEMBERED:])


def told_instead(told: Told | None, alert: Alert, receiver: Receiver, who: str) -> Decision:
    """Return whether the next in line is told: whatever they hold, unless it is over or not theirs."""
    if told is not None and told.ended > alert.revision:
        over = Reason(code="superseded_by", ref=f"{alert.alert_id}.{told.ended}")
        return Decision(send=False, reason=over)
    why = refusal(alert, receiver)
    if why in HARD:
        return Decision(send=False, reason=Reason(code=why, detail=alert.grade))
    return Decision(send=True, reason=Reason(code="unanswered_by", ref=who, detail=alert.grade))
