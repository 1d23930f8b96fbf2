"""How far a claim's place may reach: its pixel, its circle or ellipse of error, or the sector of a bearing.

Of a bearing that crosses others the crossing tells the place, once, however many pictures show it; one that
passes by a place which others found says that somebody else sees it, and nothing more of where.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from detectors.geodesy import destination
from schemas.detection import Detection, Ellipse, Sector

ARC_DEG = 7.5
"""Most that one edge of an arc spans."""

NOWHERE_KM = 0.25
"""Stands for the error of a direction's place in its struct; it has none."""

CORNERS = 24
"""Corners of an ellipse."""


def placing(claims: Sequence[Detection]) -> Sequence[Detection]:
    """Return the claims that tell the place, each crossing once; where none does, all of them."""
    if all(claim.placing is None for claim in claims):
        return claims
    kept: list[Detection] = []
    crossings: set[tuple[float, float]] = set()
    for claim in claims:
        how = "" if claim.placing is None else claim.placing.how
        if how in {"nowhere", "meets"}:
            continue
        if how == "crossed":
            if (claim.longitude, claim.latitude) in crossings:
                continue
            crossings.add((claim.longitude, claim.latitude))
        kept.append(claim)
    return kept or claims


def sector_of(claims: Sequence[Detection]) -> Sector | None:
    """Return the sector of a fire of which a direction alone is known, by the oldest claim; else None."""
    if all(claim.placing is not None and claim.placing.how == "nowhere" for claim in claims):
        first = claims[0].placing
        return None if first is None else first.sector
    return None


def half_km(claim: Detection) -> float:
    """Return how far, km, a place reaches from its centre: half the pixel's diagonal, or two errors."""
    at = claim.placing
    if at is not None and at.how == "nowhere" and at.sector is not None:
        return sector_half_km(at.sector)
    if at is not None and at.ellipse is not None:
        reach = 2.0 * at.ellipse.semi_major_m / 1000.0
        return max(reach, math.hypot(claim.scan_km, claim.track_km) / 2.0)
    if claim.scan_km > 0.0:
        return math.hypot(claim.scan_km, claim.track_km) / 2.0
    return 2.0 * claim.sigma_km


def middle_of(sector: Sector) -> tuple[float, float, float]:
    """Return what stands for the place of a direction alone: longitude, latitude, an error per axis, km.

    The middle of its axis, or the station where it looks all round; nothing is linked by it.
    """
    return middles_of([sector])[0]


def middles_of(sectors: Sequence[Sector]) -> list[tuple[float, float, float]]:
    """Return the same of many at once."""
    given = np.array([(one.longitude, one.latitude, one.azimuth_deg) for one in sectors]).reshape(-1, 3)
    away_km = np.array([(one.near_m + one.far_m) / 2000.0 for one in sectors])
    lon, lat = destination(given[:, 0], given[:, 1], given[:, 2], away_km)
    return [
        (one.longitude, one.latitude, NOWHERE_KM)
        if one.half_angle_deg >= 180.0
        else (round(x, 6), round(y, 6), NOWHERE_KM)
        for one, x, y in zip(sectors, lon.tolist(), lat.tolist(), strict=True)
    ]


def sector_half_km(sector: Sector) -> float:
    """Return how far, km, the furthest corner of a sector is from the middle of its axis."""
    if sector.half_angle_deg >= 180.0:
        return sector.far_m / 1000.0
    middle, half = (sector.near_m + sector.far_m) / 2000.0, math.radians(sector.half_angle_deg)
    corners = (
        math.hypot(away * math.cos(turn) - middle, away * math.sin(turn))
        for away in (sector.near_m / 1000.0, sector.far_m / 1000.0)
        for turn in (half, min(half, math.pi / 2.0))
    )
    return max(corners)


def shape_of(claim: Detection) -> Any | None:
    """Return the outline of a sector or an ellipse as a shapely polygon; None: a pixel or a circle."""
    at = claim.placing
    if at is None or claim.scan_km > 0.0:
        return None
    if at.how in {"nowhere", "ground"} and at.sector is not None:
        return sector_shape(at.sector)
    if at.ellipse is not None:
        return ellipse_shape(claim.longitude, claim.latitude, at.ellipse)
    return None


def sector_shape(sector: Sector) -> Any:
    """Return a sector as a polygon in degrees; all round, it is a ring of its far distance."""
    half = sector.half_angle_deg
    turns = np.linspace(-half, half, max(2, math.ceil(2.0 * half / ARC_DEG) + 1)) + sector.azimuth_deg
    here = sector.longitude, sector.latitude
    far = np.column_stack(destination(*here, turns, sector.far_m / 1000.0))
    if half >= 180.0:
        return shapely.polygons(_unrolled(far, here[0]))
    near = np.array([here])
    if sector.near_m > 0.0:
        near = np.column_stack(destination(*here, turns[::-1], sector.near_m / 1000.0))
    return shapely.polygons(_unrolled(np.vstack([far, near, far[:1]]), here[0]))


def ellipse_shape(longitude: float, latitude: float, ellipse: Ellipse) -> Any:
    """Return the ellipse of two standard errors as a polygon in degrees."""
    turns = np.linspace(0.0, 2.0 * np.pi, CORNERS, endpoint=False)
    ahead = 2.0 * ellipse.semi_major_m * np.cos(turns)
    right = 2.0 * ellipse.semi_minor_m * np.sin(turns)
    azimuth = ellipse.azimuth_deg + np.degrees(np.arctan2(right, ahead))
    ring = np.column_stack(destination(longitude, latitude, azimuth, np.hypot(ahead, right) / 1000.0))
    return shapely.polygons(_unrolled(np.vstack([ring, ring[:1]]), longitude))


def _unrolled(ring: Any, first: float) -> Any:
    """Return the ring with longitudes that run on past the date line."""
    ring[:, 0] = first + (ring[:, 0] - first + 180.0) % 360.0 - 180.0
    return ring
