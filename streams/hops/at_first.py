"""What is said of an observation at first sight: read before, or too late."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.observation import AnyObservation, Permit
from schemas.pest import AnyPest
from schemas.reason import Reason

AT_ANY_AGE = Permit | AnyPest
"""What may be old when it comes: a permit, and counts that mean something beside later ones."""


def repeated(seen: Mapping[str, tuple[datetime, int]], one: AnyObservation, better: int) -> Reason | None:
    """Return why this is no new identity: read before, or a better version of one."""
    known = seen.get(one.observation_id)
    if known is None:
        return None
    if better > known[1]:
        return Reason(code="superseded_by", ref=one.observation_id, rule="better version refines")
    return Reason(code="duplicate_of", ref=one.observation_id)


def too_late(limit_d: float, age: timedelta) -> Reason | None:
    """Return why an observation so old on arrival is history only, or None."""
    if age <= timedelta(days=limit_d):
        return None
    days = age / timedelta(days=1)
    margin = round(days - limit_d, 3)
    return Reason(code="too_late", value=round(days, 3), threshold=limit_d, margin=margin, unit="d")
