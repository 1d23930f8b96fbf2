"""What one source said once: the tagged union of observations and the batch that carries them."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.act import AnyAct
from schemas.drill import Drill
from schemas.settings import Setting
from schemas.units import (
    Azimuth,
    Count,
    Frame,
    Hectares,
    Identifier,
    Kelvin,
    Latitude,
    Longitude,
    Measure,
    Megawatts,
    SourceClass,
    Text,
    UtcTime,
    Version,
    written,
)
from schemas.verdict import Verdict

Radius = Annotated[float, Meta(ge=0, le=50_000, description="Radius of uncertainty, m.")]
Distance = Annotated[float, Meta(ge=0, le=100_000, description="Distance of what was seen, m.")]
PixelSide = Annotated[float, Meta(ge=0, le=50, description="Side of a pixel, km.")]
Tile = Annotated[str, Meta(description="Coarse cell that holds the position, as `E100N20`.")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of a stored picture.")]
Pictures = Annotated[tuple[Sha256, ...], Meta(max_length=3)]
Share = Annotated[float, Meta(ge=0, le=1, description="Share of a picture's width or height.")]
Pixels = Annotated[int, Meta(ge=1, le=100_000, description="Side of a picture, px.")]
Elevation = Annotated[float, Meta(ge=-500, le=9000, description="Height above sea level, m.")]
Confidence = Annotated[
    Literal["low", "nominal", "high", "unknown"], Meta(description="The source's own word.")
]
LandType = Annotated[
    int, Meta(description="FIRMS `type`: 0 vegetation, 1 volcano, 2 static land source, 3 offshore.")
]


Days = Annotated[float, Meta(ge=0, le=3660, description="Length of time, days.")]
Revision = Annotated[int, Meta(ge=0, le=1000, description="0 as first said; a correction is higher.")]
TrapStatus = Literal["ok", "missing", "damaged", "full", "lure_expired"]
SurveyUnit = Annotated[str, Meta(max_length=100, description="Sub-compartment 小班 or village surveyed.")]


class Observation(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What every observation says: who saw, when, and under which lasting identity."""

    v: Version = written()
    observation_id: Identifier
    source: Annotated[str, Meta(min_length=1, max_length=100, description="What observes, e.g. `N20/VIIRS`.")]
    observed_at: UtcTime
    received_at: UtcTime | None = None
    feed: Annotated[str, Meta(max_length=60, description="The way in it came by.")] = ""
    mended: Annotated[tuple[str, ...], Meta(description="Names of the faults mended on the way in.")] = ()
    reconstruction: Annotated[bool, Meta(description="Written from published accounts, not measured.")] = (
        False
    )


class Hotspot(Observation, frozen=True, kw_only=True, tag="hotspot"):
    """One satellite pixel hotter than its surroundings; its centre, not the fire's place."""

    longitude: Longitude
    latitude: Latitude
    satellite: str
    instrument: str
    scan_km: PixelSide
    track_km: PixelSide
    confidence: Confidence
    confidence_percent: Annotated[float, Meta(ge=0, le=100)] | None = None
    frp_mw: Megawatts | None = None
    brightness_k: Kelvin | None = None
    background_k: Kelvin | None = None
    is_day: bool | None = None
    land_type: LandType | None = None
    version: str = ""


