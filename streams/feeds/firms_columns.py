"""The columns of FIRMS rows as arrays, and what is wrong with a row's numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.feeds.firms_words import UNKNOWN_WORDS

Floats = NDArray[np.float64]

ALIASES: dict[str, tuple[str, ...]] = {
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
    "brightness": ("bright_ti4", "brightness"),
    "background": ("bright_ti5", "bright_t31"),
    "received": ("received_at", "first_seen"),
}
"""Our column and the names it has in the headers seen; the first that is there is read."""

NEEDED = ("latitude", "longitude", "acq_date", "acq_time", "satellite", "scan", "track")
"""Without these a row has no identity or no footprint."""

LARGEST_PIXEL_KM = 50.0
"""No sensor in service has a larger pixel; MODIS ends at 4.82 km (fire.md section 3.2)."""


@dataclass(frozen=True)
class Table:
    """The columns of some rows by the names of their header, all cells as text."""

    columns: dict[str, list[str]]
    count: int

    @property
    def has_viirs_names(self) -> bool:
        """Whether the header uses the VIIRS names of the two brightness columns."""
        return "bright_ti4" in self.columns or "bright_ti5" in self.columns

    @property
    def has_modis_names(self) -> bool:
        """Whether the header uses the MODIS names of the two brightness columns."""
        return "brightness" in self.columns or "bright_t31" in self.columns

    def texts(self, name: str) -> Sequence[str]:
        """Return one column; blanks where the header lacks it."""
        for alias in ALIASES.get(name, (name,)):
            if alias in self.columns:
                return self.columns[alias]
        return ("",) * self.count

    def numbers(self, name: str) -> Floats:
        """Return one column as numbers, NaN for unknown; all NaN where the header lacks it."""
        if set(ALIASES.get(name, (name,))) & self.columns.keys():
            return numbers(self.texts(name))
        return np.full(self.count, np.nan)


def missing(names: Iterable[str]) -> list[str]:
    """Return the needed columns that a header lacks."""
    there = set(names)
    return [need for need in NEEDED if not there.intersection(ALIASES.get(need, (need,)))]


def numbers(texts: Sequence[str]) -> Floats:
    """Return texts as floats: NaN where blank or a word for unknown, infinity where not a number."""
    try:
        # Python reads 10_1 as 101; a feed that writes so has slipped a column.
        if "_" not in "".join(texts):
            return np.array(list(map(float, texts)), dtype=np.float64)
    except ValueError:
        pass
    return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    plain = text.strip().lower()
    if plain in UNKNOWN_WORDS:
        return math.nan
    try:
        return math.inf if "_" in plain else float(plain)
    except ValueError:
        return math.inf


def known(values: Floats) -> list[Any]:
    """Return positive values as floats and all others as None: for these quantities, unknown."""
    out = values.astype(object)
    with np.errstate(invalid="ignore"):
        out[~(values > 0)] = None
    return list(out.tolist())


def position_fault(lon: float, lat: float) -> tuple[str, str] | None:
    """Return code and detail of what is wrong with a position; an exchange is named, never made.

    Exactly 0, 0 is how feeds write a lost position, not a place that a pixel centre hits.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return "bad_position", "longitude or latitude is not a number"
    if 90 < abs(lat) <= 180 and abs(lon) <= 90:
        return "swapped_coordinates?", f"latitude {lat:g}, longitude {lon:g}"
    if abs(lat) > 90 or abs(lon) > 180:
        return "bad_position", f"latitude {lat:g}, longitude {lon:g}"
    return ("bad_position", "0, 0") if lon == 0 and lat == 0 else None
