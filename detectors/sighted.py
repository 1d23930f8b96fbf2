"""A sighting has a place when it says one, when it says how far, or when its look meets the ground.

What was found in a picture counts by its lower edge, the nearest to the fire that can be seen. Without a
tilt, without known heights, or over the skyline, a sighting stays a bearing that waits for a second one.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.camera import Box, Preset, cone_of
from detectors.geodesy import destination
from detectors.located import REACH_M, Looks, located
from detectors.region.ray import Outcome
from detectors.region.terrain import Terrain
from schemas.observation import Sighting
from schemas.reason import Reason

UNSTATED_RADIUS_M = 1000.0
"""Error of a sighting's place that names none, m."""

SQUARE_DEG = 180.0
"""A picture as wide as this or wider is no plane, and the tangent rule does not hold."""

CLOSE_M = 200.0
"""A look that ends nearer ends on the ground or the roof that the camera stands on."""


class Aim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How well a look is known, one standard error each; how high an eye is that is silent; its reach."""

    azimuth_error_deg: Annotated[float, Meta(gt=0, le=45)] = 1.0
    tilt_error_deg: Annotated[float, Meta(gt=0, le=10)] = 0.1
    mast_m: Annotated[float, Meta(ge=0, le=300)] = 20.0
    reach_m: Annotated[float, Meta(gt=0, le=100_000)] = REACH_M


class Look(NamedTuple):
    """A direction, degrees clockwise from north, and a tilt above level, where that is known."""

    azimuth_deg: float
    tilt_deg: float | None


class Spot(NamedTuple):
    """A place and its radius of two standard errors, m."""

    longitude: float
    latitude: float
    radius_m: float


def look_of(seen: Sighting) -> Look | None:
    """Return where a sighting looks: by its box in the picture, else by its own bearing; None: neither."""
    preset = _preset(seen)
    if preset is not None and seen.box is not None:
        left, top, right, bottom = seen.box
        if left < right and top <= bottom:
            cone = cone_of(preset, Box(left=left, top=top, right=right, bottom=bottom))
            return Look(cone.azimuth_deg, None if seen.tilt_deg is None else cone.tilt_deg)
    return None if seen.azimuth_deg is None else Look(seen.azimuth_deg, seen.tilt_deg)


def spot_of(seen: Sighting, aim: Aim, terrain: Terrain | None) -> Spot | Reason:
    """Return where what was seen is, or what a sighting without a place waits for."""
    if seen.longitude is not None and seen.latitude is not None:
        radius_m = UNSTATED_RADIUS_M if seen.radius_m is None else seen.radius_m
        return Spot(seen.longitude, seen.latitude, radius_m)
    look = look_of(seen)
    if look is not None and seen.distance_m:
        lon, lat = destination(
            seen.station_longitude, seen.station_latitude, look.azimuth_deg, seen.distance_m / 1000.0
        )
        across_m = 2.0 * seen.distance_m * float(np.radians(aim.azimuth_error_deg))
        radius_m = max(across_m, UNSTATED_RADIUS_M if seen.radius_m is None else seen.radius_m)
        return Spot(float(lon), float(lat), radius_m)
    if look is None or look.tilt_deg is None or terrain is None:
        return Reason(code="waiting_for", rule="a second bearing or a distance")
    return _on_ground(seen, look, aim, terrain)


def _on_ground(seen: Sighting, look: Look, aim: Aim, terrain: Terrain) -> Spot | Reason:
    station = seen.station_longitude, seen.station_latitude
    ground, known = terrain.sample(*station)
    mast_m = aim.mast_m
    if seen.station_elevation_m is not None and bool(known):
        # a lens below the ground of a coarse model stands on it
        mast_m = max(seen.station_elevation_m - float(ground), 0.0)
    errors = aim.azimuth_error_deg, aim.tilt_error_deg
    found = located(
        terrain, Looks.of(*station, mast_m, look.azimuth_deg, look.tilt_deg or 0.0, *errors, aim.reach_m)
    )
    if found.outcome[0] == Outcome.UNKNOWN:
        return Reason(code="waiting_for", rule="a second bearing: heights on the way are not known")
    if not found.has_place[0]:
        return Reason(code="waiting_for", rule="a second bearing: the look may pass over the skyline")
    away = float(found.distance_m[0])
    if away < CLOSE_M:
        return Reason(code="waiting_for", rule="a second bearing: the look ends at the foot of the station")
    along = max(float(found.far_m[0]) - away, away - float(found.near_m[0]))
    radius_m = 2.0 * max(along, float(found.across_m[0]))
    return Spot(float(found.lon[0]), float(found.lat[0]), radius_m)


def _preset(seen: Sighting) -> Preset | None:
    """Return how the camera stood, if it says so; the picture is 9 by 16 where its size is not said."""
    azimuth, field = seen.camera_azimuth_deg, seen.field_of_view_deg
    if azimuth is None or field is None or field >= SQUARE_DEG:
        return None
    high, wide = seen.picture_height_px, seen.picture_width_px
    if high is None or wide is None:
        high, wide = 9, 16
    return Preset(azimuth_deg=azimuth, tilt_deg=seen.tilt_deg or 0.0, field_deg=field, ratio=high / wide)
