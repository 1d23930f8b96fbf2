"""Which receivers care about an alert: grade, tasks and areas."""

from collections.abc import Iterable

from schemas.alert import Alert
from schemas.receiver import Receiver
from schemas.units import Grade

RANK: dict[Grade, int] = {"task": 0, "IV": 1, "III": 2, "II": 3, "I": 4}
"""Order of urgency: a task is below every grade, grade I is the worst."""


def wants(alert: Alert, receiver: Receiver) -> bool:
    """Return whether the receiver asked for alerts of this grade in this place."""
    return _grade_wanted(alert, receiver) and _area_wanted(alert, receiver)


def due(alert: Alert, receivers: Iterable[Receiver]) -> tuple[str, ...]:
    """Return the names of the receivers that asked for this alert, in the order of the settings."""
    return tuple(receiver.name for receiver in receivers if wants(alert, receiver))


def _grade_wanted(alert: Alert, receiver: Receiver) -> bool:
    if alert.grade == "task":
        return receiver.tasks
    return RANK[alert.grade] >= RANK[receiver.minimum_grade]


def _area_wanted(alert: Alert, receiver: Receiver) -> bool:
    """Inside, possibly inside and near all count: a fire at the border is the neighbour's concern too."""
    return not receiver.areas or any(place.place_id in receiver.areas for place in alert.places)
