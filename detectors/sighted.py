"""A sighting has a place when it says one, when it says how far, or when its look meets the ground.

What was found in a picture counts by its lower edge, the nearest to the fire that can be seen. Without a
tilt, without known heights, or over the skyline, a sighting is a bearing: a sector as far as its reach, until
a second bearing crosses it. A look so flat that its end could be anywhere over kilometres is one too.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

import numpy as np
from msgspec import Meta, Struct

from detectors.camera import Box, Preset, cone_of
from detectors.extent import middles_of
from detectors.geodesy import destination
from detectors.located import REACH_M, Looks, located
from detectors.region.ray import Outcome
from detectors.region.terrain import Terrain
from schemas.detection import Placing, Sector
from schemas.observation import Sighting
from schemas.reason import Reason

UNSTATED_RADIUS_M = 1000.0
"""Error of a sighting's place that names none, m."""

SQUARE_DEG = 180.0
"""A picture as wide as this or wider is no plane, and the tangent rule does not hold."""

CLOSE_M = 200.0
"""A look that ends nearer ends on the ground or the roof that the camera stands on."""

WIDEST_SIGMA_DEG = 45.0
"""A direction less sure than this is none that could cross another."""


HIT, UNKNOWN = int(Outcome.HIT), int(Outcome.UNKNOWN)


