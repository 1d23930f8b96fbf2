"""A place that is hot on many days over many months is no wildfire: steel works, kilns, flares.

Config::

    [static_heat]
    days = 10            # distinct days with a hit, before the day that is judged
    months = 3           # in at least so many calendar months
    memory_d = 1095      # hits older than this are forgotten
    expires_d = 365      # a mask with no hit for so long is off until it is learned again
    sources_expire_d = 1096  # a works on the map (`static_sources`) that nobody confirmed for so long is off
    witness_h = 24.0     # a second kind of source so near in time opens a masked place
    baseline_sigmas = 3  # a hotspot stronger than the place has ever reason to be opens all the same

A place is a node of an absolute grid of 0.005 degrees; a hit covers the nodes within the larger of
0.5 km and half the diagonal of its pixel. A pixel that touches a masked pixel of the same look is that
pixel's spill. The mask of a hotspot depends on the hits of earlier days alone, whatever order they came in.
Baseline: exp(mean + 3 standard deviations) of the logarithm of the strongest hit of each day.
Known failures: a wildfire that burns one square kilometre on ten days over three months would be masked;
a second kind of source opens it (invariant 7). The date line is a seam: hits on its two sides do not add up.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from detectors.geodesy import KM_PER_DEGREE
from detectors.heat_archive import Columns, HeatArchive
from detectors.heat_hit import (
    LARGEST_RADIUS_KM,
    MOST_NAMED,
    Bin,
    Hit,
    bin_of,
    bins_round,
    grain_of,
    hit_of,
    hits_of,
    keys_of,
    nodes_of,
    touches,
)
from schemas.reason import Reason

__all__ = [
    "LARGEST_RADIUS_KM",
    "SETTLED_D",
    "HeatIndex",
    "Hit",
    "Options",
    "baseline",
    "bins_round",
    "hit_of",
    "hits_of",
]

SETTLED_D = 30
"""After so many days no late pixel, better version or withdrawal comes that would ask for a hit by name."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [static_heat]."""

    days: Annotated[int, Meta(ge=2)] = 10
    months: Annotated[int, Meta(ge=1)] = 3
    memory_d: Annotated[int, Meta(ge=30)] = 1095
    expires_d: Annotated[int, Meta(ge=1)] = 365
    baseline_sigmas: Annotated[float, Meta(gt=0)] = 3.0
    witness_h: Annotated[float, Meta(gt=0, le=120)] = 24.0
    sources_expire_d: Annotated[
        int, Meta(ge=1, description="A works on the map that nobody confirmed for so long masks no more.")
    ] = 1096


class HeatIndex:
    """Every hit of the memory, by place; a cache of rows. Settled ones are columns, without their names."""

    def __init__(self) -> None:
        self._bins: dict[Bin, dict[str, Hit]] = {}
        self._days: dict[Bin, dict[int, int]] = {}
        """Of each bin the days with a hit that may yet change, and how many they have."""
        self._every: set[int] = set()
        self._months: set[str] = set()
        self.archive = HeatArchive()

    def put(self, hit: Hit) -> Hit:
        """Remember one hit, or its grain where so many of its day are known; return which."""
        key = bin_of(hit.longitude, hit.latitude)
        days = self._days.get(key)
        if days is None or days.get(hit.day, 0) < MOST_NAMED or hit.detection_id in self._bins[key]:
            self._put(key, hit)
            return hit
        grain = self._grain(hit)
        self.add(grain)
        return grain

    def add(self, hit: Hit) -> None:
        """Remember one hit; a better version of it takes its place."""
        self._put(bin_of(hit.longitude, hit.latitude), hit)

    def _put(self, key: Bin, hit: Hit) -> None:
        known = self._bins.get(key, {}).get(hit.detection_id)
        if known is not None and known.day != hit.day:
            # of a better version that is of another day nothing is left on the day before
            self._drop(key, known)
            known = None
        if known is None:
            self._count(key, hit.day)
        self._bins.setdefault(key, {})[hit.detection_id] = hit

    def _grain(self, hit: Hit) -> Hit:
        """Return what is kept of a hit that gets no name."""
        grain = grain_of(hit)
        before = self._bins.get(bin_of(grain.longitude, grain.latitude), {}).get(grain.detection_id)
        if before is None or before.frp_mw is None:
            return grain
        return before if grain.frp_mw is None or before.frp_mw >= grain.frp_mw else grain

    def _count(self, key: Bin, day: int) -> None:
        days = self._days.setdefault(key, {})
        days[day] = days.get(day, 0) + 1
        if day not in self._every:
            self._every.add(day)
            self._months.add(_month(day))

    def _drop(self, key: Bin, known: Hit) -> None:
        """Take a hit out, which is in, and its day if it was the last of it."""
        kept, days = self._bins[key], self._days[key]
        del kept[known.detection_id]
        if not kept:
            del self._bins[key], self._days[key]
        elif days[known.day] > 1:
            days[known.day] -= 1
        else:
            del days[known.day]

    def forget(self, hits: Iterable[Hit]) -> None:
        """Drop hits that the memory has outlived."""
        for hit in hits:
            key = bin_of(hit.longitude, hit.latitude)
            known = self._bins.get(key, {}).get(hit.detection_id)
            if known is not None:
                self._drop(key, known)

    def settle(self, rows: Iterable[tuple[int, Iterable[Hit]]]) -> None:
        """Keep the hits of rows, each with the day it is kept by, as columns: they change no more.

        A place seen again and again on one day is kept once, with its strongest: masks ask for no more.
        """
        still: list[tuple[Bin, int, Hit]] = []
        for day, hits in rows:
            for hit in hits:
                key = bin_of(hit.longitude, hit.latitude)
                # a better version of it, in another row, speaks for itself
                if self._bins.get(key, {}).get(hit.detection_id) is hit:
                    still.append((key, day, hit))
                    self._drop(key, hit)
        if still:
            self.archive.add(
                [key for key, _, _ in still],
                [(day, hit.day) for _, day, hit in still],
                [_place_of(hit) for _, _, hit in still],
            )

    def near(self, hit: Hit) -> list[Hit]:
        """Return every hit in the bins round this one that may yet change."""
        found: list[Hit] = []
        for key in keys_of(hit):
            found.extend(self._bins.get(key, {}).values())
        return found

    def around(self, hit: Hit) -> Columns:
        """Return every hit in the bins round this one as columns, settled or not."""
        return _joined(self.near(hit), self.archive.near(*bins_round(hit)))

    def is_young(self, options: Options) -> bool:
        """Return whether so few days or months are known at all that nothing can be masked yet."""
        return len(self._every) <= options.days or len(self._months) < options.months

    def quiet(self, options: Options, columns: range, rows: range) -> bool:
        """Return whether hits in these bins were on too few days or months for any mask; quick."""
        settled = self.archive.days(columns, rows) if len(self.archive) else frozenset[int]()
        days = settled.union(*[self._days.get((i, j), ()) for i in columns for j in rows])
        return len(days) <= options.days or len({_month(day) for day in days}) < options.months

    def since(self, hits: Iterable[Hit]) -> list[Hit]:
        """Return every hit of the same or later days in the bins round these, each once, by its id."""
        first: dict[tuple[int, int], int] = {}
        for hit in hits:
            for key in keys_of(hit):
                first[key] = min(hit.day, first.get(key, hit.day))
        found = [
            other
            for key, day in first.items()
            for other in self._bins.get(key, {}).values()
            if other.day >= day
        ]
        return sorted(found, key=lambda other: other.detection_id)

    def reason(self, options: Options, hit: Hit) -> Reason | None:
        """Return why this hotspot is masked, or None."""
        near = self.near(hit)
        columns = _joined(near, self.archive.near(*bins_round(hit)))
        own = _own(options, hit, columns)
        if own is not None:
            return own
        for other in near:
            if other.look == hit.look and other.detection_id != hit.detection_id and touches(hit, other):
                spill = _own(options, other, columns, strength=hit.frp_mw)
                if spill is not None:
                    return spill
        return None


