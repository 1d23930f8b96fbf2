"""What people are told about an incident: one graded, explained revision."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.incident import GeoJson, Place
from schemas.reason import Reason
from schemas.units import (
    Action,
    Grade,
    Identifier,
    IncidentKind,
    Latitude,
    Longitude,
    Metres,
    PixelArea,
    Probability,
    Text,
    UtcTime,
    Version,
)


class Carbon(Struct, frozen=True, kw_only=True):
    """Carbon at risk, t C; null with a reason until it is computed, never 0."""

    carbon_t: Annotated[float, Meta(ge=0)] | None
    low_t: Annotated[float, Meta(ge=0)] | None = None
    high_t: Annotated[float, Meta(ge=0)] | None = None
    reason: Reason | None = None


class Versions(Struct, frozen=True, kw_only=True):
    """What judged: software, settings, region and tables; and the jurisdiction whose words it used."""

    software: str
    settings: str
    region: str
    tables: str
    jurisdiction: str = ""


class Legal(Struct, frozen=True, kw_only=True):
    """The fields of a published warning: the set of 突发事件应对法 (2024) art. 64, which holds every other.

    The profile of the jurisdiction says which of them its law asks for; texts are in its first language.
    """

    category: Annotated[str, Meta(description="预警类别")]
    level: Annotated[str, Meta(description="级别, as judged by the system.")]
    starts_at: Annotated[UtcTime, Meta(description="起始时间")]
    affected_area: Annotated[str, Meta(description="可能影响的范围")]
    caution: Annotated[str, Meta(description="警示事项")]
    measures: Annotated[str, Meta(description="应当采取的措施")]
    issuer: Annotated[str, Meta(description="发布单位; empty until one is set.")]
    issued_at: Annotated[UtcTime, Meta(description="发布时间")]


class Alert(Struct, frozen=True, kw_only=True):
    """One revision on `alert.v1`; also one line of `alerts.ndjson`.

    `alert_id` lasts for the alert's life: the incident id it first went out under.
    """

    v: Version = 1
    alert_id: Identifier
    incident_id: Identifier
    revision: Annotated[int, Meta(ge=1)]
    action: Action
    kind: IncidentKind
    grade: Grade
    previous_grade: Grade | None = None
    pages: Annotated[bool, Meta(description="This revision may page people (new or raised, I to IV).")]
    late: Annotated[bool, Meta(description="Old news: told only after the next tick, or in the digest.")] = (
        False
    )
    short_code: str
    issued_at: UtcTime
    previous_issued_at: Annotated[
        UtcTime | None, Meta(description="When the revision before was issued.")
    ] = None
    observed_at: Annotated[UtcTime, Meta(description="Newest evidence.")]
    expires_at: UtcTime
    headline: Annotated[dict[str, str], Meta(description="By language of the jurisdiction.")]
    description: Annotated[dict[str, Text], Meta(description="By language.")]
    reasons: tuple[Reason, ...]
    longitude: Longitude
    latitude: Latitude
    radius_m: Metres
    area_ha: PixelArea | None
    probability: Probability
    observation_count: int
    sources: tuple[str, ...]
    footprint: GeoJson
    places: tuple[Place, ...]
    carbon: Carbon
    legal: Legal
    versions: Versions
    lineage: tuple[str, ...] = ()
    supersedes: Annotated[tuple[str, ...], Meta(description="Alert ids that ended in this one.")] = ()
    scope: str = "Restricted"
    status: str = "Exercise"
    reconstruction: bool = False
