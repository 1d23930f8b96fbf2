"""Hits that can change no more, as plain columns: a year of them takes 48 bytes each.

They are sorted by the bin they lie in, row of bins by row, so that what is near a place is a few slices.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_KNOWN = 10_000
"""Answers about days that are kept until the columns change."""
STRIDE = 1 << 32
"""Between the number of one row of bins and the next."""

Floats = NDArray[np.float64]


class Columns(NamedTuple):
    """Hits, one value each: day, longitude, latitude, radius km, strength MW (NaN: not known)."""

    day: NDArray[np.int64]
    lon: Floats
    lat: Floats
    radius_km: Floats
    frp_mw: Floats

    def part(self, chosen: NDArray[np.bool_]) -> "Columns":
        """Return some of them."""
        day, *rest = self
        return Columns(day[chosen], *(column[chosen] for column in rest))


class HeatArchive:
    """Columns of hits: bin; day of its row, day; longitude, latitude, radius km, strength MW."""

    def __init__(self) -> None:
        self._bins = np.empty(0, np.int64)
        self._days = np.empty((2, 0), np.int32)
        self._places = np.empty((4, 0))
        self._known: dict[tuple[range, range], frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self._bins)

    @property
    def nbytes(self) -> int:
        """Memory of the columns, bytes."""
        return self._bins.nbytes + self._days.nbytes + self._places.nbytes

    def add(self, bins: Sequence[tuple[int, int]], days: Sequence[Any], places: Sequence[Any]) -> None:
        """Put hits in: bins; (day of its row, day) and (longitude, latitude, radius, strength) of each.

        Of the hits of one day on one and the same circle only the strongest is kept.
        """
        once = _strongest(days, places)
        bins, days, places = ([values[at] for at in once] for values in (bins, days, places))
        new = np.array([row * STRIDE + column for column, row in bins], np.int64)
        every = np.concatenate([self._bins, new])
        order = np.argsort(every, kind="stable")
        self._known.clear()
        self._bins = every[order]
        self._days = np.concatenate([self._days, np.array(days, np.int32).T], axis=1)[:, order]
        self._places = np.concatenate([self._places, np.array(places, np.float64).T], axis=1)[:, order]

    def forget(self, first_day: int) -> None:
        """Drop hits whose row is older than a day."""
        kept = self._days[0] >= first_day
        if not kept.all():
            self._known.clear()
            self._bins, self._days, self._places = (
                self._bins[kept],
                self._days[:, kept],
                self._places[:, kept],
            )

    def days(self, columns: range, rows: range) -> frozenset[int]:
        """Return the days on which any of these bins was hot."""
        known = self._known.get((columns, rows))
        if known is None:
            parts = self._slices(columns, rows)
            known = frozenset(day for part in parts for day in np.unique(self._days[1, part]).tolist())
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[columns, rows] = known
        return known

    def near(self, columns: range, rows: range) -> Columns:
        """Return the hits in these bins."""
        parts = self._slices(columns, rows)
        days = [self._days[1, part] for part in parts]
        places = [self._places[:, part] for part in parts]
        if not parts:
            days, places = [self._days[1, :0]], [self._places[:, :0]]
        lon, lat, radius, strength = np.concatenate(places, axis=1)
        return Columns(np.concatenate(days).astype(np.int64), lon, lat, radius, strength)

    def _slices(self, columns: range, rows: range) -> list[slice]:
        if not len(self._bins):
            return []
        starts = np.array(rows, np.int64) * STRIDE + columns.start
        ends = starts + len(columns)
        first, last = np.searchsorted(self._bins, starts), np.searchsorted(self._bins, ends)
        return [slice(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True) if a < b]


def _strongest(days: Sequence[Any], places: Sequence[Any]) -> list[int]:
    found: dict[Any, int] = {}
    for at, (day, place) in enumerate(zip(days, places, strict=True)):
        key = (*day, *place[:3])
        held = found.get(key)
        is_known = held is not None and not math.isnan(places[held][3])
        if held is None or (place[3] > places[held][3] if is_known else not math.isnan(place[3])):
            found[key] = at
    return list(found.values())
