"""The outline of claims on the ground: pixel boxes and circles of error, their union and area, as GeoJSON."""

import math
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.extent import half_km, shape_of
from detectors.geodesy import KM_PER_DEGREE, circle_ring, cut_at_antimeridian
from schemas.detection import Detection

UNION_MOST = 400
"""More pixels than this are outlined by their convex hull; the exact union would cost seconds."""
COARSE = 4.0
"""A pixel of more than so many times the area of the smallest says nothing more about where: that of a
geostationary satellite (2 km) over one of 375 m."""
Box = tuple[float, float, float, float]
"""Of a pixel longitude, latitude, scan and track, km; of its box west, south, east, north, degrees."""
Round = tuple[float, float, float]
"""Longitude, latitude and radius, km."""
HA_PER_DEG2 = KM_PER_DEGREE * KM_PER_DEGREE * 100.0
"""Hectares of one square degree on the equator."""


def outline(
    claims: Sequence[Detection], pixels: Sequence[Detection], latitude: float
) -> tuple[dict[str, Any], float | None]:
    """Return the GeoJSON footprint and the area, ha, that its pixels cover (None without a pixel)."""
    if len(claims) == 1 and pixels:
        return lone(pixels[0]), round(pixels[0].scan_km * pixels[0].track_km * 100.0, 1)
    people = [claim for claim in claims if claim.scan_km <= 0.0]
    shape = footprint([*pixels, *people])
    if not pixels:
        return rounded(shape), None
    covered = footprint(pixels) if people else shape
    return rounded(shape), round(area_ha(covered, latitude), 1)


def finest(pixels: Sequence[Detection]) -> list[Detection]:
    """Return the pixels without the coarse ones that meet a finer one: those say nothing more about where."""
    if len(pixels) < 2:
        return list(pixels)
    sizes = [one.scan_km * one.track_km for one in pixels]
    limit = COARSE * min(sizes)
    if max(sizes) <= limit:
        return list(pixels)
    fine = [one for one, size in zip(pixels, sizes, strict=True) if size <= limit]
    first = pixels[0].longitude
    small = boxes_of([(_near(c.longitude, first), c.latitude, c.scan_km, c.track_km) for c in fine])
    return [
        one
        for one in pixels
        if one.scan_km * one.track_km <= limit
        or not touches(
            box_of(_near(one.longitude, first), one.latitude, one.scan_km, one.track_km), small
        ).any()
    ]


def touches(one: Box, boxes: Any) -> NDArray[np.bool_]:
    """Return which of the boxes (rows of west, south, east, north) meet one box."""
    west, south, east, north = one
    apart = (boxes[:, 0] > east) | (boxes[:, 2] < west) | (boxes[:, 1] > north) | (boxes[:, 3] < south)
    return np.asarray(~apart)


def lone(claim: Detection) -> dict[str, Any]:
    """Return the box of one pixel; most incidents are one, so it is written without shapely."""
    west, south, east, north = box_of(claim.longitude, claim.latitude, claim.scan_km, claim.track_km)
    if west < -180.0 or east > 180.0:
        return rounded(footprint([claim]))
    west, south, east, north = round(west, 5), round(south, 5), round(east, 5), round(north, 5)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@lru_cache(maxsize=8192)
def box_of(longitude: float, latitude: float, scan_km: float, track_km: float) -> Box:
    """Return west, south, east, north of a pixel, scan laid west to east (FIRMS does not give the tilt)."""
    high = track_km / (2.0 * KM_PER_DEGREE)
    wide = min(scan_km / (2.0 * KM_PER_DEGREE) / max(math.cos(math.radians(latitude)), 1e-6), 180.0)
    return longitude - wide, max(latitude - high, -90.0), longitude + wide, min(latitude + high, 90.0)


def boxes_of(pixels: Sequence[Box]) -> NDArray[np.float64]:
    """Return `box_of` of many pixels (longitude, latitude, scan, track), a row each, to the last bit."""
    lon, lat, scan, track = np.array(pixels, np.float64).reshape(-1, 4).T
    high = track / (2.0 * KM_PER_DEGREE)
    # not NumPy's cosine: its last bit may be another
    squeeze = np.array([max(math.cos(math.radians(one[1])), 1e-6) for one in pixels])
    wide = np.minimum(scan / (2.0 * KM_PER_DEGREE) / squeeze, 180.0)
    sides = lon - wide, np.maximum(lat - high, -90.0), lon + wide, np.minimum(lat + high, 90.0)
    return np.stack(sides, axis=1)


