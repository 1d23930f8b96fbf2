"""What the claims of a great fire say together, kept while they come and go.

It is the same, to the last digit, as what `assembly.assemble` makes of all the claims at once; so a pixel
costs about as much at the end of a fire of sixty days as on its first.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import numpy as np

from detectors.assembly import Summary, assemble, assembled, lone, order, summary_of
from detectors.evidence import Evidence, is_weak, weigh
from detectors.exact import ExactSum
from detectors.extent import half_km
from detectors.fire import Fire
from detectors.geodesy import KM_PER_DEGREE
from detectors.lookbook import Lookbook
from detectors.mosaic import Mosaic
from detectors.outline import area_of, turn
from detectors.outlines import SEAM_DEG
from schemas.detection import Detection

FROM = 24
"""Fires of fewer claims are assembled whole: that is quicker for them."""


def _words(claims: Sequence[Detection]) -> tuple[list[str], list[str], list[str]]:
    """Return the observations, sources and classes of source of claims."""
    return (
        [claim.observation_id for claim in claims],
        [claim.source for claim in claims],
        [claim.source_class for claim in claims],
    )


def _seconds(key: tuple[datetime, str]) -> float:
    return key[0].timestamp()


def _is_odd(claim: Detection) -> bool:
    """Return whether a fire with this claim is assembled whole; so are those near the date line."""
    return claim.placing is not None or abs(claim.longitude) > SEAM_DEG


def summed(table: Evidence, fire: Fire) -> Summary:
    """Return what the claims of a fire say together."""
    return summaries(table, [fire])[0]


def summaries(table: Evidence, fires: Sequence[Fire], *, drawn: bool = True) -> list[Summary]:
    """Return what the claims of each fire say together; the small ones are assembled all at once.

    Unless it is to be `drawn`, the footprint of a great fire is left empty: writing it takes long.
    """
    found: list[Summary | None] = []
    small: list[Sequence[Detection]] = []
    for fire in fires:
        if len(fire.nodes) >= FROM:
            found.append(_kept(table, fire).summary(drawn=drawn))
            continue
        fire.running, fire.changes = None, []
        found.append(lone(table, fire.nodes[0].claim) if len(fire.nodes) == 1 else None)
        if found[-1] is None:
            small.append([node.claim for node in fire.nodes])
    made = iter(assembled(table, small)) if small else iter(())
    return [next(made) if one is None else one for one in found]


def seen_between(fire: Fire, after_s: float, before_s: float) -> list[str]:
    """Return the ids of the claims of a fire seen between two times, s, both left out, in any order."""
    if isinstance(fire.running, Running) and not fire.changes and len(fire.running) == len(fire.nodes):
        return fire.running.between(after_s, before_s)
    return [node.claim.detection_id for node in fire.nodes if after_s < node.seconds < before_s]


def _kept(table: Evidence, fire: Fire) -> "Running":
    """Return the claims of a great fire, from what they were before and what changed."""
    running, changes, fire.changes = fire.running, fire.changes, []
    if isinstance(running, Running) and running.table is table:
        for is_new, group in groupby(changes, key=itemgetter(0)):
            claims = [claim for _, claim in group]
            if is_new:
                running.add(claims)
            else:
                running.drop(claims)
        if len(running) == len(fire.nodes) and not running.is_worn:
            return running
    fire.running = running = Running(table, [node.claim for node in fire.nodes])
    return running


Sums = Callable[[Evidence, Sequence[Fire]], list[Summary]]
"""Says what claims say together: `summaries`, or who knows some of it already."""


class Running:
    """The claims of one fire and what is summed of them."""

    def __init__(self, table: Evidence, claims: Sequence[Detection]) -> None:
        self.table = table
        self._keys: list[tuple[datetime, str]] = []
        self._line: list[Detection] = []
        """The claims in the order of their keys."""
        self._first = math.nan
        self._weights, self._east, self._north = ExactSum(), ExactSum(), ExactSum()
        self._counts: tuple[Counter[str], ...] = Counter(), Counter(), Counter()
        """How often each observation, source and class of source is among the claims."""
        self._strong = self._made_up = self._odd = 0
        self._rows: dict[str, int] = {}
        self._places = array("d"), array("d"), array("d")
        self._looks = Lookbook(table.look.minutes * 60.0)
        self._mosaic = Mosaic(())
        self.add(claims)

    def __len__(self) -> int:
        return len(self._line)

    @property
    def is_worn(self) -> bool:
        """Whether so much was taken out that it is worth starting again."""
        return len(self._places[0]) > 2 * len(self._line) + FROM

    def add(self, claims: Sequence[Detection]) -> None:
        """Put claims in."""
        if not claims:
            return
        claims = sorted(claims, key=order)
        keys = [order(claim) for claim in claims]
        if not self._keys or self._keys[-1] < keys[0]:
            self._keys += keys
            self._line += claims
        else:
            for key, claim in zip(keys, claims, strict=True):
                at = bisect_left(self._keys, key)
                self._keys.insert(at, key)
                self._line.insert(at, claim)
        names = [claim.detection_id for claim in claims]
        lon, lat, half = self._places
        self._rows.update(zip(names, range(len(lon), len(lon) + len(names)), strict=True))
        lon.extend([claim.longitude for claim in claims])
        lat.extend([claim.latitude for claim in claims])
        half.extend([half_km(claim) for claim in claims])
        for counts, words in zip(self._counts, _words(claims), strict=True):
            counts.update(words)
        self._weigh(claims, 1.0)
        for claim in claims:
            self._looks.add(claim)
        self._mosaic.add(claims)

    def drop(self, claims: Sequence[Detection]) -> None:
        """Take claims out, which are in as they were put in."""
        for claim in claims:
            at = bisect_left(self._keys, order(claim))
            del self._keys[at], self._line[at]
            # out of reach of every radius
            self._places[2][self._rows.pop(claim.detection_id)] = -math.inf
            self._looks.drop(claim)
            self._mosaic.drop(claim)
        for counts, words in zip(self._counts, _words(claims), strict=True):
            for word in words:
                counts[word] -= 1
                if not counts[word]:
                    del counts[word]
        self._weigh(claims, -1.0)

    def since(self, at: datetime) -> list[Detection]:
        """Return the claims from a time on, the oldest first."""
        return self._line[bisect_left(self._keys, (at, "")) :]

    def between(self, after_s: float, before_s: float) -> list[str]:
        """Return the ids of the claims seen between two times, s, both left out."""
        start = bisect_right(self._keys, after_s, key=_seconds)
        return [one for _, one in self._keys[start : bisect_left(self._keys, before_s, key=_seconds)]]

    def summary(self, *, drawn: bool = True) -> Summary:
        """Return what the claims say together, with their footprint if it is to be drawn."""
        if self._odd:
            return assemble(self.table, self._line)
        seen = self._looks.seen()
        probability, reasons = weigh(self.table, seen, weak=self._strong == 0)
        longitude, latitude = self._centre()
        ground = self._mosaic.ground()
        covered = ground.covered_deg2
        seen_ids, sources, classes = self._counts
        return summary_of(
            span=(self._keys[0][0], self._keys[-1][0]),
            place=(longitude, latitude, self._radius_m(longitude, latitude)),
            count=len(seen_ids),
            sources=(tuple(sorted(sources)), tuple(sorted(classes))),
            seen=seen,
            area_ha=None if covered is None else round(area_of(covered, latitude), 1),
            spread_ha=area_of(ground.spread_deg2, latitude),
            footprint=ground.footprint if drawn else {},
            judged=(probability, reasons),
            reconstruction=self._made_up > 0,
        )

    def _weigh(self, claims: Sequence[Detection], sign: float) -> None:
        """Count what claims weigh, in or out."""
        step = 1 if sign > 0.0 else -1
        self._strong += step * sum([not is_weak(self.table, claim) for claim in claims])
        self._made_up += step * sum(claim.reconstruction for claim in claims)
        self._odd += step * sum(map(_is_odd, claims))
        weights = [1.0 / (claim.sigma_km * claim.sigma_km) for claim in claims]
        pairs = list(zip(weights, claims, strict=True))
        self._weights.extend([sign * weight for weight in weights])
        self._north.extend([sign * (weight * claim.latitude) for weight, claim in pairs])
        first = self._first
        if self._line and self._line[0].longitude == first:
            self._east.extend([sign * (weight * turn(claim.longitude - first)) for weight, claim in pairs])
        else:
            self._first = math.nan

    def _centre(self) -> tuple[float, float]:
        """Return longitude and latitude, as `assembly.centre` does."""
        first = self._line[0].longitude
        if self._first != first:
            # longitudes are taken relative to the oldest, which is another one now
            self._first, self._east = first, ExactSum()
            self._east.extend(
                [
                    1.0 / (claim.sigma_km * claim.sigma_km) * turn(claim.longitude - first)
                    for claim in self._line
                ]
            )
        total = self._weights.value()
        east = self._east.value() / total
        return round(turn(first + east), 6), round(self._north.value() / total, 6)

    def _radius_m(self, longitude: float, latitude: float) -> float:
        """Return the radius, m, as `assembly.radius_m` does: only what is furthest is measured one by one."""
        lon, lat, half = (np.frombuffer(column) for column in self._places)
        squeeze = math.cos(math.radians(latitude))
        # not np.hypot, which takes four times as long for digits that are not asked for
        far, north = (lon - longitude) * squeeze, lat - latitude
        far *= far
        north *= north
        far += north
        np.sqrt(far, out=far)
        far *= KM_PER_DEGREE
        far += half
        furthest = max(
            math.hypot((float(lon[k]) - longitude) * squeeze, float(lat[k]) - latitude) * KM_PER_DEGREE
            + float(half[k])
            for k in np.flatnonzero(far >= far.max() - 1e-6)
        )
        return round(furthest * 1000.0, 0)
