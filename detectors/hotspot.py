"""A satellite hotspot claims a fire somewhere in its pixel; most claims are no forest fires.

Config::

    [detectors.hotspot]
    probability = 0.15      # of a hotspot being a forest fire, before anything else is known
    low_factor = 0.3        # odds of a hotspot its source calls low confidence
    high_factor = 1.3       # and of one it calls high confidence
    geolocation_km = 0.07   # standard error of the pixel's own position
    unknown_height_m = 4000 # of a geostationary pixel: how high ground of unknown height may be

Base rate: 10 to 20 % of national satellite hotspots are forest fires (16 of 159, 119 of 591).
Known failures: a pixel bridges what lies inside it; FIRMS does not give the scan direction, so the
error is taken as a circle of the same variance. A geostationary pixel over ground of unknown height keeps
the place at which it was drawn and takes a longer error; feeds that are on the terrain already must be
named in `orthocorrected`, or they are moved twice.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from detectors.base import Detector, Ground
from detectors.ortho import Drawn, places_of
from schemas.detection import Detection
from schemas.observation import Hotspot
from schemas.reason import Reason

STATIC_TYPES = {1: "volcano", 2: "static land source", 3: "offshore"}
"""FIRMS archive field `type`; 0 is presumed vegetation fire."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings under [detectors.hotspot]."""

    probability: Annotated[float, Meta(gt=0, lt=1)] = 0.15
    low_factor: Annotated[float, Meta(gt=0)] = 0.3
    high_factor: Annotated[float, Meta(gt=0)] = 1.3
    geolocation_km: Annotated[float, Meta(ge=0)] = 0.07
    unknown_height_m: Annotated[float, Meta(ge=0, le=9000)] = 4000.0
    orthocorrected: Annotated[
        tuple[str, ...], Meta(description="Satellites whose feed here is on the terrain already.")
    ] = ()


def sigma_km(scan_km: float, track_km: float, geolocation_km: float) -> float:
    """Return the standard error per axis, km, of a fire that is anywhere in the pixel.

    A uniform place in a side of length s has the variance s²/12; both axes are averaged.
    """
    return math.sqrt((scan_km * scan_km + track_km * track_km) / 24.0 + geolocation_km * geolocation_km)


def probability_of(options: Options, confidence: str) -> float:
    """Return the probability of a forest fire for one pixel of this confidence word."""
    odds = options.probability / (1.0 - options.probability)
    if confidence == "low":
        odds *= options.low_factor
    elif confidence == "high":
        odds *= options.high_factor
    return odds / (1.0 + odds)


def place(options: Options, seen: Sequence[Hotspot], ground: Ground) -> Mapping[str, Drawn]:
    """Return the true places of geostationary pixels, by id; others are where their source says."""
    drawn = [one for one in seen if one.satellite not in options.orthocorrected]
    return places_of(drawn, ground, options.geolocation_km, options.unknown_height_m)


def judge(
    options: Options, seen: Hotspot, received_at: datetime, drawn: Drawn | None = None
) -> Detection | Reason:
    """Return the claim of one pixel, or why its source itself says that it is no vegetation fire."""
    if seen.land_type in STATIC_TYPES:
        return Reason(code="masked_by", ref="firms-type", rule=STATIC_TYPES[seen.land_type])
    sigma = sigma_km(seen.scan_km, seen.track_km, options.geolocation_km)
    at = drawn or Drawn(seen.longitude, seen.latitude, sigma, None)
    return Detection(
        detection_id=seen.observation_id,
        detector="hotspot",
        kind="fire",
        observation_id=seen.observation_id,
        source=seen.source,
        source_class="satellite",
        look=seen.source,
        observed_at=seen.observed_at,
        received_at=received_at,
        longitude=at.longitude,
        latitude=at.latitude,
        sigma_km=at.sigma_km,
        scan_km=seen.scan_km,
        track_km=seen.track_km,
        probability=probability_of(options, seen.confidence),
        frp_mw=seen.frp_mw,
        reason=seen.confidence,
        reconstruction=seen.reconstruction,
        placing=at.placing,
    )


HOTSPOT = Detector("hotspot", Hotspot, Options, judge, place)
