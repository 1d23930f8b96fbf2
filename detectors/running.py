"""What the claims of a great fire say together, kept while they come and go.

It is the same, to the last digit, as what `assembly.assemble` makes of all the claims at once; so a pixel
costs about as much at the end of a fire of sixty days as on its first.
"""

import math
from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from detectors.assembly import Summary, assemble, assembled, order, summary_of
from detectors.evidence import Evidence, is_weak, weigh
from detectors.exact import ExactSum
from detectors.extent import half_km
from detectors.geodesy import KM_PER_DEGREE
from detectors.link import Fire
from detectors.lookbook import Lookbook
from detectors.mosaic import Mosaic
from detectors.outline import area_of, turn
from detectors.outlines import SEAM_DEG
from schemas.detection import Detection

FROM = 24
"""Fires of fewer claims are assembled whole: that is quicker for them."""


def _is_odd(claim: Detection) -> bool:
    """Return whether a fire with this claim is assembled whole; so are those near the date line."""
    return claim.placing is not None or abs(claim.longitude) > SEAM_DEG


def summed(table: Evidence, fire: Fire) -> Summary:
    """Return what the claims of a fire say together."""
    return summaries(table, [fire])[0]


def summaries(table: Evidence, fires: Sequence[Fire]) -> list[Summary]:
    """Return what the claims of each fire say together; the small ones are assembled all at once."""
    small = [fire for fire in fires if len(fire.nodes) < FROM]
    for fire in small:
        fire.running, fire.changes = None, []
    made = iter(assembled(table, [[node.claim for node in fire.nodes] for fire in small]))
    return [next(made) if len(fire.nodes) < FROM else _kept(table, fire) for fire in fires]


def _kept(table: Evidence, fire: Fire) -> Summary:
    """Return what the claims of a great fire say, from what they said before and what changed."""
    running, changes, fire.changes = fire.running, fire.changes, []
    if isinstance(running, Running) and running.table is table:
        for is_new, claim in changes:
            (running.add if is_new else running.drop)(claim)
        if len(running) == len(fire.nodes) and not running.is_worn:
            return running.summary()
    fire.running = running = Running(table, [node.claim for node in fire.nodes])
    return running.summary()


class Running:
    """The claims of one fire and what is summed of them."""

    def __init__(self, table: Evidence, claims: Sequence[Detection]) -> None:
        self.table = table
        self._claims: dict[str, Detection] = {}
        self._keys: list[tuple[datetime, str]] = []
        self._first = math.nan
        self._weights, self._east, self._north = ExactSum(), ExactSum(), ExactSum()
        self._seen_ids: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._classes: Counter[str] = Counter()
        self._strong = self._made_up = self._odd = 0
        self._rows: dict[str, int] = {}
        self._places = array("d"), array("d"), array("d")
        self._looks = Lookbook(table.look.minutes * 60.0)
        self._mosaic = Mosaic(())
        for claim in sorted(claims, key=order):
            self.add(claim)

    def __len__(self) -> int:
        return len(self._claims)

    @property
    def is_worn(self) -> bool:
        """Whether so much was taken out that it is worth starting again."""
        return len(self._places[0]) > 2 * len(self._claims) + FROM

    def add(self, claim: Detection) -> None:
        """Put one claim in."""
        insort(self._keys, order(claim))
        self._claims[claim.detection_id] = claim
        self._rows[claim.detection_id] = len(self._places[0])
        lon, lat, half = self._places
        lon.append(claim.longitude)
        lat.append(claim.latitude)
        half.append(half_km(claim))
        self._count(claim, 1)
        self._looks.add(claim)
        self._mosaic.add(claim)

    def drop(self, claim: Detection) -> None:
        """Take one claim out, which is in as it was put in."""
        del self._keys[bisect_left(self._keys, order(claim))]
        del self._claims[claim.detection_id]
        # out of reach of every radius
        self._places[2][self._rows.pop(claim.detection_id)] = -math.inf
        self._count(claim, -1)
        self._looks.drop(claim)
        self._mosaic.drop(claim)

    def since(self, at: datetime) -> list[Detection]:
        """Return the claims from a time on, the oldest first."""
        return [self._claims[one] for _, one in self._keys[bisect_left(self._keys, (at, "")) :]]

    def summary(self) -> Summary:
        """Return what the claims say together."""
        if self._odd:
            return assemble(self.table, list(self._claims.values()))
        seen = self._looks.seen()
        probability, reasons = weigh(self.table, seen, weak=self._strong == 0)
        longitude, latitude = self._centre()
        ground = self._mosaic.ground()
        covered = ground.covered_deg2
        return summary_of(
            span=(self._keys[0][0], self._keys[-1][0]),
            place=(longitude, latitude, self._radius_m(longitude, latitude)),
            count=len(self._seen_ids),
            sources=(tuple(sorted(self._sources)), tuple(sorted(self._classes))),
            seen=seen,
            area_ha=None if covered is None else round(area_of(covered, latitude), 1),
            spread_ha=area_of(ground.spread_deg2, latitude),
            footprint=ground.footprint,
            judged=(probability, reasons),
            reconstruction=self._made_up > 0,
        )

    def _count(self, claim: Detection, sign: int) -> None:
        """Count one claim in or out."""
        for counts, word in (
            (self._seen_ids, claim.observation_id),
            (self._sources, claim.source),
            (self._classes, claim.source_class),
        ):
            counts[word] += sign
            if not counts[word]:
                del counts[word]
        self._strong += sign * (not is_weak(self.table, claim))
        self._made_up += sign * claim.reconstruction
        self._odd += sign * _is_odd(claim)
        weight = 1.0 / (claim.sigma_km * claim.sigma_km)
        self._weights.add(sign * weight)
        self._north.add(sign * (weight * claim.latitude))
        if self._claims and self._claims[self._keys[0][1]].longitude == self._first:
            self._east.add(sign * (weight * turn(claim.longitude - self._first)))
        else:
            self._first = math.nan

    def _centre(self) -> tuple[float, float]:
        """Return longitude and latitude, as `assembly.centre` does."""
        first = self._claims[self._keys[0][1]].longitude
        if self._first != first:
            # longitudes are taken relative to the oldest, which is another one now
            self._first, self._east = first, ExactSum()
            for claim in self._claims.values():
                weight = 1.0 / (claim.sigma_km * claim.sigma_km)
                self._east.add(weight * turn(claim.longitude - first))
        total = self._weights.value()
        east = self._east.value() / total
        return round(turn(first + east), 6), round(self._north.value() / total, 6)

    def _radius_m(self, longitude: float, latitude: float) -> float:
        """Return the radius, m, as `assembly.radius_m` does: only what is furthest is measured one by one."""
        lon, lat, half = (np.frombuffer(column) for column in self._places)
        squeeze = math.cos(math.radians(latitude))
        far = np.hypot((lon - longitude) * squeeze, lat - latitude) * KM_PER_DEGREE + half
        furthest = max(
            math.hypot((float(lon[k]) - longitude) * squeeze, float(lat[k]) - latitude) * KM_PER_DEGREE
            + float(half[k])
            for k in np.flatnonzero(far >= far.max() - 1e-6)
        )
        return round(furthest * 1000.0, 0)
