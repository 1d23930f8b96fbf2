"""Names of places: what was typed finds them, and a position is told by the nearest one.

Searched by Chinese, Yi, Tibetan or Latin text, whole pinyin, the initials of it, or a fragment of any. A name
that is what was typed comes first, then those that begin with it, then those that hold it; among equals the
nearer one, or without a position the shorter one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from detectors.geodesy import KM_PER_DEGREE, bearing_deg, distance_km
from detectors.region.columns import Column, column
from detectors.region.layer import Layer
from detectors.region.name_keys import FRAGMENT, NONE, Keys, Ranks, folded, typed

Match = Literal["exact", "prefix", "fragment"]
Rows = NDArray[np.int64]

_MATCHES: tuple[Match, ...] = ("exact", "prefix", "fragment")

LIMIT = 20
"""Names that a search returns, unless it is told otherwise."""

WITHIN_M = 20_000.0
"""How far the nearest name may be, unless it is told otherwise; further off a name says nothing."""


ARRAYS = (
    *("lon", "lat", "by_latitude", "latin.starts", "latin.bytes"),
    *(
        f"{keys}.{part}"
        for keys in ("texts", "spelled", "initials")
        for part in ("codes", "starts", "owners")
    ),
)
"""What `name_index` makes."""


class FoundName(Struct, frozen=True, kw_only=True):
    """One name: where it is and how far what bears it reaches; `latin` is its English name or its pinyin."""

    place_id: str
    name: str
    latin: str
    kind: str | None
    longitude: float
    latitude: float
    radius_m: float | None
    match: Match
    distance_m: float | None


class NearestName(Struct, frozen=True, kw_only=True):
    """The name nearest to a position; `azimuth_deg` is the direction of the position from the name."""

    place_id: str
    name: str
    latin: str
    distance_m: float
    azimuth_deg: float
    radius_m: float | None


def name_index(layer: Layer, spellings: Sequence[Sequence[str]]) -> dict[str, NDArray[Any]]:
    """Return the arrays that make `place_names` searchable.

    `spellings` has for each row its readings in pinyin, syllables apart (`chang ban qiao`), the best first; a
    row may have none. Columns that count: `aliases` (texts, or one with `;` between), `name_en`.
    """
    names, others = layer.names(), _aliases(layer)
    english = _column(layer, "name_en", None)
    texts, spelled, initials = [], [], []
    for row, name in enumerate(names):
        texts += [(row, folded(text)) for text in (name, *others[row], english[row] or "")]
        for reading in spellings[row]:
            syllables = [_typed(one) for one in reading.split()]
            spelled.append((row, "".join(one[:1].upper() + one[1:] for one in syllables)))
            initials.append((row, "".join(_initial(one) for one in syllables)))
    lon, lat = _points(layer)
    latin = [_latin(english[row], spellings[row]) for row in range(len(layer))]
    arrays: dict[str, NDArray[Any]] = {
        "lon": lon,
        "lat": lat,
        "by_latitude": np.argsort(lat, kind="stable").astype(np.int32),
    }
    arrays |= {f"latin.{part}": values for part, values in column("text", latin).arrays.items()}
    arrays |= Keys.of(texts, np.uint32).arrays("texts")
    arrays |= Keys.of([one for one in spelled if one[1].isascii()], np.uint8).arrays("spelled")
    return arrays | Keys.of([one for one in initials if one[1].isascii()], np.uint8).arrays("initials")


@dataclass(frozen=True, eq=False)
class PlaceNames:
    """The layer `place_names` with the arrays of `name_index`, which may be memory-mapped."""

    layer: Layer
    arrays: Mapping[str, NDArray[Any]]

    @classmethod
    def from_arrays(cls, layer: Layer, arrays: Mapping[str, NDArray[Any]]) -> "PlaceNames":
        """Return the names of an opened layer; `KeyError` when an array is missing."""
        return cls(layer, {name: arrays[name] for name in ARRAYS})

    @cached_property
    def _keys(self) -> tuple[Keys, Keys, Keys]:
        texts, spelled, initials = (
            Keys.from_arrays(self.arrays, name) for name in ("texts", "spelled", "initials")
        )
        return texts, spelled, initials

    @cached_property
    def _latitudes(self) -> NDArray[np.float64]:
        return np.asarray(self.arrays["lat"][self.arrays["by_latitude"]])

    def search(
        self,
        text: str,
        *,
        near: tuple[float, float] | None = None,
        within_m: float | None = None,
        limit: int = LIMIT,
    ) -> tuple[FoundName, ...]:
        """Return the names that fit the text, the best first, at most `limit`.

        Words with spaces between may also stand apart in a name (`西昭 87`). `near` is longitude, latitude;
        `within_m` leaves out what is further from there.

        Raises
        ------
        ValueError
            when `near` is no position.
        """
        if near is not None and not all(map(np.isfinite, near)):
            raise ValueError(f"near {near}: no position")
        best = self._ranks(text)
        rows: Rows = np.flatnonzero(best < NONE)
        apart = None if near is None else self._apart_m(rows, *near)
        if apart is not None and within_m is not None:
            rows, apart = rows[apart <= within_m], apart[apart <= within_m]
        return self._told(rows, best[rows], apart, limit)

    def nearest(self, lon: float, lat: float, within_m: float = WITHIN_M) -> NearestName | None:
        """Return the name nearest to a position, if there is one within so many metres."""
        reach = within_m / 1000.0 / KM_PER_DEGREE * 1.001
        first, end = np.searchsorted(self._latitudes, [lat - reach, lat + reach])
        rows = np.sort(self.arrays["by_latitude"][first:end]).astype(np.int64)
        apart = self._apart_m(rows, lon, lat)
        # `not <=`: a position that is no number is near nothing
        if not len(rows) or not apart.min() <= within_m:
            return None
        at = int(np.argmin(apart))
        row = int(rows[at])
        there = float(self.arrays["lon"][row]), float(self.arrays["lat"][row])
        one = np.array([row])
        return NearestName(
            place_id=self.layer.ids(one)[0],
            name=self.layer.names(one)[0],
            latin=self._latin(one)[0],
            distance_m=float(apart[at]),
            azimuth_deg=float(bearing_deg(*there, lon, lat)),
            radius_m=_column(self.layer, "radius_m", one)[0],
        )

    def _ranks(self, text: str) -> Ranks:
        """Return how well each row fits, by the text as a whole or else by all its words."""
        best = self._fits(text)
        words = text.split()
        if len(words) > 1:
            worst = np.max([self._fits(word) for word in words], axis=0)
            # apart in the name is a fragment, however well each word fits
            best = np.minimum(best, np.where(worst < NONE, FRAGMENT, NONE)).astype(np.int8)
        return best

    def _fits(self, text: str) -> Ranks:
        best = np.full(len(self.layer), NONE, dtype=np.int8)
        texts, spelled, initials = self._keys
        if plain := folded(text):
            texts.found(plain, best)
        latin = typed(text)
        if latin and latin.isascii():
            spelled.found_spelled(latin, best)
            initials.found(latin, best)
        return best

    def _told(
        self, rows: Rows, ranks: Ranks, apart: NDArray[np.float64] | None, limit: int
    ) -> tuple[FoundName, ...]:
        order = np.lexsort((rows, self._lengths(rows) if apart is None else apart, ranks))[:limit]
        chosen = rows[order]
        columns = zip(
            self.layer.ids(chosen),
            self.layer.names(chosen),
            self._latin(chosen),
            _column(self.layer, "kind", chosen),
            self.arrays["lon"][chosen].tolist(),
            self.arrays["lat"][chosen].tolist(),
            _column(self.layer, "radius_m", chosen),
            [_MATCHES[rank] for rank in ranks[order].tolist()],
            [None] * len(chosen) if apart is None else apart[order].tolist(),
            strict=True,
        )
        return tuple(FoundName(**dict(zip(FoundName.__struct_fields__, one, strict=True))) for one in columns)

    def _lengths(self, rows: Rows) -> NDArray[np.int64]:
        starts = self.layer.labels.arrays["starts"]
        return np.asarray(starts[rows + 1] - starts[rows])

    def _apart_m(self, rows: Rows, lon: float, lat: float) -> NDArray[np.float64]:
        return np.asarray(distance_km(lon, lat, self.arrays["lon"][rows], self.arrays["lat"][rows])) * 1000.0

    def _latin(self, rows: Rows) -> list[str]:
        parts = {part: self.arrays[f"latin.{part}"] for part in ("starts", "bytes")}
        found = Column("text", parts).values(rows)
        return [one or name for one, name in zip(found, self.layer.names(rows), strict=True)]


_typed = lru_cache(maxsize=4096)(typed)
"""There are some 400 syllables."""


def _initial(syllable: str) -> str:
    """Return the first letter of a syllable; a number stays whole."""
    return syllable if syllable.isdigit() else syllable[:1]


def _latin(english: str | None, readings: Sequence[str]) -> str | None:
    """Return the English name, or the first reading as one word (`Changbanqiao`), or None."""
    if english:
        return english
    return "".join(readings[0].split()).capitalize() if readings else None


def _aliases(layer: Layer) -> list[tuple[str, ...]]:
    return [tuple(_split(value)) for value in _column(layer, "aliases", None)]


def _split(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return value.replace("；", ";").replace("、", ";").split(";")
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else ()


def _column(layer: Layer, name: str, rows: Rows | None) -> list[Any]:
    if name in layer.columns:
        return layer.column(name, rows)
    return [None] * (len(layer) if rows is None else len(rows))


def _points(layer: Layer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where each name stands: the point, a vertex about the middle of a line, a point in an area."""
    points = shapely.point_on_surface(layer.geometries())
    return shapely.get_x(points), shapely.get_y(points)
