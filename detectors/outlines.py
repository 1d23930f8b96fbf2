"""The ground of many fires at once: the same as `outline` says of each, in a few calls of shapely for all."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.outline import area_ha, area_of, box_of, outline, rounded, spread_ha
from schemas.detection import Detection

SEAM_DEG = 178.0
"""Fires that come so near to the date line are outlined one by one: their outline runs on past it."""


FEW = 10
"""So many pixels and more take so long to join that joining them beside others saves nothing."""


class Placed(NamedTuple):
    """The claims that tell the place of one fire, the pixels among all its claims, and its latitude."""

    where: Sequence[Detection]
    pixels: Sequence[Detection]
    latitude: float


class Covered(NamedTuple):
    """GeoJSON footprint, area in ha that pixels cover (None without a pixel), ha between their centres."""

    footprint: dict[str, Any]
    area_ha: float | None
    spread_ha: float


def grounds(fires: Sequence[Placed]) -> list[Covered]:
    """Return what each of the fires covers."""
    crowds = [at for at, one in enumerate(fires) if _is_crowd(one)]
    # one by itself is sooner done as it is
    found = dict(zip(crowds, _crowds([fires[at] for at in crowds]), strict=True)) if len(crowds) > 1 else {}
    return [found.get(at) or _alone(one) for at, one in enumerate(fires)]


def _alone(one: Placed) -> Covered:
    footprint, area = outline(one.where, one.pixels, one.latitude)
    return Covered(footprint, area, spread_ha(one.pixels, one.latitude))


def _is_crowd(one: Placed) -> bool:
    """Return whether a fire is a few pixels and nothing else, far from the date line."""
    return (
        1 < len(one.pixels) < FEW
        and all(abs(claim.longitude) < SEAM_DEG for claim in one.pixels)
        and all(claim.scan_km > 0.0 for claim in one.where)
    )


def _crowds(fires: Sequence[Placed]) -> list[Covered]:
    boxes = [sorted({(c.longitude, c.latitude, c.scan_km, c.track_km) for c in one.pixels}) for one in fires]
    corners = np.array([box_of(*box) for crowd in boxes for box in crowd])
    covered = united(shapely.box(*corners.T), np.array([len(crowd) for crowd in boxes]))
    areas = shapely.area(covered).tolist()
    return [
        Covered(shape, round(area_of(area, one.latitude), 1), spread)
        for shape, area, spread, one in zip(written(covered), areas, _spreads(fires), fires, strict=True)
    ]


def united(shapes: NDArray[Any], counts: NDArray[np.int64]) -> NDArray[Any]:
    """Return the union of each run of so many shapes: neighbours are joined two by two, all runs at once."""
    for _ in range(int(counts.max(initial=1) - 1).bit_length()):
        rank = np.arange(len(shapes)) - np.repeat(np.cumsum(counts) - counts, counts)
        is_left = rank % 2 == 0
        left = np.flatnonzero(is_left & (rank + 1 < np.repeat(counts, counts)))
        shapes[left] = shapely.union(shapes[left], shapes[left + 1])
        shapes, counts = shapes[is_left], (counts + 1) // 2
    return shapes


def written(shapes: NDArray[Any]) -> list[dict[str, Any]]:
    """Return each shape as `rounded` writes it; none may cross the date line."""
    shapes = shapely.normalize(shapes)
    parts, of = shapely.get_parts(shapes, return_index=True)
    corners, part = shapely.get_coordinates(shapely.get_exterior_ring(parts), return_index=True)
    ends = np.cumsum(np.bincount(part)).tolist()
    # RFC 7946 wants outer rings counter-clockwise; shapely's normal form turns them clockwise
    points = np.round(corners, 5).tolist()
    rings: list[list[Any]] = [[] for _ in shapes]
    for at, start, end in zip(of.tolist(), [0, *ends], ends, strict=False):
        rings[at].append([points[start:end][::-1]])
    for at in set(of[shapely.get_num_interior_rings(parts) > 0].tolist()):
        rings[at] = []
    return [_geometry(found) if found else rounded(shapes[at]) for at, found in enumerate(rings)]


def _geometry(parts: list[Any]) -> dict[str, Any]:
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": sorted(parts)}


def _spreads(fires: Sequence[Placed]) -> list[float]:
    """Return the area, ha, between the pixel centres of each fire, as `spread_ha` does."""
    points = [
        sorted({(c.longitude, c.latitude) for c in one.pixels}) if len(one.pixels) > 2 else []
        for one in fires
    ]
    wide = [at for at, here in enumerate(points) if len(here) > 2]
    spreads = [0.0] * len(fires)
    if wide:
        counts = [len(points[at]) for at in wide]
        flat = np.array([point for at in wide for point in points[at]])
        clouds = shapely.linestrings(flat, indices=np.repeat(np.arange(len(wide)), counts))
        hulls = shapely.normalize(shapely.convex_hull(clouds))
        for at, hull in zip(wide, hulls, strict=True):
            spreads[at] = area_ha(hull, fires[at].latitude)
    return spreads
