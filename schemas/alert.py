"""What people are told about an incident: one graded, explained revision."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.incident import GeoJson, Place
from schemas.kin import Kinship
from schemas.pest import Audience, Pest
from schemas.reason import Reason
from schemas.report_duty import ReportDuty
from schemas.shape import Shape
from schemas.units import (
    Action,
    Azimuth,
    Grade,
    Hectares,
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
    written,
)
from schemas.verdict import Verification
from schemas.weather import Conditions

Tonnes = Annotated[float, Meta(ge=0)]


class Range(Struct, frozen=True, kw_only=True):
    """Mean of the draws and their middle 95 %, t."""

    mean_t: Tonnes
    low_t: Tonnes
    high_t: Tonnes


class Carbon(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Carbon at risk, t C; null with a reason until it is computed, never 0.

    `carbon_t` with `low_t` and `high_t` is what would be lost within `horizon_h` if it is a fire.
    """

    carbon_t: Tonnes | None
    low_t: Tonnes | None = written(None)
    high_t: Tonnes | None = written(None)
    reason: Reason | None = written(None)
    unit: Annotated[str, Meta(description="Of every figure that does not say otherwise.")] = "t C"
    probability: Annotated[Probability | None, Meta(description="That it is a fire.")] = None
    expected_t: Annotated[Tonnes | None, Meta(description="Loss times probability, t C.")] = None
    car95_t: Annotated[
        Tonnes | None, Meta(description="Loss exceeded with 5 %, nothing being lost without a fire, t C.")
    ] = None
    exposed: Annotated[Range | None, Meta(description="Stock in reach within the horizon, t C.")] = None
    standing_t: Annotated[Tonnes | None, Meta(description="Stock inside the footprint now, t C.")] = None
    co2e: Annotated[
        Range | None,
        Meta(description="Emission if it is one, t CO2 equivalent; of a pest all that the dead give off."),
    ] = None
    gases_t: Annotated[dict[str, float], Meta(description="Mean emission by gas, t of the gas.")] = {}
    committed_t: Annotated[
        Tonnes | None, Meta(description="Of trees that a pest kills: all that will be given off, t C.")
    ] = None
    ten_year_t: Annotated[Tonnes | None, Meta(description="Of it, what is given off in ten years.")] = None
    radiative: Annotated[
        Range | None, Meta(description="Second estimate, from radiative power: t CO2 given off so far.")
    ] = None
    undersampled: Annotated[
        bool,
        Meta(description="Satellites looked too rarely for `radiative`: what burnt between is not in it."),
    ] = False
    forgone: Annotated[
        Range | None,
        Meta(description="Growth that a pest takes, t C a year; apart, in no other figure."),
    ] = None
    peat: Annotated[
        Literal["", "wet", "moist", "dry", "unknown", "too_wet"],
        Meta(description="What the peat in reach was taken to be; too wet does not burn; empty: none there."),
    ] = ""
    pest: Annotated[str, Meta(description="Of an outbreak: the row of mortality it was computed with.")] = ""
    severity: Annotated[str, Meta(description="Of that pest; of a fire that which was mapped.")] = ""
    fate: Annotated[str, Meta(description="Of the wood that a pest kills.")] = ""
    horizon_h: Annotated[float, Meta(gt=0)] | None = None
    reach_ha: Annotated[Hectares | None, Meta(description="Mean area in reach, ha.")] = None
    unknown_ha: Annotated[Hectares | None, Meta(description="Of it, where nothing tells what grows.")] = None
    stands: Annotated[int, Meta(ge=0, description="Stands in reach.")] = 0
    tiers_ha: Annotated[dict[str, float], Meta(description="Mean area in reach by tier of the stock.")] = {}
    pools: Annotated[tuple[str, ...], Meta(description="Pools that are in the figures.")] = ()
    cautions: Annotated[tuple[str, ...], Meta(description="What was missing, unverified or overdue.")] = ()
    parameters: Annotated[str, Meta(description="Version of the carbon tables.")] = ""
    accounting: str = ""
    gwp_set: str = ""
    seed: Annotated[str, Meta(description="Of the draws, hexadecimal.")] = ""
    weather: Annotated[
        Conditions | None, Meta(description="The weather it was computed in; null: none was known.")
    ] = None
    draws: Annotated[int, Meta(ge=0)] = 0


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
    reach_1h: Annotated[
        GeoJson | None,
        Meta(description="Where the fire may be within the hour, with the margin of flying sparks."),
    ] = None
    wind_from_deg: Annotated[
        Azimuth | None,
        Meta(description="The wind that reach was computed with comes from there; null: none, or too light."),
    ] = None
    places: tuple[Place, ...]
    carbon: Carbon
    legal: Legal
    versions: Versions
    lineage: tuple[str, ...] = ()
    supersedes: Annotated[tuple[str, ...], Meta(description="Alert ids that ended in this one.")] = ()
    feedback: Annotated[Verification | None, Meta(description="Answers of people; null: none yet.")] = None
    shape: Annotated[
        Shape | None, Meta(description="Of a graded fire with two pixels or more in its last day.")
    ] = None
    parent: Annotated[Identifier | None, Meta(description="Incident that this one stems from.")] = None
    relation: Kinship = ""
    reburn_of: Annotated[Identifier | None, Meta(description="Former incident on the same ground.")] = None
    wind_ms: Annotated[float, Meta(ge=0, description="Wind at the fire, m/s; null: unknown.")] | None = None
    order: Annotated[
        Literal["", "pull_back"],
        Meta(description="What one receiver must do at once; set for them alone, never on alert.v1."),
    ] = ""
    scope: str = "Restricted"
    status: str = "Exercise"
    reconstruction: bool = False
    report_duty: Annotated[
        ReportDuty | None,
        Meta(description="What the law asks for at once if it is a fire; null: nothing asked for it yet."),
    ] = None
    pest: Annotated[Pest | None, Meta(description="Of an outbreak; null: it is none.")] = None
    audience: Audience = ""
