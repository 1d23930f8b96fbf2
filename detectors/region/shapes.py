"""Points, lines and polygons in flat arrays of whole grid steps, holes and multiparts included.

Rows have parts, parts have rings, rings have vertices. Every line is one ring, every point a ring of one
vertex; rings of polygons are closed, shells counter-clockwise, holes clockwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.region.grid import to_degrees, to_grid
from detectors.region.ragged import Whole, begins, compact, spread, starts_of

POINT, LINE, POLYGON = 0, 1, 2
"""Kinds of rows, with one or with several parts."""

KIND_NAMES = ("point", "line", "polygon")
"""Names of the kinds, by number."""

_KIND_OF = np.array([0, 1, 1, 2, 0, 1, 2, -1])
"""Kind of each type of shapely's; a collection is none."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Geometries; `row_parts` and `part_rings` are None where each list holds exactly one thing."""

    kinds: NDArray[np.uint8]
    row_parts: Whole | None
    part_rings: Whole | None
    ring_vertices: Whole
    xy: NDArray[np.int32]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.kinds)

    @classmethod
    def of(cls, geometries: Iterable[Any]) -> "Shapes":
        """Shapes of shapely geometries in degrees between -180 and 180.

        Raises
        ------
        ValueError
            If one is empty, a collection, or not on the map.
        """
        given = np.array(list(geometries), dtype=object)
        kinds = _KIND_OF[shapely.get_type_id(given)]
        if len(given) and (kinds.min() < 0 or bool(shapely.is_empty(given).any())):
            raise ValueError("every geometry is one of points, lines or polygons, and none is empty")
        parts, part_row = shapely.get_parts(shapely.orient_polygons(given), return_index=True)
        rings, ring_part = _rings(parts)
        degrees, vertex_ring = shapely.get_coordinates(rings, return_index=True)
        if not bool((np.abs(degrees) <= np.array([180.0, 90.0])).all()):
            raise ValueError("coordinates out of range")
        return cls(
            kinds.astype(np.uint8),
            compact(starts_of(np.bincount(part_row, minlength=len(given)))),
            compact(starts_of(np.bincount(ring_part, minlength=len(parts)))),
            starts_of(np.bincount(vertex_ring, minlength=len(rings))),
            to_grid(degrees).astype(np.int32),
        )

    @classmethod
    def joined(cls, several: Sequence["Shapes"]) -> "Shapes":
        """The rows of all of these, one after the other."""
        if len(several) == 1:
            return several[0]
        if not several:
            return cls.of([])
        counts = [counts_of(one) for one in several]
        starts = {name: starts_of(np.concatenate([one[name] for one in counts])) for name in counts[0]}
        return cls(
            np.concatenate([one.kinds for one in several]),
            compact(starts["row_parts"]),
            compact(starts["part_rings"]),
            starts["ring_vertices"],
            np.concatenate([one.xy for one in several]),
        )

    @property
    def part_count(self) -> int:
        """How many parts all rows have together."""
        return len(self) if self.row_parts is None else int(self.row_parts[-1])

    def part_range(self, rows: Whole) -> tuple[Whole, Whole]:
        """First part, and the one after the last, of each row."""
        return begins(self.row_parts, rows), begins(self.row_parts, rows + 1)

    def ring_range(self, rows: Whole) -> tuple[Whole, Whole]:
        """First ring, and the one after the last, of each row."""
        first, end = self.part_range(rows)
        return begins(self.part_rings, first), begins(self.part_rings, end)

    def vertex_range(self, rows: Whole) -> tuple[Whole, Whole]:
        """First vertex, and the one after the last, of each row."""
        first, end = self.ring_range(rows)
        return self.ring_vertices[first], self.ring_vertices[end]

    @cached_property
    def _packed(self) -> NDArray[np.int64]:
        """Both coordinates of a vertex as one number, so that one look-up fetches both."""
        return np.ascontiguousarray(self.xy).view(np.int64)[:, 0]

    def vertices(self, at: Whole) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Steps east and steps north of these vertices."""
        both = self._packed.take(at).view(np.int32)
        return both[::2], both[1::2]

    def take(self, rows: Whole) -> "Shapes":
        """The same shapes, only these rows and in this order."""
        part_owner, parts = spread(*self.part_range(rows))
        first, end = begins(self.part_rings, parts), begins(self.part_rings, parts + 1)
        ring_owner, rings = spread(first, end)
        first, end = self.ring_vertices[rings], self.ring_vertices[rings + 1]
        _, at = spread(first, end)
        return Shapes(
            self.kinds[rows],
            compact(starts_of(np.bincount(part_owner, minlength=len(rows)))),
            compact(starts_of(np.bincount(ring_owner, minlength=len(parts)))),
            starts_of(end - first),
            self.xy.take(at, axis=0),
        )

    def boxes(self) -> NDArray[np.int32]:
        """West, south, east and north of each row, in steps."""
        first, _ = self.vertex_range(np.arange(len(self)))
        if not len(first):
            return np.empty((0, 4), dtype=np.int32)
        low, high = np.minimum.reduceat(self.xy, first), np.maximum.reduceat(self.xy, first)
        return np.hstack([low, high])

    def geometries(self) -> NDArray[np.object_]:
        """Shapely geometries of all rows, in degrees; of one part where there is one."""
        built = np.empty(len(self), dtype=object)
        for kind in np.unique(self.kinds).tolist():
            rows = np.flatnonzero(self.kinds == kind)
            built[rows] = _of_kind(self.take(rows), kind)
        return built


def _of_kind(shapes: Shapes, kind: int) -> Any:
    parts = _whole(shapes.row_parts, len(shapes))
    rings = _whole(shapes.part_rings, int(parts[-1]))
    offsets = {
        POINT: (parts,),
        LINE: (shapes.ring_vertices, parts),
        POLYGON: (shapes.ring_vertices, rings, parts),
    }[kind]
    many = shapely.from_ragged_array(_MANY[kind], to_degrees(shapes.xy), offsets)
    return np.where(np.diff(parts) == 1, shapely.get_geometry(many, 0), many)


def counts_of(shapes: Shapes) -> dict[str, Whole]:
    """Parts of each row, rings of each part, vertices of each ring."""
    return {
        "row_parts": np.diff(_whole(shapes.row_parts, len(shapes))),
        "part_rings": np.diff(_whole(shapes.part_rings, shapes.part_count)),
        "ring_vertices": np.diff(shapes.ring_vertices),
    }


_MANY = {
    POINT: shapely.GeometryType.MULTIPOINT,
    LINE: shapely.GeometryType.MULTILINESTRING,
    POLYGON: shapely.GeometryType.MULTIPOLYGON,
}


def _whole(starts: Whole | None, count: int) -> Whole:
    return np.arange(count + 1) if starts is None else starts


def _rings(parts: NDArray[np.object_]) -> tuple[NDArray[np.object_], Whole]:
    """Rings of polygons, and lines and points as they are, with the part of each."""
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    plain = np.flatnonzero(~areal)
    rings, owner = shapely.get_rings(parts[areal], return_index=True)
    part = np.concatenate([np.flatnonzero(areal)[owner], plain])
    along = np.argsort(part, kind="stable")
    return np.concatenate([rings, parts[plain]])[along], part[along]
