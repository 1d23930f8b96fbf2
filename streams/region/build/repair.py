"""Geometries made fit for a layer: two dimensions, one type, valid, cut at the antimeridian, of some area."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from streams.region.build.report import Outcome
from streams.region.build.source import Shapes

Kind = Literal["polygon", "line", "point"]
TYPES: dict[Kind, tuple[int, int]] = {"point": (0, 4), "line": (1, 5), "polygon": (3, 6)}
"""Shapely's type numbers: single and multiple."""

NAMES: dict[Kind, str] = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
"""Shapely's names of the single types."""

LEAST_AREA_M2 = 1.0
"""A polygon below this is a sliver of digitising, no place."""

METRES_PER_DEGREE = 111_195.0
"""Of a great circle; good enough to tell a sliver."""

SEMI_MAJOR_M, ECCENTRICITY = 6378137.0, 0.0818191908426215
"""WGS 84."""


@dataclass
class Mended:
    """Shapes of a chunk being mended; `notes` say per row what was done, a dropped row's shape is None."""

    shapes: Shapes
    notes: list[tuple[int, Outcome, str, str]] = field(default_factory=list)
    heights: int = 0

    def drop(self, rows: Any, code: str, detail: str | Callable[[int], str] = "") -> None:
        """Drop the rows with a reason."""
        for row in rows:
            self.notes.append((int(row), "dropped", code, detail if isinstance(detail, str) else detail(row)))
            self.shapes[row] = None

    def say(self, row: int, code: str, detail: str = "", outcome: Outcome = "repaired") -> None:
        """Note what was done to a row that is kept."""
        self.notes.append((int(row), outcome, code, detail))

    @property
    def left(self) -> NDArray[np.int64]:
        """Rows that are still kept."""
        return np.flatnonzero(~shapely.is_missing(self.shapes))


def area_m2(shapes: Any) -> NDArray[np.float64]:
    """Area of lon/lat polygons on the WGS 84 ellipsoid (cylindrical equal-area projection), square metres."""
    return np.asarray(shapely.area(shapely.transform(shapes, _equal_area)), dtype=np.float64)


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    e, sine = ECCENTRICITY, np.sin(np.radians(points[:, 1]))
    ratio = sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e
    return np.column_stack([SEMI_MAJOR_M * np.radians(points[:, 0]), SEMI_MAJOR_M * (1 - e * e) / 2 * ratio])


def flatten(mended: Mended) -> None:
    """Leave heights out, and drop rows without a geometry or with an empty one."""
    tall = shapely.has_z(mended.shapes)
    mended.heights += int(tall.sum())
    mended.shapes = shapely.force_2d(mended.shapes)
    mended.drop(mended.left[shapely.is_empty(mended.shapes[mended.left])], "empty")


def turn(mended: Mended) -> None:
    """Bring longitudes beyond 180° back, and cut what crosses the antimeridian in one piece."""
    west, _, east, _ = shapely.bounds(mended.shapes).T
    beyond, before = (west >= 180.0) & (east > 180.0), (east <= -180.0) & (west < -180.0)
    for away, turns in ((beyond, -360.0), (before, 360.0)):
        for row in np.flatnonzero(away).tolist():
            mended.shapes[row] = _turned(mended.shapes[row], turns)
            mended.say(row, "around")
    rows = mended.left
    west, _, east, _ = shapely.bounds(mended.shapes[rows]).T
    for row in rows[(east > 180.0) | (west < -180.0) | (east - west > 180.0)]:
        cut = _cut(mended.shapes[row])
        if cut is not None:
            mended.shapes[row] = cut
            mended.say(row, "antimeridian")


def _turned(shape: Any, degrees: float) -> Any:
    return shapely.transform(shape, lambda points: points + np.array([degrees, 0.0]))


