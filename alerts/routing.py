"""Which receivers care about an alert: kind, grade, tasks, areas, and who must not be told.

Inside, possibly inside and near all count: where the place is uncertain, every candidate township and both
sides of a boundary are told, and the place is named as uncertain in what they get.
"""

from collections.abc import Collection, Iterable

from alerts.geofence import touches
from schemas.alert import Alert
from schemas.incident import Place
from schemas.receiver import Receiver
from schemas.units import Grade

RANK: dict[Grade, int] = {"task": 0, "IV": 1, "III": 2, "II": 3, "I": 4}
"""Order of urgency: a task is below every grade, grade I is the worst."""

SPOTTING = frozenset({"spotting", "spotting_candidate"})
"""Reasons that tell of a spot fire; `ref` is the fire it came from."""

HARD = frozenset({"not_released", "drill_only", "not_its_audience"})
"""Refusals that hold for whoever was told before, too."""

TEST = "Test"
"""CAP status of what a drill puts in."""


def refusal(alert: Alert, receiver: Receiver) -> str:
    """Return the code of the reason why the receiver is not told of this, or nothing."""
    if receiver.public:
        return "not_released"
    if alert.status == TEST and not receiver.drill:
        return "drill_only"
    if alert.audience and alert.audience not in receiver.audience:
        return "not_its_audience"
    if alert.grade == "task" and not receiver.tasks:
        return "task_not_wanted"
    asked = alert.grade == "task" or RANK[alert.grade] >= RANK[receiver.minimum_grade]
    if not asked or alert.kind not in receiver.kinds or not _area_wanted(alert, receiver):
        return "not_wanted"
    return ""


def wants(alert: Alert, receiver: Receiver) -> bool:
    """Return whether the receiver is to be told of alerts of this kind and grade in this place."""
    return not refusal(alert, receiver)


def due(alert: Alert, receivers: Iterable[Receiver]) -> tuple[str, ...]:
    """Return the names of the receivers that asked for this alert, in the order of the settings."""
    return tuple(receiver.name for receiver in receivers if wants(alert, receiver))


def goes_out(receiver: Receiver) -> bool:
    """Return whether this receiver is a person who may stand near a fire."""
    if receiver.goes_out is not None:
        return receiver.goes_out
    return bool(receiver.phone) or any(way.phone for way in receiver.then)


def guarded(alert: Alert) -> bool:
    """Return whether a revision may endanger those who are out: it is of a fire, and no old news."""
    return alert.kind == "fire" and not alert.late


def _area_wanted(alert: Alert, receiver: Receiver) -> bool:
    if not (receiver.areas or receiver.polygon or receiver.owners):
        return True
    if area_matches(receiver.areas, alert):
        return True
    if any(place.owner in receiver.owners for place in alert.places if place.owner):
        return True
    return bool(receiver.polygon) and touches(receiver.polygon, alert)


def area_matches(areas: Iterable[str], alert: Alert) -> bool:
    """Return whether any of these areas holds, may hold or is near the alert."""
    return any(_within(place.place_id, area) for area in areas for place in alert.places)


def lies_in(areas: Collection[str], alert: Alert) -> bool:
    """Return whether the alert lies in these areas: inside one, or in them by every candidate of one layer.

    What is only near one, or may as well be elsewhere, does not. Only administrative areas leave no ground
    between them; of all others only *inside* counts.
    """

    def held(place: Place) -> bool:
        return any(_within(place.place_id, area) for area in areas)

    candidates: dict[str, list[bool]] = {}
    for place in alert.places:
        if place.relation == "inside" and held(place):
            return True
        if place.relation != "near" and is_code(place.place_id):
            candidates.setdefault(place.layer, []).append(held(place))
    return any(all(found) for found in candidates.values())


def _within(place_id: str, area: str) -> bool:
    """Return whether a place is an area, or by its administrative code a part of it (GB/T 2260)."""
    return place_id == area or (is_code(area) and is_code(place_id) and place_id.startswith(stem(area)))


def is_code(text: str) -> bool:
    """Return whether this is an administrative code: six digits down to a county, nine or twelve below."""
    return text.isascii() and text.isdigit() and len(text) in {6, 9, 12}


def stem(code: str) -> str:
    """Return what the codes of all parts of an area begin with.

    >>> stem("510000"), stem("511000"), stem("513401"), stem("513401102")
    ('51', '5110', '513401', '513401102')
    """
    while len(code) in {4, 6} and code.endswith("00"):
        code = code[:-2]
    return code
