"""GeoJSON geometries as shapely ones: rings are closed and heights left out with a note, nonsense refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Note = tuple[str, str]
Floats = NDArray[np.float64]


class BadShapeError(ValueError):
    """A geometry that cannot be read; `code` is its reason in the report."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def shape_of(geometry: Any) -> tuple[Any, list[Note]]:
    """Return the shapely geometry, in two dimensions, and notes on what was mended.

    Raises
    ------
    BadShapeError
        If it is no GeoJSON geometry, its coordinates are no numbers, or a ring has too few points.
    """
    notes: dict[str, str] = {}
    shape = _shape(geometry, notes)
    return shape, list(notes.items())


def _shape(geometry: Any, notes: dict[str, str]) -> Any:
    if not isinstance(geometry, dict):
        raise BadShapeError("bad_coordinates", "no geometry object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        return shapely.GeometryCollection([_shape(part, notes) for part in geometry.get("geometries") or ()])
    build = _BUILDERS.get(str(kind))
    if build is None:
        raise BadShapeError("bad_coordinates", f"unknown geometry type {kind!r}")
    try:
        return build(coordinates if coordinates is not None else [], notes)
    except (TypeError, ValueError, shapely.errors.GEOSException) as error:
        if isinstance(error, BadShapeError):
            raise
        raise BadShapeError("bad_coordinates", f"coordinates that cannot be read: {error}") from error


def _points(values: Any, notes: dict[str, str]) -> Floats:
    """Return positions as an (n, 2) array."""
    if not len(values):
        return np.empty((0, 2))
    longest, shortest = max(map(len, values)), min(map(len, values))
    if shortest < 2:
        raise BadShapeError("bad_coordinates", "a position without longitude and latitude")
    if longest > 2:
        notes["height"] = ""
        values = [value[:2] for value in values]
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or not np.isfinite(array).all():
        raise BadShapeError("bad_coordinates", "coordinates that are no finite numbers")
    return array


def _ring(values: Any, notes: dict[str, str]) -> Floats:
    points = _points(values, notes)
    if len(points) and (points[0] != points[-1]).any():
        notes["unclosed"] = "the first and last position of a ring differ"
        points = np.vstack([points, points[:1]])
    if 0 < len(points) < 4:
        raise BadShapeError("too_few_points", f"a ring of {len(points)} positions")
    return points


def _point(values: Any, notes: dict[str, str]) -> Any:
    return shapely.Point(_points([values], notes)[0]) if len(values) else shapely.Point()


def _line(values: Any, notes: dict[str, str]) -> Any:
    return shapely.LineString(_points(values, notes))


def _polygon(values: Any, notes: dict[str, str]) -> Any:
    rings = [_ring(ring, notes) for ring in values]
    if not rings or not len(rings[0]):
        return shapely.Polygon()
    return shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring)])


_BUILDERS: dict[str, Callable[[Any, dict[str, str]], Any]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": lambda values, notes: shapely.MultiPoint(_points(values, notes)),
    "MultiLineString": lambda values, notes: shapely.MultiLineString([_line(v, notes) for v in values]),
    "MultiPolygon": lambda values, notes: shapely.MultiPolygon([_polygon(v, notes) for v in values]),
}