def turn(degrees: float) -> float:
    """Return the same angle from -180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0 if not -180.0 <= degrees <= 180.0 else degrees


def footprint(claims: Sequence[Detection]) -> Any:
    """Return the shapely union of pixel boxes and circles of error (the convex hull of very many)."""
    first = claims[0].longitude
    boxes = {
        (_near(c.longitude, first), c.latitude, c.scan_km, c.track_km) for c in claims if c.scan_km > 0.0
    }
    own = {c.detection_id: shape for c in claims if (shape := shape_of(c)) is not None}
    rounds = {
        (_near(c.longitude, first), c.latitude, half_km(c))
        for c in claims
        if c.scan_km <= 0.0 and c.detection_id not in own
    }
    return joined(boxes, rounds, [_beside(own[one], first) for one in sorted(own)])


def joined(boxes: Collection[Box], rounds: Collection[Round], own: Sequence[Any] = ()) -> Any:
    """Return the union of boxes, circles and shapes of their own."""
    if boxes and not rounds and not own:
        return _squares(tuple(sorted(boxes)))
    shapes: list[Any] = []
    if own:
        shapes.append(np.array(own, dtype=object))
    if boxes:
        shapes.append(shapely.box(*boxes_of(sorted(boxes)).T))
    if rounds:
        shapes.append(shapely.polygons(circle_ring(*np.array(sorted(rounds)).T)))
    found = np.concatenate(shapes)
    if len(found) == 1:
        return found[0]
    if len(found) > UNION_MOST:
        return hull(shapely.get_coordinates(found))
    return shapely.disjoint_subset_union_all(found)


@lru_cache(maxsize=128)
def _squares(boxes: tuple[Box, ...]) -> Any:
    """Return the union of boxes; a fire's outline and its perimeter ask for the same one after the other."""
    found = shapely.box(*boxes_of(boxes).T)
    if len(found) == 1:
        return found[0]
    return (
        hull(shapely.get_coordinates(found))
        if len(found) > UNION_MOST
        else shapely.disjoint_subset_union_all(found)
    )


def hull(points: Any) -> Any:
    """Return the convex hull of points, always written in the same order."""
    return shapely.normalize(shapely.convex_hull(cloud(points)))


def cloud(points: Any) -> Any:
    """Return one geometry through all points, to take the hull of; many points one by one would be slow."""
    return shapely.linestrings(points) if len(points) > 1 else shapely.points(points[0])


def _beside(shape: Any, first: float) -> Any:
    """Return a shape on the same side of the date line as `first`."""
    west = float(shapely.bounds(shape)[0])
    shift = round((first - west) / 360.0) * 360.0
    return shapely.transform(shape, lambda xy: xy + np.array([shift, 0.0])) if shift else shape


def _near(longitude: float, first: float) -> float:
    """Return a longitude that runs on past the date line round the first."""
    return longitude if abs(longitude - first) <= 180.0 else first + turn(longitude - first)


def area_ha(shape: Any, latitude: float) -> float:
    """Return the area, ha, of a small shape in degrees at this latitude (within 1 % up to 100 km across)."""
    return area_of(float(shapely.area(shape)), latitude)


def degrees_of(km: float, latitude: float) -> float:
    """Return how many degrees of longitude so many km are at this latitude: at least as far to the north."""
    return km / (KM_PER_DEGREE * max(math.cos(math.radians(latitude)), 1e-6))


def area_of(square_deg: float, latitude: float) -> float:
    """Return so many square degrees at this latitude in ha."""
    return square_deg * HA_PER_DEG2 * math.cos(math.radians(latitude))


def spread_ha(pixels: Sequence[Detection], latitude: float) -> float:
    """Return the area, ha, between the pixel centres: what at least lies inside, 0 for one or two pixels."""
    if len(pixels) < 3:
        return 0.0
    first = pixels[0].longitude
    points = sorted({(_near(c.longitude, first), c.latitude) for c in pixels})
    return area_ha(hull(points), latitude)


def rounded(shape: Any) -> dict[str, Any]:
    """Return the GeoJSON geometry, coordinates to 5 decimals (1 m), in one canonical order."""
    shape = cut_at_antimeridian(shapely.normalize(shape))
    parts = [shape] if shape.geom_type == "Polygon" else shapely.get_parts(shape)
    rings = [[_ring(part.exterior), *(_ring(hole) for hole in part.interiors)] for part in parts]
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": rings[0]}
    return {"type": "MultiPolygon", "coordinates": sorted(rings)}


def _ring(ring: Any) -> list[list[float]]:
    # RFC 7946 wants outer rings counter-clockwise; shapely's normal form turns them clockwise
    found: list[list[float]] = np.round(shapely.get_coordinates(ring)[::-1], 5).tolist()
    return found
