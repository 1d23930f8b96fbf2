"""The one real thing behind many detections, with its revision and lineage."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.act import Entered
from schemas.kin import Candidate, Kinship
from schemas.pest import Audience, Pest
from schemas.reason import Reason
from schemas.report_duty import ReportDuty
from schemas.shape import Shape
from schemas.units import (
    Azimuth,
    Count,
    Grade,
    Identifier,
    IncidentKind,
    Kilometres,
    Latitude,
    Longitude,
    Megawatts,
    Metres,
    PixelArea,
    Probability,
    UtcTime,
    Version,
)
from schemas.verdict import Verification

GeoJson = Annotated[dict[str, Any], Meta(description="GeoJSON geometry, RFC 7946.")]
Relation = Literal["inside", "possibly_inside", "near"]


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One area or named point that the incident is in, may be in, or is near."""

    layer: Annotated[str, Meta(description="Layer of the region, e.g. `county`, `protected_areas`.")]
    place_id: str
    name: str
    relation: Relation
    probability: Probability | None = None
    distance_km: Kilometres | None = None
    edge_km: Annotated[
        Kilometres | None,
        Meta(description="From the nearest pixel of the fire, where its centre is further."),
    ] = None
    azimuth_deg: Annotated[
        Azimuth | None, Meta(description="Bearing from the place to the centre, if it is near.")
    ] = None
    level: Annotated[str, Meta(description="Of a protected area: 国家级自然保护区 and so on.")] = ""
    zone: Annotated[str, Meta(description="Zone of a protected area.")] = ""
    owner: Annotated[str, Meta(description="Who owns a stand.")] = ""
    illustrative: bool = False

    @property
    def away_km(self) -> float | None:
        """How far it is from what burns: from the nearest pixel where that is known, else from the centre."""
        return self.distance_km if self.edge_km is None else self.edge_km


class Incident(Struct, frozen=True, kw_only=True):
    """One revision on `incident.v1`; also one line of `incidents.ndjson`."""

    v: Version = 1
    incident_id: Identifier
    revision: Annotated[int, Meta(ge=1)]
    short_code: Annotated[str, Meta(pattern="^[0-9A-Z]{4}$", description="Answer code.")]
    kind: IncidentKind
    status: Literal["open", "closed", "merged", "false_alarm"]
    merged_into: Identifier | None = None
    lineage: Annotated[tuple[str, ...], Meta(description="Every id this incident was ever shown under.")] = ()
    opened_at: UtcTime
    last_observed_at: UtcTime
    closed_at: UtcTime | None = None
    judged_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    radius_m: Metres
    observation_count: Count
    look_count: Annotated[int, Meta(ge=0, description="Independent looks (passes, calls).")] = 0
    sources: tuple[str, ...]
    area_ha: PixelArea | None
    frp_mw: Megawatts | None = None
    energy_mj: Annotated[
        float | None,
        Meta(description="Fire radiative energy over looks at most 6 h apart, MJ; null: no two such looks."),
    ] = None
    undersampled: Annotated[
        bool,
        Meta(description="Looks that tell a power are fewer than two, or some more than 6 h apart."),
    ] = False
    footprint: GeoJson
    reach_1h: Annotated[
        GeoJson | None,
        Meta(description="Where the fire may be within the hour, with the margin of flying sparks."),
    ] = None
    wind_from_deg: Annotated[
        Azimuth | None,
        Meta(description="The wind that reach was computed with comes from there; null: none, or too light."),
    ] = None
    grade: Grade
    probability: Probability
    seen_clear_at: UtcTime | None = None
    places: tuple[Place, ...] = ()
    placed_by: Annotated[str, Meta(description="Version of the region that gave the places.")] = ""
    reasons: tuple[Reason, ...] = ()
    entered: Annotated[Entered | None, Meta(description="What operators entered; null: nothing.")] = None
    feedback: Annotated[Verification | None, Meta(description="Answers of people; null: none yet.")] = None
    shape: Annotated[
        Shape | None, Meta(description="Of a graded fire with two pixels or more in its last day.")
    ] = None
    parent: Annotated[Identifier | None, Meta(description="Incident that this one stems from.")] = None
    relation: Kinship = ""
    reburn_of: Annotated[
        Identifier | None,
        Meta(description="Former incident on the same ground, too long ago to be the same fire."),
    ] = None
    candidates: Annotated[
        tuple[Candidate, ...], Meta(description="Lone night pixels beside it, each a task on this incident.")
    ] = ()
    reconstruction: bool = False
    report_duty: Annotated[
        ReportDuty | None,
        Meta(description="What the law asks for at once if it is a fire; null: nothing asked for it yet."),
    ] = None
    pest: Annotated[Pest | None, Meta(description="Of an outbreak; null: it is none.")] = None
    audience: Audience = ""
