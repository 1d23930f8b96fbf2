"""What a mosaic is made of: pixels that come and go, the hull of points and the union of boxes that come."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.outline import Box, hull, joined, touches
from schemas.detection import Detection

Floats = NDArray[np.float64]

NEWEST = 1000
"""Pixels among which most that touch a new one are found."""


class Boxes:
    """Pixels by id and, as columns of one array, where they lie."""

    def __init__(self) -> None:
        self.claims: dict[str, Detection] = {}
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._array = np.empty((4, 16))

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def rows(self) -> Floats:
        """West, south, east and north of the pixels, a row each."""
        return self._array[:, : len(self._ids)].T

    def add(self, claims: Sequence[Detection], boxes: Floats) -> None:
        """Put pixels in; `boxes` has a row for each."""
        start, end = len(self._ids), len(self._ids) + len(claims)
        if end > self._array.shape[1]:
            self._array = np.concatenate([self._array[:, :start], np.empty((4, max(start, end)))], axis=1)
        self._array[:, start:end] = boxes.T
        names = [claim.detection_id for claim in claims]
        self._ids += names
        self._rows.update(zip(names, range(start, end), strict=True))
        self.claims.update(zip(names, claims, strict=True))

    def drop(self, detection_id: str) -> Detection:
        """Take one pixel out; the last row takes its place."""
        row, last = self._rows.pop(detection_id), self._ids.pop()
        if last != detection_id:
            self._array[:, row] = self._array[:, len(self._ids)]
            self._ids[row] = last
            self._rows[last] = row
        return self.claims.pop(detection_id)

    def touching(self, box: Box) -> list[Detection]:
        """Return the pixels that meet a box."""
        if not self._ids:
            return []
        found = np.flatnonzero(touches(box, self.rows))
        return [self.claims[self._ids[row]] for row in found.tolist()]

    def touch(self, box: Box) -> bool:
        """Return whether any pixel meets a box; those that came last are asked first, for there it burns."""
        rows = self.rows
        return bool(touches(box, rows[-NEWEST:]).any() or touches(box, rows[:-NEWEST]).any())

    def meeting(self, boxes: Floats) -> list[Detection]:
        """Return the pixels that meet any of some boxes, in the order in which they came."""
        rows, at = self.rows, self._rows
        return [claim for name, claim in self.claims.items() if touches(rows[at[name]], boxes).any()]


class Hull:
    """The convex hull of points that come."""

    def __init__(self, points: Floats) -> None:
        self._new = [points]
        self._shape: Any = None

    def add(self, points: Floats) -> None:
        """Put some more in."""
        self._new.append(points)

    def outlives(self, points: Floats) -> bool:
        """Return whether the hull is the same without some points in it: none of them is a corner."""
        corners = set(map(tuple, shapely.get_coordinates(self.shape()).tolist()))
        return corners.isdisjoint(map(tuple, points.tolist()))

    def shape(self) -> Any:
        """Return the hull as `outline.hull` writes it."""
        if self._new:
            known = [] if self._shape is None else [shapely.get_coordinates(self._shape)]
            self._shape, self._new = hull(np.concatenate([*known, *self._new])), []
        return self._shape


class Patch:
    """The union of pixels that come; one that is taken out makes it start again."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._new = list(boxes)
        self._shape: Any = None

    def add(self, boxes: Iterable[Box]) -> None:
        """Put some more in."""
        self._new += boxes

    def shape(self) -> Any:
        """Return the union; there are `UNION_MOST` pixels at most."""
        if self._new:
            more = joined(self._new, ())
            self._shape = more if self._shape is None else shapely.union(self._shape, more)
            self._new = []
        return self._shape
