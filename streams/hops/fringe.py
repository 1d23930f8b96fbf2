"""Who lives beside a fire: near its edge or in its reach, though its centre be far and another is nearer."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from msgspec.structs import replace

from detectors.assembly import Summary
from detectors.association import Fire
from detectors.fringe import edges_km
from detectors.geodesy import KM_PER_DEGREE, destination
from detectors.region.places import MARK_LAYERS, NEAR_KM
from schemas.incident import Place
from streams.hops.sitting import Sitting

FURTHEST_KM = 60.0
"""No place further from the centre is looked up (ours)."""

MOST = 16
"""Places of one layer that are told beside the nearest, those nearest to the edge."""


def beside(
    sitting: Sitting, fire: Fire, one: Summary, where: tuple[Place, ...], soon: dict[str, Any] | None
) -> tuple[Place, ...]:
    """Return the places of a fire with every mark near its edge or in `soon`, its reach within the hour.

    `where` tells of each layer the mark nearest to the centre; those keep their order and come first.
    """
    region = sitting.given.region.at(sitting.now)
    is_wide = one.radius_m > sitting.given.limits.edge_m and len(fire.nodes) > 1
    if one.sector is not None or not (is_wide or soon) or region.layers.keys().isdisjoint(MARK_LAYERS):
        return where
    reach = None if soon is None else shapely.geometry.shape(soon)
    marks = region.marks(one.longitude, one.latitude, _limit_km(one, reach))
    if not marks:
        return where
    lon, lat = _positions(one, marks)
    edge = _edges_km(sitting, fire, one, marks) if is_wide else np.full(len(marks), np.inf)
    inside = np.zeros(len(marks), bool) if reach is None else shapely.intersects_xy(reach, lon, lat)
    told = [
        (float(km), mark if km >= (mark.distance_km or 0.0) else replace(mark, edge_km=round(float(km), 3)))
        for km, holds, mark in zip(edge, inside, marks, strict=True)
        if km <= NEAR_KM or holds
    ]
    return _joined(where, sorted(told, key=lambda pair: (pair[0], pair[1].place_id)))


def _limit_km(one: Summary, reach: Any) -> float:
    """Return how far from the centre a mark near the edge, or in the reach, may lie."""
    limit = NEAR_KM + one.radius_m / 1000.0
    if reach is not None and not reach.is_empty:
        west, south, east, north = reach.bounds
        squeeze = math.cos(math.radians(one.latitude))
        wide = max(abs(west - one.longitude), abs(east - one.longitude)) * squeeze
        tall = max(abs(south - one.latitude), abs(north - one.latitude))
        limit = max(limit, math.hypot(wide, tall) * KM_PER_DEGREE)
    return min(limit, FURTHEST_KM)


def _positions(one: Summary, marks: Sequence[Place]) -> tuple[Any, Any]:
    """Return longitudes and latitudes of marks that are told by distance and bearing."""
    azimuth = np.array([((mark.azimuth_deg or 0.0) + 180.0) % 360.0 for mark in marks])
    away = np.array([mark.distance_km or 0.0 for mark in marks])
    return destination(one.longitude, one.latitude, azimuth, away)


def _edges_km(sitting: Sitting, fire: Fire, one: Summary, marks: Sequence[Place]) -> Any:
    """Return how far marks are from what burns; of a fire that an officer put elsewhere, from its circle."""
    if any(reason.code == "relocated" for reason in one.reasons):
        away = np.array([mark.distance_km or 0.0 for mark in marks])
        return np.maximum(away - one.radius_m / 1000.0, 0.0)
    return edges_km(fire.nodes, *_positions(one, marks), sitting.given.limits.edge_error_km)


def _joined(where: tuple[Place, ...], told: Sequence[tuple[float, Place]]) -> tuple[Place, ...]:
    by_name = {(mark.layer, mark.place_id): mark for _, mark in told}
    known = tuple(by_name.pop((place.layer, place.place_id), place) for place in where)
    left = dict.fromkeys(MARK_LAYERS, MOST)
    further: list[Place] = []
    for mark in by_name.values():
        left[mark.layer] -= 1
        if left[mark.layer] >= 0:
            further.append(mark)
    return (*known, *further)
