"""The shape of a fire that burns, from its pixels of the last day: fields, head, growth, bounds of its area.

Neighbouring hot pixels are those whose triangle has a circumscribed radius below 1 km (the alpha shape of
NASA's fire tracker FEDS). Two pixels are of one field when their centres lie within two pixel sides.
"""

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from detectors.assembly import Summary, order
from detectors.fire import Fire
from detectors.geodesy import KM_PER_DEGREE
from detectors.outline import cloud, finest, footprint, rounded
from detectors.running import Running
from schemas.detection import Detection, Ellipse
from schemas.incident import Incident
from schemas.shape import FireField, Head, Shape

WINDOW = timedelta(hours=24)
"""Pixels older than this, counted from the newest, say where it burned and not where it burns."""

LOOK = timedelta(minutes=30)
MOST = 240
"""More pixels than this: the newest of them."""

ALPHA_KM = 1.0
OUTLINED = range(10, 121)
"""So many pixels have a perimeter; fewer show it by their boxes, more cost too long to join."""

Floats = NDArray[np.float64]


class Flat(NamedTuple):
    """Pixels in km east and north of the first, which lies at a longitude and latitude."""

    pixels: Sequence[Detection]
    x: Floats
    y: Floats

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude of a position."""
        first = self.pixels[0]
        lon = first.longitude + x / (KM_PER_DEGREE * math.cos(math.radians(first.latitude)))
        return round((lon + 180.0) % 360.0 - 180.0, 5), round(first.latitude + y / KM_PER_DEGREE, 5)


class Sketch(Struct, frozen=True):
    """What a shape is drawn from: pixels of the last day, the oldest first, and what they cover, ha."""

    pixels: tuple[Detection, ...]
    covered_ha: float

    def rough(self) -> Shape:
        """Return what decisions ask of the shape: how many fields it has, in the widest bounds.

        All of them lie where its newest pixel does.
        """
        label = _labels(flattened(self.pixels))
        newest = self.pixels[-1]
        one = FireField(
            longitude=newest.longitude, latitude=newest.latitude, pixels=1, newest_at=newest.observed_at
        )
        return self.of_fields((one,) * int((label == np.arange(len(label))).sum()))

    def of_fields(self, fields: tuple[FireField, ...]) -> Shape:
        """Return the rough shape, whose fields are known."""
        return Shape(area_low_ha=0.0, area_high_ha=self.covered_ha, fields=fields)

    def shape(self) -> Shape:
        """Return the shape."""
        pixels = self.pixels
        flat = flattened(pixels)
        fields = fields_of(flat)
        newest = pixels[-1].observed_at - LOOK
        old = np.array([claim.observed_at <= newest for claim in pixels])
        growth, head = (None, None) if not old.any() else _growth(flat, old)
        fullest = _fullest(flat)
        between = triangles_of(flat.x[fullest], flat.y[fullest])
        low = float(shapely.area(between).sum()) * 100.0
        high = max(low, self.covered_ha, _enclosed(flat))
        return Shape(
            area_low_ha=round(low, 1),
            area_high_ha=round(high, 1),
            fields=fields,
            growth_ha_h=growth,
            head=head,
            ellipse=_ellipse(flat),
            perimeter=_perimeter(flat, between, fullest) if len(pixels) in OUTLINED else None,
        )


Draw = Callable[[Sketch], Shape]
"""Draws the shape of a fire: `Sketch.shape`, `Sketch.rough`, or who has it drawn later."""


def shaped(incident: Incident, fire: Fire, one: Summary, draw: Draw = Sketch.shape) -> Incident:
    """Return the incident with its shape; a task has none: most of them are no fire."""
    return incident if incident.grade == "task" else replace(incident, shape=shape_of(fire, one, draw))


def shape_of(fire: Fire, one: Summary, draw: Draw = Sketch.shape) -> Shape | None:
    """Return the shape of a fire whose claims were summed just now; None for fewer than two pixels."""
    pixels = () if len(fire.nodes) < 2 else finest(_recent(fire, one))[-MOST:]
    if len(pixels) < 2:
        return None
    return draw(Sketch(tuple(pixels), max(one.area_ha or 0.0, one.spread_ha)))


def _recent(fire: Fire, one: Summary) -> list[Detection]:
    """Return the pixels of the last day, the oldest first."""
    since = one.last_observed_at - WINDOW
    if isinstance(fire.running, Running):
        claims = fire.running.since(since)
    else:
        claims = sorted((n.claim for n in fire.nodes if n.claim.observed_at >= since), key=order)
    return [claim for claim in claims if claim.scan_km > 0.0]


def flattened(pixels: Sequence[Detection]) -> Flat:
    """Return pixels on a plane."""
    first = pixels[0]
    squeeze = KM_PER_DEGREE * math.cos(math.radians(first.latitude))
    x = [((c.longitude - first.longitude + 180.0) % 360.0 - 180.0) * squeeze for c in pixels]
    y = [(c.latitude - first.latitude) * KM_PER_DEGREE for c in pixels]
    return Flat(pixels, np.array(x), np.array(y))


def fields_of(flat: Flat) -> tuple[FireField, ...]:
    """Return the fields, that of most pixels first, then by place."""
    _, part, count = np.unique(_labels(flat), return_inverse=True, return_counts=True)
    x, y = (np.bincount(part, weights=along) / count for along in (flat.x, flat.y))
    newest = np.zeros(len(count), dtype=np.int64)
    # pixels are in order of time
    np.maximum.at(newest, part, np.arange(len(part)))
    found = []
    for at, row in enumerate(newest.tolist()):
        lon, lat = flat.place(float(x[at]), float(y[at]))
        seen_at = flat.pixels[row].observed_at
        found.append(FireField(longitude=lon, latitude=lat, pixels=int(count[at]), newest_at=seen_at))
    return tuple(sorted(found, key=lambda field: (-field.pixels, field.longitude, field.latitude)))


def _labels(flat: Flat) -> NDArray[np.int64]:
    """Return for each pixel the smallest row that chains of near pixels lead to."""
    side = np.array([max(claim.scan_km, claim.track_km) for claim in flat.pixels])
    one, two = _near(flat, side)
    label, before = np.arange(len(side)), np.empty(0, dtype=np.int64)
    while not np.array_equal(label, before):
        before = label.copy()
        np.minimum.at(label, one, before[two])
        label = label[label]
    return label


def _near(flat: Flat, side: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of near pixels, both ways; only such are measured as are near from south to north."""
    order, rows = np.argsort(flat.y), np.arange(len(side))
    north = flat.y[order]
    # a thousandth more, so that rounding of positions parts no pixels of one grid
    count = np.searchsorted(north, north + 2.002 * side.max(), "right") - rows
    one = np.repeat(rows, count)
    two = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count) + one
    one, two = order[one], order[two]
    gap = 2.002 * np.maximum(side[one], side[two])
    is_near = np.hypot(flat.x[one] - flat.x[two], flat.y[one] - flat.y[two]) <= gap
    one, two = one[is_near], two[is_near]
    return np.concatenate([one, two]), np.concatenate([two, one])


