"""How long an answer is waited for before the next in line is told, from first due: by kind and grade."""

from datetime import timedelta

from msgspec.structs import replace

from alerts.digest import Options
from schemas.alert import Alert
from schemas.receiver import Receiver
from schemas.units import Grade, IncidentKind


def answer_within(options: Options, receiver: Receiver | None, alert: Alert | None) -> timedelta | None:
    """Return how long an answer is waited for; None: none is, or nobody is next in line."""
    if receiver is None or alert is None or not receiver.escalate_to:
        return None
    waits: dict[tuple[IncidentKind, Grade], float] = {
        ("fire", "I"): options.answer_fire_i_s,
        ("fire", "II"): options.answer_fire_ii_s,
        ("fire", "task"): options.answer_task_s,
        ("outbreak", "I"): options.answer_outbreak_i_s,
    }
    seconds = waits.get((alert.kind, alert.grade))
    return None if seconds is None else timedelta(seconds=seconds)


def in_line(receiver: Receiver, alert: Alert) -> Receiver:
    """Return the next in line as asked for this alert: grade, kind and place were somebody else's choice."""
    asked = replace(receiver, minimum_grade="IV", tasks=True, kinds=(alert.kind,))
    return replace(asked, areas=(), owners=(), polygon=(), quiet=None, on_duty_in="")
