"""A person, a tower or a camera that names a place claims a fire there.

Config::

    [detectors.witness]
    ground = 0.5     # probability of a fire, a ranger on patrol says so (placeholder, to be calibrated)
    public = 0.35    # a telephone call
    video = 0.3      # a camera that gives a place
    tower = 0.5
    aerial = 0.8
    aim = {azimuth_error_deg = 1.0, tilt_error_deg = 0.1, mast_m = 20.0}   # of looks (placeholders)

Known failures: a bearing without a distance claims nothing (reason `waiting_for`), unless it has a tilt and
the ground is known; a report that sees nothing is a look, not a verdict.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from detectors.base import Detector
from detectors.region.terrain import Terrain
from detectors.sighted import Aim, spot_of
from schemas.detection import Detection
from schemas.observation import Report, Sighting
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


def judge_report(options: Options, said: Report, received_at: datetime) -> Detection | Reason:
    """Return the claim of a report of smoke, flame or heat at a place."""
    if said.saw in {"nothing", "pest"}:
        return Reason(code="below_threshold", rule=f"saw {said.saw}")
    place = (said.longitude, said.latitude, max(said.radius_m, options.least_radius_m))
    return _claim(said, getattr(options, said.source_class), place, received_at)


def judge_sighting(
    options: Options, seen: Sighting, received_at: datetime, terrain: Terrain | None = None
) -> Detection | Reason:
    """Return the claim of a sighting that has a place, given the ground also by its look; others wait."""
    spot = spot_of(seen, options.aim, terrain)
    if isinstance(spot, Reason):
        return spot
    chance = getattr(options, seen.source_class) if seen.probability is None else seen.probability
    place = (spot.longitude, spot.latitude, max(spot.radius_m, options.least_radius_m))
    return _claim(seen, min(max(chance, 0.001), 0.999), place, received_at)


def _claim(
    said: Report | Sighting, chance: float, place: tuple[float, float, float], received_at: datetime
) -> Detection:
    longitude, latitude, radius_m = place
    return Detection(
        detection_id=said.observation_id,
        detector="report" if isinstance(said, Report) else "sighting",
        kind="fire",
        observation_id=said.observation_id,
        source=said.source,
        source_class=said.source_class,
        look=said.source,
        observed_at=said.observed_at,
        received_at=received_at,
        longitude=longitude,
        latitude=latitude,
        # a stated radius is read as two standard errors
        sigma_km=radius_m / 2000.0,
        probability=chance,
        reason=said.saw,
        reconstruction=said.reconstruction,
        text=said.text[:400],
    )


REPORT = Detector("report", Report, Options, judge_report)
SIGHTING = Detector("sighting", Sighting, Options, judge_sighting)