def _place_of(hit: Hit) -> tuple[float, float, float, float]:
    return hit.longitude, hit.latitude, hit.radius_km, math.nan if hit.frp_mw is None else hit.frp_mw


def _joined(hits: Sequence[Hit], settled: Columns) -> Columns:
    """Return the hits as columns, with settled ones behind them."""
    days = np.array([hit.day for hit in hits], np.int64)
    places = np.array([_place_of(hit) for hit in hits], np.float64).reshape(-1, 4).T
    both = np.concatenate([places, np.array(settled[1:])], axis=1)
    return Columns(np.concatenate([days, settled.day]), *both)


@lru_cache(maxsize=4096)
def _month(day: int) -> str:
    return date.fromordinal(day).strftime("%Y%m")


def _own(options: Options, hit: Hit, near: Columns, strength: float | None = None) -> Reason | None:
    """Return the mask of the strongest place under this pixel, if it is one and is not outshone."""
    before = near.part((near.day >= hit.day - options.memory_d) & (near.day < hit.day))
    if len(np.unique(before.day)) < options.days:
        return None
    nodes = nodes_of(hit)
    covers = _covers(nodes, before)
    best: tuple[int, float, float, NDArray[np.bool_]] | None = None
    for k in np.flatnonzero(covers.sum(axis=1) >= options.days):
        here = np.unique(before.day[covers[k]])
        if len(here) < options.days or hit.day - int(here[-1]) > options.expires_d:
            continue
        if len({_month(int(day)) for day in here}) < options.months:
            continue
        if best is None or len(here) > best[0]:
            best = (len(here), float(nodes[k, 0]), float(nodes[k, 1]), covers[k])
    if best is None:
        return None
    limit = baseline(options, before.part(best[3]))
    shown = strength if strength is not None else hit.frp_mw
    if limit is not None and shown is not None and shown > limit:
        return None
    margin = None if limit is None or shown is None else round(limit - shown, 2)
    place = f"heat {best[1]:.3f},{best[2]:.3f}"
    return Reason(
        code="masked_by",
        ref=place,
        rule=f"static heat on {best[0]} days",
        value=shown,
        threshold=None if limit is None else round(limit, 2),
        margin=margin,
        unit="MW",
    )


def _covers(nodes: NDArray[np.float64], hits: Columns) -> NDArray[np.bool_]:
    """Return, nodes by hits, whether the hit's pixel circle covers the node."""
    east = (nodes[:, :1] - hits.lon) * np.cos(np.radians(hits.lat))
    north = nodes[:, 1:] - hits.lat
    inside: NDArray[np.bool_] = np.hypot(east, north) * KM_PER_DEGREE <= hits.radius_km
    return inside


def baseline(options: Options, hits: Columns) -> float | None:
    """Return the FRP, MW, above which a place of these hits is not itself; None: too little is known."""
    daily: dict[int, float] = {}
    for day, strength in zip(hits.day.tolist(), hits.frp_mw.tolist(), strict=True):
        if not math.isnan(strength):
            daily[day] = max(daily.get(day, 0.0), strength)
    if len(daily) < 3:
        return None
    logs = [math.log(value) for value in daily.values()]
    mean = math.fsum(logs) / len(logs)
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in logs) / (len(logs) - 1))
    return math.exp(mean + options.baseline_sigmas * spread)