def _growth(flat: Flat, old: NDArray[np.bool_]) -> tuple[float | None, Head | None]:
    """Return how much ground the newest look added an hour, ha, and where it lies furthest ahead."""
    pixels = flat.pixels
    before = max(claim.observed_at for claim, is_old in zip(pixels, old, strict=True) if is_old)
    hours = (pixels[-1].observed_at - before) / timedelta(hours=1)
    places = np.column_stack([flat.x, flat.y])
    hull, every = (shapely.convex_hull(cloud(part)) for part in (places[old], places))
    growth = max(round(float(shapely.area(every) - shapely.area(hull)) * 100.0 / hours, 1), 0.0)
    rows = np.flatnonzero(~old)
    beyond = shapely.distance(shapely.points(flat.x[rows], flat.y[rows]), hull)
    # half a pixel further on it is the same edge, seen from another angle
    at = int(np.lexsort((flat.y[rows], flat.x[rows], -np.round(beyond, 6)))[0])
    row, away = rows[at], float(beyond[at])
    if away <= max(pixels[row].scan_km, pixels[row].track_km) / 2.0:
        return growth, None
    east, north = flat.x[row] - flat.x[old].mean(), flat.y[row] - flat.y[old].mean()
    azimuth = round(math.degrees(math.atan2(east, north)) % 360.0, 1) % 360.0
    lon, lat = flat.place(float(flat.x[row]), float(flat.y[row]))
    head = Head(longitude=lon, latitude=lat, azimuth_deg=azimuth, distance_km=round(away, 2))
    return growth, head


