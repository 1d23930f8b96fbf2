"""The ground that a fire's claims cover, kept while they come and go: what `outline` makes of them all.

A hull, or a union of pixels, is grown from the one before and what is new; only what is taken out makes it
start again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import shapely
from msgspec import Struct

from detectors.extent import half_km
from detectors.geodesy import circle_ring
from detectors.outline import COARSE, UNION_MOST, Box, box_of, hull, joined, rounded, touches
from schemas.detection import Detection

T = TypeVar("T")


class Ground(Struct, frozen=True):
    """GeoJSON outline; areas, square degrees: of the pixels (None without one), between their centres."""

    footprint: dict[str, Any]
    covered_deg2: float | None
    spread_deg2: float


class Boxes:
    """Pixels by id and, as rows of one array, where they lie."""

    def __init__(self) -> None:
        self.claims: dict[str, Detection] = {}
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._array = np.empty((16, 4))

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, claim: Detection, box: Box) -> None:
        """Put one pixel in."""
        row = len(self._ids)
        if row == len(self._array):
            self._array = np.concatenate([self._array, np.empty_like(self._array)])
        self._array[row] = box
        self._rows[claim.detection_id] = row
        self._ids.append(claim.detection_id)
        self.claims[claim.detection_id] = claim

    def drop(self, detection_id: str) -> Detection:
        """Take one pixel out; the last row takes its place."""
        row, last = self._rows.pop(detection_id), self._ids.pop()
        if last != detection_id:
            self._array[row] = self._array[len(self._ids)]
            self._ids[row] = last
            self._rows[last] = row
        return self.claims.pop(detection_id)

    def touching(self, box: Box) -> list[Detection]:
        """Return the pixels that meet a box."""
        if not self._ids:
            return []
        found = np.flatnonzero(touches(box, self._array[: len(self._ids)]))
        return [self.claims[self._ids[row]] for row in found.tolist()]

    def touch(self, box: Box) -> bool:
        """Return whether any pixel meets a box."""
        return bool(touches(box, self._array[: len(self._ids)]).any())


class Hull:
    """The convex hull of things that come; `points_of` tells where some of them lie."""

    def __init__(self, points_of: Callable[[Sequence[Any]], Any], given: Iterable[Any]) -> None:
        self._points_of = points_of
        self._new = list(given)
        self._shape: Any = None
        self._corners: set[tuple[float, ...]] | None = None

    def add(self, one: Any) -> None:
        """Put one more in."""
        self._new.append(one)

    def outlives(self, one: Any) -> bool:
        """Return whether the hull is the same without something in it: none of its points is a corner."""
        if one in self._new:
            return False
        if self._shape is None:
            return True
        if self._corners is None:
            self._corners = set(map(tuple, shapely.get_coordinates(self._shape).tolist()))
        return self._corners.isdisjoint(map(tuple, self._points_of([one]).tolist()))

    def shape(self) -> Any:
        """Return the hull as `outline.hull` writes it."""
        if self._new:
            points = self._points_of(self._new)
            if self._shape is not None:
                points = np.concatenate([shapely.get_coordinates(self._shape), points])
            self._shape, self._new, self._corners = hull(points), [], None
        return self._shape


class Patch:
    """The union of pixels that come; one that is taken out makes it start again."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._new = list(boxes)
        self._shape: Any = None

    def add(self, box: Box) -> None:
        """Put one more in."""
        self._new.append(box)

    def shape(self) -> Any:
        """Return the union; there are `UNION_MOST` pixels at most."""
        if self._new:
            more = joined(self._new, ())
            self._shape = more if self._shape is None else shapely.union(self._shape, more)
            self._new = []
        return self._shape


def _corners(boxes: Sequence[Box]) -> Any:
    """Return the corners of pixels, four rows each."""
    west, south, east, north = np.array([box_of(*one) for one in boxes]).T
    return np.stack([west, south, east, south, east, north, west, north], axis=1).reshape(-1, 2)