class Sighting(Observation, frozen=True, kw_only=True, tag="sighting"):
    """What a camera, a tower or an aircraft saw: a bearing, sometimes a place."""

    source_class: Literal["video", "tower", "aerial"]
    frame: Frame
    station_longitude: Longitude
    station_latitude: Latitude
    azimuth_deg: Azimuth | None = None
    distance_m: Distance | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    radius_m: Radius | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] | None = None
    saw: Literal["smoke", "flame", "heat", "unknown"] = "unknown"
    text: Text = ""
    pictures: Pictures = ()
    station_elevation_m: Annotated[Elevation | None, Meta(description="Of the lens, above sea level, m.")] = (
        None
    )
    mast: Annotated[str, Meta(max_length=100, description="Cameras on one mast see alike.")] = ""
    preset: Annotated[str, Meta(max_length=60, description="Name of the position the camera stood in.")] = ""
    camera_azimuth_deg: Azimuth | None = None
    tilt_deg: Annotated[float, Meta(ge=-90, le=90, description="Upwards from level, deg.")] | None = None
    field_of_view_deg: Annotated[float, Meta(gt=0, le=360, description="From left to right, deg.")] | None = (
        None
    )
    box: Annotated[
        tuple[Share, Share, Share, Share] | None, Meta(description="Left, top, right, bottom in the picture.")
    ] = None
    picture_width_px: Pixels | None = None
    picture_height_px: Pixels | None = None
    frame_number: Count | None = None
    band: Literal["visible", "infrared", "unknown"] = "unknown"
    live_url: Annotated[str, Meta(max_length=500, description="Where to look for oneself.")] = ""
    settled: Annotated[
        bool, Meta(description="Its platform made sure of it over several pictures: it counts alone.")
    ] = False


class Reading(Observation, frozen=True, kw_only=True, tag="reading"):
    """What a fixed sensor or weather station measured."""

    frame: Frame
    longitude: Longitude
    latitude: Latitude
    quantity: Annotated[str, Meta(description="What was measured, unit in the name, e.g. `temperature_c`.")]
    value: float
    station_elevation_m: Elevation | None = None
    over_h: Annotated[float, Meta(gt=0, le=8784, description="Hours a sum or mean is over.")] | None = None


class Report(Observation, frozen=True, kw_only=True, tag="report"):
    """What a person said: a patrol, a 12119 call, the public."""

    source_class: Literal["ground", "public"]
    frame: Frame
    longitude: Longitude
    latitude: Latitude
    radius_m: Radius = 500.0
    saw: Literal["smoke", "flame", "heat", "pest", "nothing", "unknown"] = "unknown"
    place_name: Text = ""
    text: Text = ""
    pictures: Pictures = ()
    check_in: Annotated[bool, Meta(description="A patrol says where it is and that all is well.")] = False


class TrapCount(Observation, frozen=True, kw_only=True, tag="trap_count"):
    """What a pest trap held over an interval; an unread trap is `missing`, never zero.

    `source` is the trap, the interval ends at `observed_at`. A correction has the same `observation_id` and a
    higher `revision`.
    """

    frame: Frame
    longitude: Longitude
    latitude: Latitude
    species: str
    started_at: UtcTime
    status: TrapStatus
    catch: Annotated[float, Meta(ge=0)] | None = None
    working_traps: Count = 1
    installed_traps: Count | None = None
    unit: Annotated[str, Meta(max_length=40, description="What is counted, e.g. `adults`.")] = ""
    lure: Annotated[str, Meta(max_length=80, description="Name of the lure.")] = ""
    lure_age_d: Days | None = None
    scheduled_d: Days | None = None
    revision: Revision = 0
    text: Text = ""
    pictures: Pictures = ()


class PestSurvey(Observation, frozen=True, kw_only=True, tag="pest_survey"):
    """What people or an aircraft counted of a pest or its damage in one unit of survey."""

    frame: Frame
    longitude: Longitude
    latitude: Latitude
    species: str
    measure: Measure
    value: Annotated[float, Meta(ge=0, description="In the unit that `measure` names.")]
    stage: Literal["egg", "larva", "nymph", "pupa", "adult", "unknown"] = "unknown"
    method: Literal["ground", "uav", "satellite", "laboratory", "unknown"] = "unknown"
    unit_id: SurveyUnit = ""
    sampled: Count | None = None
    area_ha: Hectares | None = None
    grassland: Annotated[
        Literal["", "natural", "sown"], Meta(description="Kind of grassland; empty: not said.")
    ] = ""
    revision: Revision = 0
    text: Text = ""
    pictures: Pictures = ()