def _fullest(flat: Flat) -> list[int]:
    """Return the rows of the pixels of the fullest look."""
    looks: dict[tuple[str, int], list[int]] = {}
    for row, claim in enumerate(flat.pixels):
        looks.setdefault((claim.look, int(claim.observed_at.timestamp() // 1800)), []).append(row)
    return max(looks.values(), key=len)


def triangles_of(x: Floats, y: Floats) -> Any:
    """Return the Delaunay triangles of points (km) whose circumscribed circle has a radius below 1 km."""
    if len(x) < 3:
        return np.empty(0, dtype=object)
    mesh = shapely.delaunay_triangles(shapely.multipoints(np.column_stack([x, y])))
    found = shapely.get_parts(mesh)
    if not len(found):
        return found
    corners = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3]
    a, b, c = (np.hypot(*(corners[:, i] - corners[:, (i + 1) % 3]).T) for i in range(3))
    area = shapely.area(found)
    radius = np.where(area > 0.0, a * b * c / np.maximum(4.0 * area, 1e-12), np.inf)
    return found[radius < ALPHA_KM]


def _enclosed(flat: Flat) -> float:
    """Return the area, ha, of the hull of the pixels' boxes."""
    wide, high = np.array([(claim.scan_km, claim.track_km) for claim in flat.pixels]).T / 2.0
    west, east, south, north = flat.x - wide, flat.x + wide, flat.y - high, flat.y + high
    corners = np.stack([np.concatenate([west, east] * 2), np.concatenate([south, south, north, north])])
    return float(shapely.area(shapely.convex_hull(cloud(corners.T)))) * 100.0


def _ellipse(flat: Flat) -> Ellipse:
    """Return the ellipse of one standard error: how pixels scatter, and the error of one of them."""
    count = len(flat.pixels)
    error2 = math.fsum([claim.sigma_km**2 for claim in flat.pixels]) / count
    x, y = flat.x - flat.x.mean(), flat.y - flat.y.mean()
    xx, yy, xy = float(x @ x) / count + error2, float(y @ y) / count + error2, float(x @ y) / count
    # the axes of a symmetric matrix of two rows; a circle is taken to lie north and south
    middle, apart = (xx + yy) / 2.0, math.hypot((xx - yy) / 2.0, xy)
    azimuth = 90.0 - math.degrees(math.atan2(2.0 * xy, xx - yy)) / 2.0 if apart > 0.0 else 0.0
    return Ellipse(
        semi_major_m=float(round(math.sqrt(middle + apart) * 1000.0)),
        semi_minor_m=float(round(math.sqrt(max(middle - apart, 0.0)) * 1000.0)),
        azimuth_deg=round(azimuth % 180.0, 1) % 180.0,
    )


def _perimeter(flat: Flat, of_look: Any, rows: list[int]) -> dict[str, Any]:
    """Return the outline, GeoJSON, of the pixels' boxes and the triangles between them.

    `of_look` are the triangles between the pixels of these rows.
    """
    found = of_look if len(rows) == len(flat.pixels) else triangles_of(flat.x, flat.y)
    first = flat.pixels[0]
    scale = np.array([KM_PER_DEGREE * math.cos(math.radians(first.latitude)), KM_PER_DEGREE])
    ground = shapely.transform(found, lambda at: at / scale + (first.longitude, first.latitude))
    return rounded(shapely.union(footprint(flat.pixels), joined(ground)))


def joined(triangles: Any) -> Any:
    """Return the union of triangles that meet edge to edge: no crossings are asked for.

    Of places on a grid some triangles are as thin as the last digit and do cross: then every edge counts.
    """
    try:
        return shapely.coverage_union_all(triangles)
    except shapely.errors.GEOSException:
        return shapely.union_all(triangles)
