"""One detector's claim from observations, and the batch of claims on `detection.v1`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.act import AnyAct
from schemas.drill import Drill
from schemas.observation import Permit, Pictures, Share
from schemas.pest import AnyPest
from schemas.reason import Reason, Silence
from schemas.settings import Setting
from schemas.units import (
    Azimuth,
    Identifier,
    IncidentKind,
    Kilometres,
    Latitude,
    Longitude,
    Megawatts,
    Metres,
    Probability,
    SourceClass,
    UtcTime,
    Version,
    written,
)
from schemas.verdict import Verdict
from schemas.weather import Measured


class Sector(Struct, frozen=True, kw_only=True, gc=False):
    """Where something seen from a station may be: between two distances, to either side of a direction."""

    longitude: Annotated[Longitude, Meta(description="Of the station.")]
    latitude: Latitude
    azimuth_deg: Azimuth
    half_angle_deg: Annotated[float, Meta(gt=0, le=180, description="To either side; 180: all round.")]
    near_m: Metres
    far_m: Metres


class Ellipse(Struct, frozen=True, kw_only=True, gc=False):
    """One standard error of a place along two axes; `azimuth_deg` is the direction of the longer one."""

    semi_major_m: Metres
    semi_minor_m: Metres
    azimuth_deg: Azimuth


class Placing(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How a claim came by its place, where its source did not simply name one.

    `ground`: the look, or the line of sight of a satellite, ends on the terrain. `stretched`: drawn without
    known heights. `nowhere`: a direction alone. `crossed`: where it crosses others. `meets`: it passes by a
    place that others found.
    """

    how: Literal["ground", "stretched", "nowhere", "crossed", "meets"]
    sigma_deg: Annotated[float, Meta(gt=0, le=180, description="Of a direction.")] | None = None
    sector: Sector | None = None
    ellipse: Ellipse | None = None
    track: Annotated[str, Meta(description="First claim of one station in one direction.")] = ""
    notes: Annotated[tuple[Reason, ...], Meta(description="Told with the incident.")] = ()

    @property
    def bound(self) -> str:
        """With which claims alone one without a place is of one fire; empty: its place tells."""
        return self.track if self.how == "nowhere" else ""


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a person may look at: pictures, where in them, where live; from where, if no sector tells."""

    pictures: Pictures = ()
    box: Annotated[
        tuple[Share, Share, Share, Share] | None, Meta(description="Left, top, right, bottom in the picture.")
    ] = None
    live_url: Annotated[str, Meta(max_length=500, description="Where to look for oneself.")] = ""
    longitude: Annotated[Longitude | None, Meta(description="Of the station.")] = None
    latitude: Latitude | None = None
    azimuth_deg: Azimuth | None = None


class Detection(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One claim about one place; `detection_id` derives from its observation, never from a clock."""

    detection_id: Identifier
    detector: str
    kind: IncidentKind
    observation_id: Identifier
    source: str
    source_class: SourceClass
    look: Annotated[str, Meta(description="Pieces of evidence with one `look` are one look and count once.")]
    observed_at: UtcTime
    received_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    sigma_km: Annotated[float, Meta(gt=0, description="Standard error of the place, per axis, km.")]
    scan_km: Kilometres = 0.0
    track_km: Kilometres = 0.0
    probability: Probability
    frp_mw: Megawatts | None = None
    rank: Annotated[int, Meta(ge=0, description="How good its version is; a better one refines.")] = 0
    reason: str = ""
    reconstruction: bool = False
    text: str = ""
    placing: Annotated[Placing | None, Meta(description="Null: its source named the place.")] = None
    timing: Annotated[Reason | None, Meta(description="How `observed_at` was set right.")] = None
    shown: Annotated[Shown | None, Meta(description="Null: there is nothing to look at.")] = None


class Look(Struct, frozen=True, kw_only=True):
    """A source looked at this box and saw nothing there."""

    source: str
    source_class: SourceClass
    observed_at: UtcTime
    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude


class Presence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source spoke: when it last looked in this delivery, and when it could not look."""

    source: str
    source_class: SourceClass
    looked_at: Annotated[UtcTime | None, Meta(description="Newest time at which it looked.")] = None
    unable_at: Annotated[UtcTime | None, Meta(description="Newest time at which it could not look.")] = None
    unable: Annotated[Reason | None, Meta(description="Why it could not.")] = None
    mast: Annotated[str, Meta(description="Cameras on one mast are lost together.")] = ""
    longitude: Annotated[Longitude | None, Meta(description="Where it stands.")] = None
    latitude: Latitude | None = None
    radius_m: Annotated[Metres, Meta(description="How far from there it sees, m; 0: not said.")] = 0.0
    is_trap: Annotated[bool, Meta(description="It counts pests and watches for no fire.")] = False
    box: Annotated[
        tuple[Longitude, Latitude, Longitude, Latitude] | None,
        Meta(description="What it looked at: west, south, east, north."),
    ] = None


class Withdrawn(Struct, frozen=True, kw_only=True):
    """A source took back what it observed; it counts no more, whether it came before or comes after."""

    observation_id: Annotated[str, Meta(description="What is taken back.")]
    source: str
    observed_at: UtcTime
    by: Annotated[str, Meta(description="What takes it back; taken back itself, it counts no more.")] = ""


class Claims(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of `detection.v1`; with nothing in it, it says only that time has passed.

    `origin` is the partition of `observation.v1` it came from: what is judged waits for the slowest origin.
    """

    v: Version = written()
    origin: int
    origins: Annotated[int, Meta(ge=1, description="How many partitions `observation.v1` has.")]
    received_at: UtcTime
    detections: tuple[Detection, ...] = ()
    looks: tuple[Look, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    permits: tuple[Permit, ...] = ()
    silences: tuple[Silence, ...] = ()
    heard: Annotated[tuple[Presence, ...], Meta(description="Every source that spoke, by name.")] = ()
    weather: tuple[Measured, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    acts: tuple[AnyAct, ...] = ()
    settings: tuple[Setting, ...] = ()
    pests: Annotated[
        tuple[AnyPest, ...], Meta(description="Counts, surveys and results, judged together by the judge.")
    ] = ()
    drills: tuple[Drill, ...] = ()
