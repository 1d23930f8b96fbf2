"""A works on the map explains a hotspot on it, unless it is stronger than the works ever is.

A row of the region's layer `static_sources` masks from `first_seen` until `expires_d` after it was last
confirmed (`last_confirmed`, else `first_seen`); a row without dates is in force always. With a
`baseline_frp_mw` it masks up to that; without one it masks any strength until the place has hits on as many
days as a learned mask needs, and from then on up to what those lead to expect. A solar farm is hot by day
only. A second kind of source opens every mask. Rows for other kinds of source mask no hotspot.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import numpy as np
import shapely
from msgspec import Struct

from detectors.geodesy import KM_PER_DEGREE
from detectors.region import Region
from detectors.region.footprint import circles
from detectors.region.layer import Layer
from detectors.region.touching import touched
from detectors.static_heat import HeatIndex, Hit, Options, baseline
from detectors.trust.camera import sun_elevation_deg
from schemas.reason import Reason

LAYER = "static_sources"


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of works."""

    names: tuple[str, ...]
    day_only: bool
    point_radius_m: float
    status: str
    source: str


class Kinds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of kinds; `other` is what a kind without a row is taken for."""

    version: str
    other: Kind
    kinds: dict[str, Kind]

    def of(self, word: str | None) -> Kind:
        """Return the kind that a word on the map means."""
        plain = (word or "").strip().lower()
        return next((kind for kind in self.kinds.values() if plain in kind.names), self.other)

    @property
    def widest_m(self) -> float:
        """The farthest that a works reaches from its point."""
        return max(kind.point_radius_m for kind in (self.other, *self.kinds.values()))


class Map(NamedTuple):
    """What a hotspot is held against: kinds of works, options and the region with its layer."""

    kinds: Kinds
    options: Options
    region: Region


def touching(kinds: Kinds, region: Region, hits: Sequence[Hit]) -> frozenset[str]:
    """Return the ids of hits that may lie on a works: the others need not be asked one by one."""
    layer = region.layers.get(LAYER)
    if layer is None or not len(layer) or not hits:
        return frozenset()
    lon, lat, radius = zip(*((hit.longitude, hit.latitude, hit.radius_km) for hit in hits), strict=True)
    at, _ = touched(layer.sheet, circles(lon, lat, np.multiply(radius, 1000.0) + kinds.widest_m))
    return frozenset(hits[one].detection_id for one in np.unique(at).tolist())


def reason(given: Map, heat: HeatIndex, hit: Hit, at: datetime) -> Reason | None:
    """Return which works explains a hotspot observed at `at`; None: none does."""
    layer = given.region.layers.get(LAYER)
    if layer is None or not len(layer):
        return None
    radius_m = hit.radius_km * 1000.0 + given.kinds.widest_m
    _, rows = touched(layer.sheet, circles([hit.longitude], [hit.latitude], [radius_m]))
    for row in sorted(rows.tolist(), key=lambda row: layer.ids([row])):
        found = _of_row(given, (layer, row), heat, hit, at)
        if found is not None:
            return found
    return None


def _of_row(given: Map, works: tuple[Layer, int], heat: HeatIndex, hit: Hit, at: datetime) -> Reason | None:
    (layer, row), options = works, given.options
    known = layer.attributes(row)
    kind = given.kinds.of(known.get("kind"))
    if known.get("source_class") not in {None, "satellite"} or not _in_force(options, known, at):
        return None
    if kind.day_only and float(sun_elevation_deg(hit.longitude, hit.latitude, at)) <= 0.0:
        return None
    shape = layer.geometries([row])[0]
    reach_km = kind.point_radius_m / 1000.0 if shape.geom_type in {"Point", "MultiPoint"} else 0.0
    if not _is_on(shape, hit, reach_km):
        return None
    limit: float | None = known.get("baseline_frp_mw")
    if limit is None:
        limit = _learned(options, shape, reach_km, heat, hit)
    if limit is not None and hit.frp_mw is not None and hit.frp_mw > limit:
        return None
    return Reason(
        code="masked_by",
        ref=f"{LAYER}/{layer.ids([row])[0]}",
        rule=f"{known.get('kind') or 'known heat'}: {layer.names([row])[0]}"[:200],
        value=hit.frp_mw,
        threshold=None if limit is None else round(float(limit), 2),
        margin=None if limit is None or hit.frp_mw is None else round(float(limit) - hit.frp_mw, 2),
        unit="MW",
    )


def _in_force(options: Options, known: Mapping[str, Any], at: datetime) -> bool:
    first, last = _day(known.get("first_seen")), _day(known.get("last_confirmed"))
    day = at.astimezone(UTC).date()
    if first is not None and day < first:
        return False
    confirmed = last or first
    return confirmed is None or (day - confirmed).days <= options.sources_expire_d


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None


def _is_on(shape: Any, hit: Hit, reach_km: float) -> bool:
    away = _away_km(shape, np.array([hit.longitude]), np.array([hit.latitude]))
    return bool(away[0] <= hit.radius_km + reach_km)


def _away_km(shape: Any, lon: Any, lat: Any) -> Any:
    """Return how far positions are from a shape, km; 0 inside. Right to 1 % over some kilometres."""
    scale = np.array([math.cos(math.radians(float(lat[0]))) * KM_PER_DEGREE, KM_PER_DEGREE])
    flat = shapely.transform(shape, lambda xy: xy * scale)
    return shapely.distance(shapely.points(np.column_stack([lon, lat]) * scale), flat)


def _learned(options: Options, shape: Any, reach_km: float, heat: HeatIndex, hit: Hit) -> float | None:
    """Return what the place itself has shown on earlier days, once it has on enough of them."""
    around = heat.around(hit)
    before = around.part((around.day >= hit.day - options.memory_d) & (around.day < hit.day))
    if not len(before.day):
        return None
    own = before.part(_away_km(shape, before.lon, before.lat) <= before.radius_km + reach_km)
    return baseline(options, own) if len(np.unique(own.day)) >= options.days else None