class Aim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How well a look is known, one standard error each; how high an eye is that is silent; its reach."""

    azimuth_error_deg: Annotated[
        float, Meta(gt=0, le=45, description="Of a direction that says no error (placeholder).")
    ] = 1.0
    tilt_error_deg: Annotated[
        float, Meta(gt=0, le=10, description="Of a tilt that says no error (placeholder).")
    ] = 0.1
    mast_m: Annotated[
        float, Meta(ge=0, le=300, description="An eye of unknown height stands so high above the ground.")
    ] = 20.0
    reach_m: Annotated[float, Meta(gt=0, le=100_000, description="No look reaches further.")] = REACH_M
    most_error_m: Annotated[
        float, Meta(gt=0, description="Along the look, one standard error; above it there is no place.")
    ] = 3000.0


class Look(NamedTuple):
    """A direction, degrees clockwise from north, a tilt above level, where known, and half a width."""

    azimuth_deg: float
    tilt_deg: float | None
    half_angle_deg: float = 0.0


class Spot(NamedTuple):
    """A place and its radius of two standard errors, m, and how it came about; None: it was named."""

    longitude: float
    latitude: float
    radius_m: float
    placing: Placing | None = None


def look_of(seen: Sighting) -> Look | None:
    """Return where a sighting looks: by its box in the picture, else by its own bearing; None: neither."""
    preset = _preset(seen)
    if preset is not None and seen.box is not None:
        left, top, right, bottom = seen.box
        if left < right and top <= bottom:
            cone = cone_of(preset, Box(left=left, top=top, right=right, bottom=bottom))
            tilt = None if seen.tilt_deg is None else cone.tilt_deg
            return Look(cone.azimuth_deg, tilt, cone.half_angle_deg)
    return None if seen.azimuth_deg is None else Look(seen.azimuth_deg, seen.tilt_deg)


def spot_of(seen: Sighting, aim: Aim, terrain: Terrain | None) -> Spot:
    """Return where what was seen is, or the sector in which it lies."""
    return spots_of([seen], aim, terrain)[seen.observation_id]


def spots_of(seen: Sequence[Sighting], aim: Aim, terrain: Terrain | None) -> Mapping[str, Spot]:
    """Return the same for many, by id; the looks that end on the ground are followed all at once."""
    found: dict[str, Spot | Placing] = {}
    tilted: list[tuple[Sighting, Look]] = []
    for one in seen:
        look = look_of(one)
        if one.longitude is not None and one.latitude is not None:
            radius_m = UNSTATED_RADIUS_M if one.radius_m is None else one.radius_m
            found[one.observation_id] = Spot(one.longitude, one.latitude, radius_m)
        elif look is not None and one.distance_m:
            found[one.observation_id] = _at_distance(one, look, one.distance_m, aim)
        elif look is None or look.tilt_deg is None or terrain is None:
            found[one.observation_id] = _nowhere(one, look, aim, "a second bearing or a distance")
        else:
            tilted.append((one, look))
    if tilted and terrain is not None:
        found |= _on_ground(tilted, aim, terrain)
    return _in_the_middle(found)


def _in_the_middle(found: Mapping[str, Spot | Placing]) -> dict[str, Spot]:
    """Return spots; the middle of its sector stands for the place of what has a direction alone."""
    bare = {name: one for name, one in found.items() if isinstance(one, Placing)}
    middles = middles_of([one.sector for one in bare.values() if one.sector is not None])
    where = dict(zip(bare, middles, strict=True))
    return {
        name: Spot(*where[name][:2], 2000.0 * where[name][2], one) if isinstance(one, Placing) else one
        for name, one in found.items()
    }


def _at_distance(seen: Sighting, look: Look, distance_m: float, aim: Aim) -> Spot:
    lon, lat = destination(*_station(seen), look.azimuth_deg, distance_m / 1000.0)
    across_m = 2.0 * distance_m * float(np.radians(aim.azimuth_error_deg))
    radius_m = max(across_m, UNSTATED_RADIUS_M if seen.radius_m is None else seen.radius_m)
    return Spot(float(lon), float(lat), radius_m)


def _on_ground(
    tilted: Sequence[tuple[Sighting, Look]], aim: Aim, terrain: Terrain
) -> dict[str, Spot | Placing]:
    lon, lat = (np.array([_station(seen)[at] for seen, _ in tilted]) for at in (0, 1))
    ground, known = terrain.sample(lon, lat)
    # a lens below the ground of a coarse model stands on it
    lens = np.array([np.nan if (up := one.station_elevation_m) is None else up for one, _ in tilted])
    mast_m = np.where(known & np.isfinite(lens), np.maximum(lens - ground, 0.0), aim.mast_m)
    azimuth, tilt = [look.azimuth_deg for _, look in tilted], [look.tilt_deg or 0.0 for _, look in tilted]
    errors = aim.azimuth_error_deg, aim.tilt_error_deg
    ends = located(terrain, Looks.of(lon, lat, mast_m, azimuth, tilt, *errors, aim.reach_m))
    # numbers of Python: a sighting by itself is no work for arrays
    columns = ends.outcome, ends.lon, ends.lat, ends.distance_m, ends.near_m, ends.far_m, ends.across_m
    rows = (End(*row) for row in zip(*(one.tolist() for one in columns), strict=True))
    return {
        seen.observation_id: _end(seen, look, aim, end)
        for (seen, look), end in zip(tilted, rows, strict=True)
    }


class End(NamedTuple):
    """Where one look ends; see `Located`."""

    outcome: int
    longitude: float
    latitude: float
    away_m: float
    near_m: float
    far_m: float
    across_m: float


def _end(seen: Sighting, look: Look, aim: Aim, end: End) -> Spot | Placing:
    if end.outcome == UNKNOWN:
        return _nowhere(seen, look, aim, "a second bearing: heights on the way are not known")
    if end.outcome != HIT:
        return _nowhere(seen, look, aim, "a second bearing: the look may pass over the skyline")
    away, near, far = end.away_m, end.near_m, end.far_m
    if away < CLOSE_M:
        return _nowhere(seen, look, aim, "a second bearing: the look ends at the foot of the station")
    along, across = max(far - away, away - near), end.across_m
    # the error is one-sided: twice as far behind as before it is usual
    between = max(away - 2.0 * (away - near), 0.0), away + 2.0 * (far - away)
    if along > aim.most_error_m:
        return _nowhere(seen, look, aim, "a second bearing: the look is too flat for a distance", between)
    note = Reason(code="on_ground", value=round(away), threshold=round(far), unit="m", ref=seen.source)
    placing = Placing(how="ground", sector=_sector(seen, look, aim, between), notes=(note,))
    return Spot(end.longitude, end.latitude, 2.0 * max(along, across), placing)


def _nowhere(
    seen: Sighting, look: Look | None, aim: Aim, rule: str, between: tuple[float, float] | None = None
) -> Placing:
    """Return a bearing: its sector, and why it has no place."""
    towards = look or _field(seen)
    sector = _sector(seen, towards, aim, between or (0.0, aim.reach_m))
    sigma = math.hypot(aim.azimuth_error_deg, towards.half_angle_deg / math.sqrt(3.0))
    note = Reason(code="bearing_only", rule=rule, value=round(sector.azimuth_deg, 1), unit="deg")
    return Placing(
        how="nowhere",
        sigma_deg=sigma if sigma <= WIDEST_SIGMA_DEG else None,
        sector=sector,
        track=seen.observation_id,
        notes=(note,),
    )


def _field(seen: Sighting) -> Look:
    """Return what a camera had in its picture; one that says nothing may have looked anywhere."""
    azimuth, field = seen.camera_azimuth_deg, seen.field_of_view_deg
    return Look(0.0, None, 180.0) if azimuth is None or field is None else Look(azimuth, None, field / 2.0)


def _sector(seen: Sighting, look: Look, aim: Aim, between: tuple[float, float]) -> Sector:
    lon, lat = _station(seen)
    half = min(look.half_angle_deg + 2.0 * aim.azimuth_error_deg, 180.0)
    near, far = (round(one, 1) for one in between)
    return Sector(
        longitude=lon, latitude=lat, azimuth_deg=look.azimuth_deg, half_angle_deg=half, near_m=near, far_m=far
    )


def _station(seen: Sighting) -> tuple[float, float]:
    return seen.station_longitude, seen.station_latitude


def _preset(seen: Sighting) -> Preset | None:
    """Return how the camera stood, if it says so; the picture is 9 by 16 where its size is not said."""
    azimuth, field = seen.camera_azimuth_deg, seen.field_of_view_deg
    if azimuth is None or field is None or field >= SQUARE_DEG:
        return None
    high, wide = seen.picture_height_px, seen.picture_width_px
    if high is None or wide is None:
        high, wide = 9, 16
    return Preset(azimuth_deg=azimuth, tilt_deg=seen.tilt_deg or 0.0, field_deg=field, ratio=high / wide)
