"""The ground that a fire's claims cover, kept while they come and go: what `outline` makes of them all.

A hull, or a union of pixels, is grown from the one before and what is new; only what is taken out makes it
start again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import shapely

from detectors.extent import half_km
from detectors.geodesy import circle_ring
from detectors.growing import Boxes, Floats, Hull, Patch
from detectors.outline import COARSE, UNION_MOST, Box, box_of, boxes_of, hull, joined, rounded
from schemas.detection import Detection

T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """Outline; areas, square degrees: of the pixels (None without one), between their centres."""

    shape: Any
    covered_deg2: float | None
    spread_deg2: float

    @cached_property
    def footprint(self) -> dict[str, Any]:
        """The outline as GeoJSON."""
        return rounded(self.shape)


def _corners(boxes: Floats) -> Floats:
    """Return the corners of boxes, four rows each."""
    west, south, east, north = boxes.T
    return np.stack([west, south, east, south, east, north, west, north], axis=1).reshape(-1, 2)


class Mosaic:
    """Pixels, fine ones and coarse ones that meet no fine one, and the circles of other claims."""

    def __init__(self, claims: Iterable[Detection]) -> None:
        self._areas: Counter[float] = Counter()
        self._rounds: Counter[tuple[float, float, float]] = Counter()
        self._clear()
        self.add(list(claims))

    def _clear(self) -> None:
        self._fine, self._coarse, self._hidden = Boxes(), Boxes(), Boxes()
        self._boxes: Counter[Box] = Counter()
        self._least = self._limit = self._largest = 0.0
        self._over: Hull | None = None
        self._patch: Patch | None = None
        self._between: Hull | None = None
        self._ground: Ground | None = None

    def add(self, claims: Sequence[Detection]) -> None:
        """Put claims in."""
        if not claims:
            return
        self._ground = None
        pixels = [claim for claim in claims if claim.scan_km > 0.0]
        if len(pixels) < len(claims):
            self._rounds.update((c.longitude, c.latitude, half_km(c)) for c in claims if c.scan_km <= 0.0)
        if not pixels:
            return
        areas = [claim.scan_km * claim.track_km for claim in pixels]
        self._areas.update(areas)
        least = min(areas)
        if self._least and least >= self._least:
            self._lay(pixels)
        elif self._least and self._largest <= COARSE * least:
            self._least, self._limit = least, COARSE * least
            self._lay(pixels)
        else:
            self._anew([*self._pixels(), *pixels])

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
                    self._hidden.drop(one.detection_id)
                    self._lay_coarse(one)

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
        self._lay(pixels)

    def _lay(self, pixels: Sequence[Detection]) -> None:
        """Put pixels where they belong: the fine ones first, which hide the coarse ones that they meet."""
        areas = [(claim.scan_km * claim.track_km, claim) for claim in pixels]
        fine = [claim for area, claim in areas if area <= self._limit]
        if fine:
            self._largest = max(self._largest, *(area for area, _ in areas if area <= self._limit))
            keys = [_key(claim) for claim in fine]
            boxes = boxes_of(keys)
            self._fine.add(fine, boxes)
            for one in self._coarse.meeting(boxes):
                self._hide(self._coarse.drop(one.detection_id))
                self._unkeep(one)
            self._keep(keys, boxes)
        for claim in [claim for area, claim in areas if area > self._limit]:
            self._lay_coarse(claim)

    def _lay_coarse(self, claim: Detection) -> None:
        """Put one coarse pixel where it belongs."""
        if self._fine.touch(_box(claim)):
            self._hide(claim)
            return
        boxes = np.array([_box(claim)])
        self._coarse.add([claim], boxes)
        self._keep([_key(claim)], boxes)

    def _hide(self, claim: Detection) -> None:
        self._hidden.add([claim], np.array([_box(claim)]))

    def _keep(self, keys: Sequence[Box], boxes: Floats) -> None:
        if self._patch is not None:
            self._patch.add([key for key in dict.fromkeys(keys) if key not in self._boxes])
        self._boxes.update(keys)
        self._ground = None
        if self._over is not None:
            self._over.add(_corners(boxes))
        if self._between is not None:
            self._between.add(np.array(keys)[:, :2])

    def _unkeep(self, claim: Detection) -> None:
        self._ground = None
        key = _key(claim)
        if _count_down(self._boxes, key):
            self._patch = None
            if self._over is not None and not self._over.outlives(_corners(np.array([box_of(*key)]))):
                self._over = None
            if self._between is not None and not self._between.outlives(np.array([key[:2]])):
                self._between = None

    def _made(self) -> Ground:
        if not self._boxes:
            return Ground(joined((), self._rounds), None, 0.0)
        if self._between is None:
            self._between = Hull(np.array(list(self._boxes))[:, :2])
        covered = self._covered()
        shape = covered
        if self._rounds and len(self._boxes) + len(self._rounds) <= UNION_MOST:
            shape = joined(self._boxes, self._rounds)
        elif self._rounds:
            rings = shapely.get_coordinates(shapely.polygons(circle_ring(*np.array(list(self._rounds)).T)))
            shape = hull(np.concatenate([shapely.get_coordinates(self._hull().shape()), rings]))
        return Ground(shape, float(shapely.area(covered)), float(shapely.area(self._between.shape())))

    def _covered(self) -> Any:
        if len(self._boxes) > UNION_MOST:
            self._patch = None
            return self._hull().shape()
        if self._patch is None:
            self._patch = Patch(self._boxes)
        return self._patch.shape()

    def _hull(self) -> Hull:
        if self._over is None:
            self._over = Hull(_corners(np.concatenate([self._fine.rows, self._coarse.rows])))
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
