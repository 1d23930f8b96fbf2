"""One detector's claim from observations, and the batch of claims on `detection.v1`."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.reason import Silence
from schemas.units import (
    Identifier,
    IncidentKind,
    Kilometres,
    Latitude,
    Longitude,
    Megawatts,
    Probability,
    SourceClass,
    UtcTime,
    Version,
    written,
)


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


class Look(Struct, frozen=True, kw_only=True):
    """A source looked at this box and saw nothing there."""

    source: str
    source_class: SourceClass
    observed_at: UtcTime
    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude


class Withdrawn(Struct, frozen=True, kw_only=True):
    """A source took back what it observed; it counts no more, whether it came before or comes after."""

    observation_id: Annotated[str, Meta(description="What is taken back.")]
    source: str
    observed_at: UtcTime


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
    silences: tuple[Silence, ...] = ()
