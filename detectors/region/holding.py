"""Which shapes hold which positions: exact crossings of whole numbers, holes and parts included.

A border counts as inside. Products are compared, never subtracted, and only where the position lies within
the edge's box: nothing overflows an int64, however long the edge.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.grid import HALF_TURN, MOST, to_positions
from detectors.region.ragged import Whole
from detectors.region.shapes import POLYGON
from detectors.region.sheet import Sheet

Truths = NDArray[np.bool_]

AT_ONCE = 8192
"""Positions that are looked up together, so that what is in hand stays in the processor's cache."""


def holds(sheet: Sheet, rows: Whole, x: Whole, y: Whole) -> tuple[Truths, Truths]:
    """Whether each row holds the position beside it (grid steps), and whether that lies on its border."""
    pair, first, second = sheet.edges(rows, np.stack([x, y, np.full(len(x), MOST), y], axis=1))
    start_x, start_y = sheet.shapes.vertices(first)
    end_x, end_y = sheet.shapes.vertices(second)
    at_y = y[pair]
    near = np.flatnonzero(((start_y <= at_y) | (end_y <= at_y)) & ((start_y >= at_y) | (end_y >= at_y)))
    pair, at_y = pair[near], at_y[near]
    ends = np.stack([one[near] for one in (start_x, start_y, end_x, end_y)]).astype(np.int64)
    on, crossed = _passed(ends, x[pair], at_y)
    border = np.bincount(pair[on], minlength=len(rows)) > 0
    odd = np.bincount(pair[crossed], minlength=len(rows)) % 2 == 1
    return (odd & (sheet.shapes.kinds[rows] == POLYGON)) | border, border


def held_by(sheet: Sheet, rows: Whole, x: Whole, y: Whole) -> Truths:
    """Whether each row holds the position beside it; the 180th meridian is one line with two numbers."""
    found, _ = holds(sheet, rows, x, y)
    twice = np.flatnonzero(np.abs(x) == HALF_TURN)
    found[twice] |= holds(sheet, rows[twice], -x[twice], y[twice])[0]
    return found


def _passed(ends: Whole, x: Whole, y: Whole) -> tuple[Truths, Truths]:
    """Whether each position lies on the edge beside it, and whether a ray from it to the east crosses it."""
    start_x, start_y, end_x, end_y = ends
    beside = ((start_x <= x) | (end_x <= x)) & ((start_x >= x) | (end_x >= x))
    # The first product is larger where the position lies to the left of the edge.
    left = (end_x - start_x) * (y - start_y)
    right = (end_y - start_y) * (np.where(beside, x, start_x) - start_x)
    west = np.where(beside, np.where(end_y > start_y, left > right, left < right), x < start_x)
    return beside & (left == right), ((start_y > y) != (end_y > y)) & west


def holding(sheet: Sheet, lon: ArrayLike, lat: ArrayLike) -> tuple[Whole, Whole]:
    """Pairs (number of the position, row that holds it), degrees; ordered by both. NaN is nowhere."""
    x, y, known = to_positions(lon, lat)
    at, row = _paired(sheet, x, y, known)
    # The 180th meridian is one line with two numbers.
    twice = np.flatnonzero(known & (np.abs(x) == HALF_TURN))
    if len(twice):
        other, more = _paired(sheet, -x[twice], y[twice], known[twice])
        pairs = np.unique(np.stack([np.append(at, twice[other]), np.append(row, more)]), axis=1)
        return pairs[0], pairs[1]
    return at, row


def _paired(sheet: Sheet, x: Whole, y: Whole, known: Truths) -> tuple[Whole, Whole]:
    parts = list(_in_turn(sheet, x, y, known))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _in_turn(sheet: Sheet, x: Whole, y: Whole, known: Truths) -> Iterator[tuple[Whole, Whole]]:
    for start in range(0, max(len(x), 1), AT_ONCE):
        chosen = start + np.flatnonzero(known[start : start + AT_ONCE])
        spots = np.stack([x[chosen], y[chosen], x[chosen], y[chosen]], axis=1)
        at, row = sheet.tree.meeting(spots)
        at = chosen[at]
        inside, _ = holds(sheet, row, x[at], y[at])
        yield at[inside], row[inside]