class Mosaic:
    """Pixels, fine ones and coarse ones that meet no fine one, and the circles of other claims."""

    def __init__(self, claims: Iterable[Detection]) -> None:
        self._areas: Counter[float] = Counter()
        self._rounds: Counter[tuple[float, float, float]] = Counter()
        self._clear()
        for claim in claims:
            self.add(claim)

    def _clear(self) -> None:
        self._fine, self._coarse, self._hidden = Boxes(), Boxes(), Boxes()
        self._boxes: Counter[Box] = Counter()
        self._points: Counter[tuple[float, float]] = Counter()
        self._least = self._limit = self._largest = 0.0
        self._over: Hull | None = None
        self._patch: Patch | None = None
        self._between: Hull | None = None
        self._ground: Ground | None = None

    def add(self, claim: Detection) -> None:
        """Put one claim in."""
        if claim.scan_km <= 0.0:
            self._rounds[(claim.longitude, claim.latitude, half_km(claim))] += 1
            self._ground = None
            return
        area = claim.scan_km * claim.track_km
        self._areas[area] += 1
        if self._least and area >= self._least:
            self._lay(claim)
        elif self._least and self._largest <= COARSE * area:
            self._least, self._limit = area, COARSE * area
            self._lay(claim)
        else:
            self._anew([*self._pixels(), claim])

    def drop(self, claim: Detection) -> None:
        """Take one claim out, which is in."""
        if claim.scan_km <= 0.0:
            _count_down(self._rounds, (claim.longitude, claim.latitude, half_km(claim)))
            self._ground = None
            return
        area, name = claim.scan_km * claim.track_km, claim.detection_id
        if _count_down(self._areas, area) and area == self._least:
            self._anew([one for one in self._pixels() if one.detection_id != name])
        elif name in self._hidden.claims:
            self._hidden.drop(name)
        elif name in self._coarse.claims:
            self._unkeep(self._coarse.drop(name))
        else:
            self._unkeep(self._fine.drop(name))
            for one in self._hidden.touching(_box(claim)):
                if not self._fine.touch(_box(one)):
                    self._coarse.add(self._hidden.drop(one.detection_id), _box(one))
                    self._keep(one)

    def ground(self) -> Ground:
        """Return what is covered."""
        if self._ground is None:
            self._ground = self._made()
        return self._ground

    def _pixels(self) -> list[Detection]:
        return [one for kind in (self._fine, self._coarse, self._hidden) for one in kind.claims.values()]

    def _anew(self, pixels: list[Detection]) -> None:
        """Lay all pixels again: the smallest is another one, so others may be the coarse ones."""
        self._clear()
        self._least = min(self._areas, default=0.0)
        self._limit = COARSE * self._least
        for claim in pixels:
            self._lay(claim)

    def _lay(self, claim: Detection) -> None:
        """Put one pixel where it belongs."""
        box, area = _box(claim), claim.scan_km * claim.track_km
        if area > self._limit:
            if self._fine.touch(box):
                self._hidden.add(claim, box)
                return
            self._coarse.add(claim, box)
        else:
            self._largest = max(self._largest, area)
            self._fine.add(claim, box)
            for one in self._coarse.touching(box):
                self._hidden.add(self._coarse.drop(one.detection_id), _box(one))
                self._unkeep(one)
        self._keep(claim)

    def _keep(self, claim: Detection) -> None:
        key, point = _key(claim), (claim.longitude, claim.latitude)
        self._boxes[key] += 1
        self._points[point] += 1
        self._ground = None
        if self._over is not None and self._boxes[key] == 1:
            self._over.add(key)
        if self._patch is not None and self._boxes[key] == 1:
            self._patch.add(key)
        if self._between is not None and self._points[point] == 1:
            self._between.add(point)

    def _unkeep(self, claim: Detection) -> None:
        self._ground = None
        key, point = _key(claim), (claim.longitude, claim.latitude)
        if _count_down(self._boxes, key):
            self._patch = None
            self._over = self._over if self._over is not None and self._over.outlives(key) else None
        if _count_down(self._points, point) and self._between is not None:
            self._between = self._between if self._between.outlives(point) else None

    def _made(self) -> Ground:
        if not self._boxes:
            return Ground(rounded(joined((), self._rounds)), None, 0.0)
        if self._between is None:
            self._between = Hull(np.array, self._points)
        covered = self._covered()
        shape = covered
        if self._rounds and len(self._boxes) + len(self._rounds) <= UNION_MOST:
            shape = joined(self._boxes, self._rounds)
        elif self._rounds:
            rings = shapely.get_coordinates(shapely.polygons(circle_ring(*np.array(list(self._rounds)).T)))
            shape = hull(np.concatenate([shapely.get_coordinates(self._hull().shape()), rings]))
        return Ground(
            rounded(shape), float(shapely.area(covered)), float(shapely.area(self._between.shape()))
        )

    def _covered(self) -> Any:
        if len(self._boxes) > UNION_MOST:
            self._patch = None
            return self._hull().shape()
        if self._patch is None:
            self._patch = Patch(self._boxes)
        return self._patch.shape()

    def _hull(self) -> Hull:
        if self._over is None:
            self._over = Hull(_corners, self._boxes)
        return self._over


def _key(claim: Detection) -> Box:
    return claim.longitude, claim.latitude, claim.scan_km, claim.track_km


def _box(claim: Detection) -> Box:
    return box_of(*_key(claim))


def _count_down(counts: Counter[T], key: T) -> bool:
    """Count one less and return whether none is left."""
    counts[key] -= 1
    if counts[key] > 0:
        return False
    del counts[key]
    return True
