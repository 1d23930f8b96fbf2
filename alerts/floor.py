"""An incident that is less sure than its floor makes no task; what it lacks is said, so that it can be tuned.

The floor is `[grade] task`, or `task_protected` where a protected area is touched. It never silences what has
been told, what a person answered, or what reaches a grade.
"""

from alerts.grade import Options
from alerts.grade_condition import protected
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.units import Grade

RULE = "grade.task"


def lacking(options: Options, grade: Grade, probability: float, places: tuple[Place, ...]) -> Reason | None:
    """Return what an incident lacks to make a task, as a negative margin; None: it makes one."""
    floor = options.task_protected if protected(places) else options.task
    if grade != "task" or probability >= floor:
        return None
    return Reason(
        code="below_threshold",
        rule=RULE,
        value=probability,
        threshold=floor,
        margin=round(probability - floor, 4),
        unit="probability",
    )


def below_floor(incident: Incident) -> Reason | None:
    """Return why an incident that nobody was told of stays untold; None: its floor does not bar it."""
    if incident.kind != "fire" or incident.grade != "task" or incident.feedback is not None:
        return None
    return next((one for one in incident.reasons if one.code == "below_threshold" and one.rule == RULE), None)