class LabResult(Observation, frozen=True, kw_only=True, tag="lab_result"):
    """What a laboratory found in a sample; `inconclusive` is neither of the two others."""

    frame: Frame
    longitude: Longitude
    latitude: Latitude
    species: str
    result: Literal["positive", "negative", "inconclusive"]
    sample_id: Annotated[str, Meta(max_length=100)] = ""
    method: Annotated[str, Meta(max_length=60, description="E.g. `pcr`, `morphology`.")] = ""
    unit_id: SurveyUnit = ""
    revision: Revision = 0
    text: Text = ""


class Permit(Observation, frozen=True, kw_only=True, tag="permit"):
    """What an office allows to burn: where, when, up to which wind; who answers for it stands at the desk.

    `source` is the office, `observed_at` when it said so. A change has the same `observation_id` and a higher
    `revision`; so has its withdrawal. Only operators hand permits in.
    """

    frame: Frame
    longitude: Annotated[Longitude, Meta(description="Of the middle of the area.")]
    latitude: Latitude
    radius_m: Annotated[Radius, Meta(description="Of the area, where it has no outline, m.")] = 0.0
    area: Annotated[dict[str, Any] | None, Meta(description="GeoJSON Polygon or MultiPolygon.")] = None
    number: Annotated[str, Meta(max_length=100, description="Number of the permit 许可编号.")] = ""
    purpose: Annotated[
        Literal["planned_burn", "hill_burn", "farm_fire", "construction"],
        Meta(description="计划烧除, 炼山, 农事用火, 施工动火."),
    ]
    starts_at: UtcTime
    ends_at: UtcTime
    contact: Annotated[str, Meta(max_length=100, description="Who answers for it; not in the log.")] = ""
    phone: Annotated[str, Meta(max_length=40, description="Of the contact; not in the log either.")] = ""
    wind_limit_ms: (
        Annotated[float, Meta(ge=0, le=60, description="Above it nothing may burn, m/s.")] | None
    ) = None
    frp_limit_mw: Annotated[Megawatts | None, Meta(description="Stronger than this it is no such fire.")] = (
        None
    )
    withdrawn: bool = False
    revision: Revision = 0
    text: Text = ""


class Pass(Observation, frozen=True, kw_only=True, tag="pass"):
    """A source looked at an area and saw nothing, or could not look."""

    looked: Annotated[bool, Meta(description="False: it could not look (cloud, fault, gap).")]
    source_class: SourceClass = "satellite"
    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude
    reason: str = ""
    could_see: Annotated[
        bool, Meta(description="False: it keeps watch, but its silence speaks against no fire.")
    ] = True
    frame_number: Count | None = None
    digest: Annotated[
        str,
        Meta(max_length=100, description="Of the picture; the same for long is a camera that stands still."),
    ] = ""


class Retraction(Observation, frozen=True, kw_only=True, tag="retraction"):
    """A source takes back what it said before; `observed_at` is that of what is taken back.

    What was taken back in error stands again once its retraction is retracted.
    """

    retracts: Annotated[str, Meta(min_length=1, max_length=200, description="Id of what is taken back.")]
    text: Text = ""


AnyObservation = (
    Hotspot | Sighting | Reading | Report | TrapCount | PestSurvey | LabResult | Pass | Retraction | Permit
)


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of `observation.v1`: the observations of one delivery for one key.

    A delivery with no observations says only that time has passed up to `received_at`.
    """

    v: Version = written()
    delivery_id: Identifier
    received_at: UtcTime
    observations: tuple[AnyObservation, ...] = ()
    rejected: Count = 0
    verdicts: Annotated[
        tuple[Verdict, ...], Meta(description="What people found; judged in the order of this log.")
    ] = ()
    acts: Annotated[tuple[AnyAct, ...], Meta(description="What operators did to incidents.")] = ()
    settings: Annotated[
        tuple[Setting, ...], Meta(description="Published thresholds; in force from their time on.")
    ] = ()
    drills: Annotated[tuple[Drill, ...], Meta(description="Mock fires; they touch nothing real.")] = ()
