"""Where the edges of a map meet convex pieces of footprints: exact, by separating lines (Gottschalk 1996).

An edge and a convex piece are apart only where a side of the piece, or the edge itself, has them on different
sides. Positions are relative to the middle of the piece, in arrays whose first axis is east and north.
Products are compared, never subtracted, so nothing overflows; where all is near, floats are exact too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.region.footprint import Footprints
from detectors.region.grid import HALF_TURN
from detectors.region.ragged import Whole, spread
from detectors.region.sector import following
from detectors.region.sheet import Sheet

AT_ONCE = 1024
"""Pieces that are looked up together, so that what is in hand stays in the processor's cache."""

NEAR = 47_000_000
"""Steps within which the product of two differences is below 2**53: floats are exact, and quicker."""

SAMPLED = 4
"""One vertex of so many is looked at first: most rows that meet a footprint have a vertex inside it."""

Numbers = NDArray[Any]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of a piece and a row whose boxes meet.

    `shift` was added to the row's longitudes, a full turn where the piece lies beyond the 180th meridian.
    `box` (p, 4) is the piece's, without that shift; `ring` (2, k, p) its corners, relative to its `middle`
    (2, p), which has the shift.
    """

    piece: Whole
    row: Whole
    shift: Whole
    box: Whole
    middle: Whole
    ring: Whole

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.piece)

    def take(self, chosen: Whole) -> "Candidates":
        """Only these pairs."""
        ring, middle = self.ring.take(chosen, axis=2), self.middle.take(chosen, axis=1)
        return Candidates(
            self.piece[chosen], self.row[chosen], self.shift[chosen], self.box[chosen], middle, ring
        )


def candidates(sheet: Sheet, footprints: Footprints) -> Iterator[Candidates]:
    """Candidates for the pieces, some at a time, in their order."""
    pieces = np.flatnonzero(footprints.known[footprints.owner])
    for start in range(0, len(pieces), AT_ONCE):
        yield _candidates(sheet, footprints, pieces[start : start + AT_ONCE])


def _candidates(sheet: Sheet, footprints: Footprints, pieces: Whole) -> Candidates:
    corners, middle = footprints.corners[pieces], footprints.middle[pieces]
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    # A piece that leaves the map on one side comes in again on the other.
    over, under = np.flatnonzero(boxes[:, 2] >= HALF_TURN), np.flatnonzero(boxes[:, 0] <= -HALF_TURN)
    which = np.concatenate([np.arange(len(pieces)), over, under])
    turn = np.repeat([0, 2 * HALF_TURN, -2 * HALF_TURN], [len(pieces), len(over), len(under)])
    asked = boxes[which]
    asked[:, ::2] -= turn[:, None]
    at, row = sheet.tree.meeting(asked)
    piece = which[at]
    ring = np.ascontiguousarray((corners - middle[:, None]).transpose(2, 1, 0))
    return Candidates(
        pieces[piece],
        row,
        turn[at],
        asked.take(at, axis=0),
        middle.T.take(piece, axis=1),
        ring.take(piece, axis=2),
    )


def pairs(footprints: Footprints, piece: Whole, row: Whole) -> Candidates:
    """Given pairs of a piece that does not leave the map and a row, as candidates."""
    corners, middle = footprints.corners[piece], footprints.middle[piece]
    box = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    ring = np.ascontiguousarray((corners - middle[:, None]).transpose(2, 1, 0))
    return Candidates(piece, row, np.zeros(len(piece), dtype=np.int64), box, middle.T, ring)


def with_a_vertex_inside(sheet: Sheet, some: Candidates) -> Truths:
    """Pairs of which one of the sampled vertices lies in the piece; of long rows none is looked at."""
    found = np.zeros(len(some), dtype=np.bool_)
    is_long, _ = sheet.runs.find(some.row)
    short = np.flatnonzero(~is_long)
    first, end = sheet.shapes.vertex_range(some.row[short])
    owner, number = spread(np.zeros(len(short), dtype=np.int64), -(-(end - first) // SAMPLED))
    x, y = sheet.shapes.vertices(first[owner] + number * SAMPLED)
    box = some.box[short].T.take(owner, axis=1)
    near = np.flatnonzero((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]))
    pair = short[owner[near]]
    spot = _relative(some, pair, x[near], y[near])
    ring = some.ring.take(pair, axis=2)
    ring, spot = _alike(ring, spot)
    beyond = _beyond(spot, ring, following(ring) - ring).any(axis=0)
    found[pair[~beyond]] = True
    return found


def edges_met(sheet: Sheet, some: Candidates) -> tuple[Whole, Numbers, Numbers]:
    """Edges that meet the piece of their pair: whose they are, start and end (2, e) from its middle."""
    pair, first, second = sheet.edges(some.row, some.box)
    start_x, start_y = sheet.shapes.vertices(first)
    end_x, end_y = sheet.shapes.vertices(second)
    west, south, east, north = some.box.T.take(pair, axis=1)
    near = ((start_x <= east) | (end_x <= east)) & ((start_x >= west) | (end_x >= west))
    near &= ((start_y <= north) | (end_y <= north)) & ((start_y >= south) | (end_y >= south))
    kept = np.flatnonzero(near)
    pair = pair[kept]
    start = _relative(some, pair, start_x[kept], start_y[kept])
    end = _relative(some, pair, end_x[kept], end_y[kept])
    ring, start, end = _alike(some.ring.take(pair, axis=2), start, end)
    met = np.flatnonzero(_meet(start, end, ring))
    return pair[met], start.take(met, axis=1), end.take(met, axis=1)


def _relative(some: Candidates, pair: Whole, x: Numbers, y: Numbers) -> Whole:
    """Positions (2, e) from the middle of the piece of each pair."""
    middle = some.middle.take(pair, axis=1)
    return np.stack([x + some.shift[pair] - middle[0], y - middle[1]])


def _alike(ring: Whole, *spots: Whole) -> tuple[Numbers, ...]:
    """The same numbers as floats where that is exact."""
    near = all(np.abs(one).max(initial=0) < NEAR for one in (ring, *spots))
    return tuple(one.astype(np.float64) for one in (ring, *spots)) if near else (ring, *spots)


def _meet(start: Numbers, end: Numbers, ring: Numbers) -> Truths:
    """Whether each edge meets the convex ring beside it; touching is meeting."""
    sides = following(ring) - ring
    apart = (_beyond(start, ring, sides) & _beyond(end, ring, sides)).any(axis=0)
    along, away = (end - start)[:, None], ring - start[:, None]
    left, right = along[0] * away[1], along[1] * away[0]
    one_side = (left > right).all(axis=0) | (left < right).all(axis=0)
    return np.asarray(~(apart | one_side), dtype=np.bool_)


def _beyond(spot: Numbers, ring: Numbers, sides: Numbers) -> Truths:
    """Which sides (k, e) of the ring have the spot outside."""
    away = spot[:, None] - ring
    found: Truths = sides[0] * away[1] < sides[1] * away[0]
    return found