def _cut(shape: Any) -> Any:
    """Return the shape cut at 180°; None when no edge of it jumps across."""
    points = shapely.get_coordinates(shape)
    if np.abs(points[:, 0]).max() <= 180.0 and not any(_jumps(part) for part in shapely.get_parts(shape)):
        return None
    whole = shapely.transform(shape, lambda xy: np.column_stack([xy[:, 0] % 360.0, xy[:, 1]]))
    whole = whole if shapely.is_valid(whole) else shapely.make_valid(whole, method="structure")
    here = shapely.intersection(whole, shapely.box(0.0, -90.0, 180.0, 90.0))
    there = shapely.intersection(whole, shapely.box(180.0, -90.0, 360.0, 90.0))
    return shapely.union_all([here, _turned(there, -360.0)])


def _jumps(part: Any) -> bool:
    """Whether an edge of one part is longer than half a turn, as only one across the antimeridian is."""
    rings = shapely.get_rings(part) if shapely.get_type_id(part) == 3 else [part]
    steps = [np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])) for ring in rings]
    # An edge of a whole turn is the border of a map of the world, and jumps nowhere.
    return any(((step > 180.0) & (step < 359.999)).any() for step in steps)


def validate(mended: Mended) -> None:
    """Make invalid polygons valid; what has no area left is dropped."""
    rows = mended.left
    for row in rows[~shapely.is_valid(mended.shapes[rows])]:
        why = shapely.is_valid_reason(mended.shapes[row])
        mended.shapes[row] = shapely.make_valid(mended.shapes[row], method="structure", keep_collapsed=False)
        if shapely.is_empty(mended.shapes[row]):
            mended.drop([row], "zero_area", why)
        else:
            mended.say(row, "self_crossing", why)


def only(mended: Mended, kinds: tuple[Kind, ...]) -> None:
    """Leave the types that a layer has: other parts are left out, an area for a point becomes one."""
    wanted = [number for kind in kinds for number in TYPES[kind]]
    rows = mended.left
    for row in rows[~np.isin(shapely.get_type_id(mended.shapes[rows]), wanted)]:
        was = mended.shapes[row].geom_type
        leaves = _leaves(mended.shapes[row])
        kind = next(
            (one for one in kinds if any(shapely.get_type_id(leaf) in TYPES[one] for leaf in leaves)), None
        )
        if kind:
            mended.shapes[row] = shapely.union_all([leaf for leaf in leaves if leaf.geom_type == NAMES[kind]])
            mended.say(row, "other_parts", was)
        elif kinds == ("point",):
            mended.shapes[row] = shapely.point_on_surface(mended.shapes[row])
            mended.say(row, "point_of_area", was)
        else:
            mended.drop([row], "mixed_types", f"{was} in a layer of {' or '.join(kinds)}s")
    if kinds == ("point",):
        _single(mended)


def _leaves(shape: Any) -> list[Any]:
    """Return the simple geometries that a geometry is made of, collections in collections included."""
    if shapely.get_type_id(shape) < 4:
        return [shape]
    return [leaf for part in shapely.get_parts(shape) for leaf in _leaves(part)]


def _single(mended: Mended) -> None:
    rows = mended.left
    for row in rows[shapely.get_type_id(mended.shapes[rows]) == 4]:
        points = shapely.get_parts(mended.shapes[row])
        mended.shapes[row] = points[0]
        if len(points) > 1:
            mended.say(row, "many_points", f"{len(points)} points", "ambiguous")


def drop_slivers(mended: Mended) -> None:
    """Drop polygons of no area."""
    rows = mended.left
    rows = rows[np.isin(shapely.get_type_id(mended.shapes[rows]), TYPES["polygon"])]
    # Edges are straight in degrees: only there has a polygon folded onto a line no area at all.
    south = shapely.bounds(mended.shapes[rows])[:, 1]
    shrink = np.maximum(np.cos(np.radians(south)), 1e-3)
    square_metres = shapely.area(mended.shapes[rows]) * shrink * METRES_PER_DEGREE**2
    mended.drop(rows[square_metres < LEAST_AREA_M2], "zero_area")
