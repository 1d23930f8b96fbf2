"""One incident's story in one run of the past: when it was told, how gravely, to how many, and why."""

from typing import Annotated

from msgspec import Meta, Struct

from alerts.grade import ORDER
from schemas.reason import Reason
from schemas.units import Count, Grade, Latitude, Longitude, Metres, Probability, UtcTime

Told = UtcTime | None


class Story(Struct, frozen=True, kw_only=True):
    """What a run made of one incident, with every id it went by."""

    incident_id: str
    lineage: tuple[str, ...]
    kind: str = "fire"
    opened_at: UtcTime
    last_observed_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    radius_m: Metres
    probability: Annotated[Probability, Meta(description="The highest that was told, else the last.")]
    grade: Annotated[Grade | None, Meta(description="The highest told; null: nothing was told.")] = None
    told_at: Annotated[Told, Meta(description="First task or alert.")] = None
    alert_at: Annotated[Told, Meta(description="First alert of grade I to IV.")] = None
    paged_at: Told = None
    revisions: Count = 0
    pages: Count = 0
    species: Annotated[str, Meta(description="Of an outbreak.")] = ""
    county: str = ""
    land: str = "unknown"
    place: str = ""
    sources: tuple[str, ...] = ()
    carbon_t: Annotated[float, Meta(ge=0, description="At risk, t C; null: not known.")] | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def rank(self) -> int:
        """How grave it was told: -1 nothing, 0 a task, 1 to 4 grades IV to I."""
        return -1 if self.grade is None else ORDER[self.grade]
