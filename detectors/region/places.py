"""Places of many positions: the areas that hold or touch them, and the nearest of the marks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import KM_PER_DEGREE, bearing_deg, circle_ring, distance_km
from detectors.region.layer import Layer
from schemas.incident import Place

ADMIN_LAYERS = ("province", "city", "county", "township")
"""Administrative levels, from the widest to the narrowest."""

AREA_LAYERS = (*ADMIN_LAYERS, "protected_areas", "stands", "grassland", "wetland", "carbon_projects")
"""Layers that a position is inside of."""

NEAR_LAYERS = ("settlements", "facilities")
"""Layers of which the nearest feature is told."""

NEAR_KM = 5.0
"""How far away a settlement or facility is still told of, km."""

SMALLEST_RADIUS_KM = 0.001
"""A circle needs some width to be a polygon; one metre is below every position's error."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """Features of several layers in one index, so that one question reaches all of them."""

    geometries: NDArray[np.object_]
    places: tuple[Place, ...]
    ranks: NDArray[np.int64]
    tree: shapely.STRtree

    @classmethod
    def of(cls, layers: Iterable[Layer], order: tuple[str, ...], relation: Any) -> "_Rows":
        chosen = sorted(
            (part for part in layers if part.name in order), key=lambda part: order.index(part.name)
        )
        shapes = [part.geometries() for part in chosen]
        geometries = np.concatenate(shapes) if shapes else np.empty(0, dtype=object)
        places = tuple(_place(part, row, relation) for part in chosen for row in range(len(part)))
        ranks = np.repeat([order.index(part.name) for part in chosen], [len(part) for part in chosen])
        return cls(geometries, places, ranks.astype(np.int64), shapely.STRtree(geometries))


def _place(part: Layer, row: int, relation: Any) -> Place:
    return Place(
        layer=part.name,
        place_id=part.ids([row])[0],
        name=part.names([row])[0],
        relation=relation,
        illustrative=bool(part.attributes(row).get("illustrative", False)),
    )


@dataclass(frozen=True, eq=False)
class Atlas:
    """Areas and marks of all layers, put together for one question."""

    areas: _Rows
    marks: _Rows

    @classmethod
    def of(cls, layers: Mapping[str, Layer]) -> "Atlas":
        """Atlas of these layers."""
        return cls(
            _Rows.of(layers.values(), AREA_LAYERS, "inside"), _Rows.of(layers.values(), NEAR_LAYERS, "near")
        )

    def places(self, lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> list[tuple[Place, ...]]:
        """Places of each position with its radius of uncertainty."""
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if not (self.areas.places or self.marks.places):
            return [()] * len(x)
        radius_km = np.maximum(np.asarray(radius_m, dtype=np.float64) / 1000.0, SMALLEST_RADIUS_KM)
        found: dict[int, list[Place]] = defaultdict(list)
        for at, place in (*self._touched(x, y, radius_km), *self._near(x, y)):
            found[at].append(place)
        return [tuple(found.get(at, ())) for at in range(len(x))]

    def _touched(self, x: Any, y: Any, radius_km: Any) -> list[tuple[int, Place]]:
        areas = self.areas
        if not areas.places:
            return []
        circles, owner = _on_the_map(circle_ring(x, y, radius_km))
        at, row = areas.tree.query(circles)
        centre = owner[at]
        holds = np.asarray(shapely.intersects_xy(areas.geometries[row], x[centre], y[centre]), dtype=np.bool_)
        rest = np.flatnonzero(~holds)
        touches = holds.copy()
        touches[rest] = shapely.intersects(areas.geometries[row[rest]], circles[at[rest]])
        # A circle cut in two at the antimeridian may touch an area with both halves.
        order = np.lexsort((row, ~holds, areas.ranks[row]))
        kept = dict.fromkeys(
            (int(centre[pair]), int(row[pair]), bool(holds[pair])) for pair in order if touches[pair]
        )
        return [
            (
                who,
                areas.places[what]
                if held
                else msgspec.structs.replace(areas.places[what], relation="possibly_inside"),
            )
            for who, what, held in kept
        ]

    def _near(self, x: Any, y: Any) -> list[tuple[int, Place]]:
        marks = self.marks
        if not marks.places:
            return []
        boxes, owner = _on_the_map(circle_ring(x, y, NEAR_KM, 8))
        at, row = marks.tree.query(boxes)
        centre = owner[at]
        apart = _gaps_km(x[centre], y[centre], marks.geometries[row])
        nearest: dict[tuple[int, int], Any] = {}
        for pair in np.lexsort((row, apart, marks.ranks[row], centre)):
            if apart[pair] <= NEAR_KM:
                nearest.setdefault((int(centre[pair]), int(marks.ranks[row[pair]])), pair)
        told = np.array(list(nearest.values()), dtype=np.int64)
        turned = _azimuths_deg(marks.geometries[row[told]], x[centre[told]], y[centre[told]])
        return [
            (int(centre[pair]), _placed(marks.places[row[pair]], float(apart[pair]), float(azimuth)))
            for pair, azimuth in zip(told, turned, strict=True)
        ]


def _placed(place: Place, gap_km: float, azimuth_deg: float) -> Place:
    """Return a near place with its distance and, unless the centre lies in it, the bearing from it."""
    azimuth = round(azimuth_deg, 1) % 360.0 if gap_km > 0.0 else None
    return msgspec.structs.replace(place, distance_km=round(gap_km, 3), azimuth_deg=azimuth)


def _azimuths_deg(shapes: NDArray[np.object_], x: Any, y: Any) -> NDArray[np.float64]:
    """Bearing from the nearest point of each shape to its position."""
    lines = shapely.shortest_line(shapes, shapely.points(x, y))
    feet = shapely.get_point(lines, 0)
    return bearing_deg(shapely.get_x(feet), shapely.get_y(feet), x, y)


def _maybe(place: Place) -> Place:
    return msgspec.structs.replace(place, relation="possibly_inside")


def _on_the_map(rings: NDArray[np.float64]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Polygons of the rings, with a second copy on the other side of the map for those that leave it."""
    owner = np.arange(len(rings))
    over = np.flatnonzero((rings[:, :, 0] > 180.0).any(axis=1))
    under = np.flatnonzero((rings[:, :, 0] < -180.0).any(axis=1))
    turn = np.array([360.0, 0.0])
    every = np.concatenate([rings, rings[over] - turn, rings[under] + turn])
    return shapely.polygons(every), np.concatenate([owner, over, under])


def _gaps_km(x: Any, y: Any, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Distance from each position to its shape, km; 0 inside a polygon."""
    if not len(shapes):
        return np.empty(0)
    point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    gaps = np.asarray(distance_km(x, y, shapely.get_x(shapes), shapely.get_y(shapes)))
    for pair in np.flatnonzero(~point):
        # Within 5 km a plane with longitudes shrunk to the latitude is flat enough (error below 0.1 %).
        shrink = np.array([np.cos(np.radians(y[pair])), 1.0])
        flat = shapely.transform(shapes[pair], lambda xy, shrink=shrink: xy * shrink)
        gaps[pair] = shapely.distance(flat, shapely.Point(x[pair] * shrink[0], y[pair])) * KM_PER_DEGREE
    return gaps
