"""Rows of the judge about what ended, what was paged and how far time has come."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from alerts import lifecycle
from detectors import association, crossing

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""Since when the settings file itself holds."""


class Over(Struct, frozen=True, kw_only=True):
    """Row of an id that ended: `o/{id}`: where its revisions stopped, should it ever come back."""

    at: datetime
    revision: int = 0
    """Last revision of the incident of this id; 0 when only an alert went by it."""
    issued: lifecycle.Issued | None = None
    """Last revision of the alert of this id."""


class Paged(Struct, frozen=True, kw_only=True):
    """Row of one county: `p/{county}`: when pages went out there within the hour."""

    times: tuple[datetime, ...]


class TakenBack(Struct, frozen=True):
    """Row of one observation that its source took back: `w/{observation_id}`."""

    observed_at: datetime
    source: str
    by: tuple[str, ...] = ()


class Switched(Struct, frozen=True):
    """Row of one settings version, `0/{version}`: by what claims are joined and crossed, and sparks fly."""

    since: datetime
    association: association.Options
    crossing: crossing.Options
    reach_km: float

    @classmethod
    def of(cls, given: Any, since: datetime) -> "Switched":
        """Return what state is kept by from a time on, of what the judge is given."""
        return cls(since, given.association, given.crossing, given.sparks.reach_km)


class Clock(Struct, frozen=True):
    """Row of one origin's clock: `k/{origin}`."""

    at: datetime
    leap_at: datetime | None = None
    """Since when it says a time that is more than a day ahead, and is not believed yet."""
