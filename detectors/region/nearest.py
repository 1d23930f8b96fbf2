"""What is near a position: distance in metres on WGS 84, and the bearing towards it.

The foot of the perpendicular is found in a plane with the position's own scale; distance and bearing then
come from the scale of the latitude halfway (within 0.1 % up to 100 km below 70 degrees).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.ellipsoid import metres_per_step
from detectors.region.grid import HALF_TURN, STEPS, to_degrees, to_positions
from detectors.region.holding import holds
from detectors.region.ragged import Whole
from detectors.region.shapes import POLYGON
from detectors.region.sheet import Sheet

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs of a position and a row, ordered by position, distance and row.

    `distance_m` is 0 and `bearing_deg` is 0 where a polygon holds the position.
    """

    at: Whole
    row: Whole
    distance_m: Floats
    bearing_deg: Floats

    def take(self, chosen: NDArray[np.integer] | NDArray[np.bool_]) -> "Near":
        """Only these pairs."""
        return Near(self.at[chosen], self.row[chosen], self.distance_m[chosen], self.bearing_deg[chosen])


def within(sheet: Sheet, lon: ArrayLike, lat: ArrayLike, limit_m: float) -> Near:
    """Every row that comes within `limit_m` of each position (degrees), with distance and bearing."""
    x, y, known = to_positions(lon, lat)
    which, turn, boxes = _asked(x, y, known, limit_m)
    pair, row = sheet.tree.meeting(boxes)
    if not len(pair):
        return Near(pair, row, np.empty(0), np.empty(0))
    at, shift = which[pair], turn[pair]
    east, north = (_longest(one) for one in metres_per_step(to_degrees(y[at])))
    foot, gap = _feet(sheet, row, boxes[pair], np.stack([x[at] - shift, y[at]]), np.stack([east, north]))
    areal = np.flatnonzero(sheet.shapes.kinds[row] == POLYGON)
    if len(areal):
        held, _ = holds(sheet, row[areal], x[at[areal]] - shift[areal], y[at[areal]])
        foot[:, areal[held]] = gap[areal[held]] = 0.0
    reached = np.flatnonzero(np.isfinite(gap))
    at, row, foot = at[reached], row[reached], foot[:, reached]
    distance_m, bearing_deg = _towards(to_degrees(y[at]), foot)
    close = np.flatnonzero(distance_m <= limit_m)
    order = close[np.lexsort((row[close], distance_m[close], at[close]))]
    return Near(at[order], row[order], distance_m[order], bearing_deg[order])


def nearest(
    sheet: Sheet, lon: ArrayLike, lat: ArrayLike, limit_m: float, groups: NDArray[np.integer] | None = None
) -> Near:
    """The nearest row of each group (`groups`: a number for each row; None: all are one) within `limit_m`."""
    found = within(sheet, lon, lat, limit_m)
    kind = np.zeros(len(found.row), dtype=np.int64) if groups is None else groups[found.row].astype(np.int64)
    order = np.lexsort((found.row, found.distance_m, kind, found.at))
    first = np.ones(len(order), dtype=np.bool_)
    at, kind = found.at[order], kind[order]
    first[1:] = (at[1:] != at[:-1]) | (kind[1:] != kind[:-1])
    return found.take(order[first])


def _asked(x: Whole, y: Whole, known: NDArray[np.bool_], limit_m: float) -> tuple[Whole, Whole, Whole]:
    """Position, turn and box of everything to look up; twice beside the 180th meridian."""
    east, north = (_longest(one) for one in metres_per_step(to_degrees(y)))
    # A little more than the limit, for the plane's scale is that of the position alone.
    wide = np.minimum(1.05 * limit_m / east, HALF_TURN).astype(np.int64) + 1
    tall = (1.05 * limit_m / north).astype(np.int64) + 1
    boxes = np.stack([x - wide, y - tall, x + wide, y + tall], axis=1)
    here, over = np.flatnonzero(known), np.flatnonzero(known & (boxes[:, 2] >= HALF_TURN))
    under = np.flatnonzero(known & (boxes[:, 0] <= -HALF_TURN))
    which = np.concatenate([here, over, under])
    turn = np.repeat([0, 2 * HALF_TURN, -2 * HALF_TURN], [len(here), len(over), len(under)])
    boxes = boxes[which]
    boxes[:, ::2] -= turn[:, None]
    return which, turn, boxes


def _longest(metres: Floats) -> Floats:
    return np.maximum(metres, 1e-6)


def _feet(sheet: Sheet, rows: Whole, boxes: Whole, spot: Whole, scale: Floats) -> tuple[Floats, Floats]:
    """Steps (2, p) from each spot to the nearest position on its row's edges, and how far that is, m."""
    pair, first, second = sheet.edges(rows, boxes)
    start = np.stack(sheet.shapes.vertices(first)) - spot.take(pair, axis=1)
    along = np.stack(sheet.shapes.vertices(second)) - spot.take(pair, axis=1) - start
    squeeze = scale.take(pair, axis=1) ** 2
    length = (along * along * squeeze).sum(axis=0)
    share = -(start * along * squeeze).sum(axis=0) / np.where(length == 0.0, 1.0, length)
    foot = start + np.clip(share, 0.0, 1.0) * along
    square = (foot * foot * squeeze).sum(axis=0)
    least = np.full(len(rows), np.inf)
    np.minimum.at(least, pair, square)
    best = np.flatnonzero(square == least[pair])[::-1]
    feet = np.zeros((2, len(rows)))
    feet[:, pair[best]] = foot[:, best]
    return feet, np.sqrt(least)


def _towards(lat: Floats, foot: Floats) -> tuple[Floats, Floats]:
    """Distance, m, and bearing, degrees, of steps (2, n) from positions at these latitudes."""
    halfway = np.clip(lat + foot[1] / STEPS / 2, -90.0, 90.0)
    east, north = metres_per_step(halfway)
    right, ahead = foot[0] * east, foot[1] * north
    converged = foot[0] / STEPS * np.sin(np.radians(halfway)) / 2
    bearing = (np.degrees(np.arctan2(right, ahead)) - converged) % 360.0
    return np.hypot(right, ahead), np.where(bearing >= 360.0, 0.0, bearing)
