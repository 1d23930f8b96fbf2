"""A person, a tower or a camera that names a place claims a fire there.

Config::

    [detectors.report]       # and [detectors.sighting] alike
    ground = 0.5     # probability of a fire, a ranger on patrol says so (placeholder, to be calibrated)
    public = 0.35    # a telephone call
    video = 0.3      # a camera that gives a place
    tower = 0.5      # a watcher on a lookout tower
    aerial = 0.8     # an aircraft
    least_radius_m = 100.0 # no place that somebody names is known better
    widest_box = 0.4 # a box wider than this share of the picture is cloud, not smoke
    sequence = {of = 5, needed = 3}                        # of numbered frames; see trust/sequence.py
    light = {frozen_s = 900.0, lowest_sun_deg = -6.0}      # when a picture shows nothing; see trust/camera.py
    aim = {azimuth_error_deg = 1.0, tilt_error_deg = 0.1, mast_m = 20.0}   # of looks (placeholders)

Known failures: a bearing without a distance claims a fire somewhere in its sector, unless it has a tilt and
the ground is known: a task until it crosses another; a report that sees nothing is a look, not a verdict.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from detectors import frames
from detectors.base import Detector, Ground, Memory, Recall, Recalled, Taken
from detectors.shown import shown_of
from detectors.sighted import Aim, Spot, look_of, spot_of, spots_of
from detectors.trust.camera import Light
from detectors.trust.sequence import Sequencing
from schemas.detection import Detection
from schemas.observation import Pass, Report, Sighting
from schemas.reason import Reason

Chance = Annotated[float, Meta(gt=0, lt=1)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings under [detectors.report] and [detectors.sighting]."""

    ground: Chance = 0.5
    public: Chance = 0.35
    video: Chance = 0.3
    tower: Chance = 0.5
    aerial: Chance = 0.8
    least_radius_m: Annotated[float, Meta(gt=0)] = 100.0
    aim: Aim = Aim()
    sequence: Sequencing = Sequencing()
    light: Light = Light()
    widest_box: Annotated[float, Meta(gt=0, le=1)] = 0.4


def judge_report(options: Options, said: Report, received_at: datetime) -> Detection | Reason:
    """Return the claim of a report of smoke, flame or heat at a place."""
    if said.saw in {"nothing", "pest"}:
        return Reason(code="below_threshold", rule=f"saw {said.saw}")
    spot = Spot(said.longitude, said.latitude, max(said.radius_m, options.least_radius_m))
    return _claim(said, getattr(options, said.source_class), spot, received_at)


def place_sightings(options: Options, seen: Sequence[Sighting], ground: Ground) -> Mapping[str, Spot]:
    """Return the places of a delivery of sightings by id; one without a place has the sector it may be in."""
    return spots_of(seen, options.aim, ground.terrain)


def judge_sighting(
    options: Options, seen: Sighting, received_at: datetime, spot: Spot | None = None
) -> Detection | Reason:
    """Return the claim of a sighting at its place; a bearing alone claims a fire somewhere in its sector."""
    if seen.box is not None and seen.box[2] - seen.box[0] > options.widest_box:
        wide = round(seen.box[2] - seen.box[0], 3)
        most, margin = options.widest_box, round(options.widest_box - wide, 3)
        return Reason(code="below_threshold", rule="box too wide", value=wide, threshold=most, margin=margin)
    at = spot or spot_of(seen, options.aim, None)
    chance = getattr(options, seen.source_class) if seen.probability is None else seen.probability
    place = at._replace(radius_m=max(at.radius_m, options.least_radius_m))
    return _claim(seen, min(max(chance, 0.001), 0.999), place, received_at)


def look_key(said: Report | Sighting) -> str:
    """Return what counts once: a caller, an aircraft, or all that one mast carries.

    Cameras on one mast see alike; one that names no mast stands where it says, to about 100 m.
    """
    if isinstance(said, Report) or said.source_class == "aerial":
        return said.source
    mast = said.mast or f"{said.station_longitude:.3f},{said.station_latitude:.3f}"
    return f"{said.source_class} {mast}"


def _claim(said: Report | Sighting, chance: float, spot: Spot, received_at: datetime) -> Detection:
    return Detection(
        detection_id=said.observation_id,
        detector="report" if isinstance(said, Report) else "sighting",
        kind="fire",
        observation_id=said.observation_id,
        source=said.source,
        source_class=said.source_class,
        look=look_key(said),
        observed_at=said.observed_at,
        received_at=received_at,
        longitude=spot.longitude,
        latitude=spot.latitude,
        # a stated radius is read as two standard errors
        sigma_km=spot.radius_m / 2000.0,
        probability=chance,
        reason=said.saw,
        reconstruction=said.reconstruction,
        text=said.text[:400],
        placing=spot.placing,
        shown=shown_of(said, spot.placing),
    )


REPORT = Detector("report", Report, Options, judge_report)


def remember_frames(
    options: Options, recall: Recall, taken: Sequence[Taken], _received_at: datetime
) -> Recalled:
    """Return what the frames of a camera say together; towers, aircraft and passes of satellites are none."""
    mine = [one for one in taken if getattr(one.observation, "source_class", "") == "video"]
    return frames.remember(options.sequence, options.light, recall, mine, _cone)


def _cone(seen: Sighting) -> tuple[float, float] | None:
    """Return direction and half width of what a frame shows, deg; None: it says no direction."""
    look = look_of(seen)
    if look is None:
        return None
    wide = seen.field_of_view_deg
    box = seen.box
    return look.azimuth_deg, 0.0 if box is None or wide is None else (box[2] - box[0]) * wide / 2.0


SIGHTING = Detector(
    "sighting",
    Sighting,
    Options,
    judge_sighting,
    place_sightings,
    Memory(frames.Frames, remember_frames, (Pass,)),
)
