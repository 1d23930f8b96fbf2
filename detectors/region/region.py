"""What lies at a position: border, districts, protected areas, stands, settlements and facilities.

A `Region` is opened once and only asked. Areas are told `inside` when they hold the centre (a border
counts as inside) and `possibly_inside` when only the circle of uncertainty touches them, so that a fire
beside a border is told to both sides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.atlas import Page, pages
from detectors.region.footprint import Footprints
from detectors.region.layer import Layer
from detectors.region.place_names import PlaceNames
from detectors.region.places import ADMIN_LAYERS, MARK_LAYERS, Places, areas_of, marks_within
from detectors.region.terrain import Terrain
from detectors.region.version import version_of
from schemas.incident import Place

BOUNDARY = "boundary"
"""Name of the layer that holds the border."""


class District(NamedTuple):
    """One administrative area of a chain."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, eq=False)
class Region:
    """An opened region. `boundary` None means that the whole world is inside.

    `version` is a hash of the content, computed where it is not given: two regions with one version answer
    every question alike. `terrain` is the elevation model, and `place_names` what names are found by, where
    there are any.
    """

    name: str
    layers: Mapping[str, Layer] = field(default_factory=dict)
    boundary: Layer | None = None
    version: str = ""
    terrain: Terrain | None = None
    place_names: PlaceNames | None = None
    zone: str = ""
    jurisdiction: str = ""

    def __post_init__(self) -> None:
        """Compute the version."""
        if not self.version:
            parts = dict(self.layers) | ({} if self.boundary is None else {BOUNDARY: self.boundary})
            object.__setattr__(self, "version", version_of((self.name, self.zone, self.jurisdiction), parts))

    @cached_property
    def _places(self) -> Places:
        return Places.of(self.layers)

    @cached_property
    def _marks(self) -> tuple[Page, ...]:
        return pages(self.layers, MARK_LAYERS)

    def at(self, _now: datetime) -> "Region":
        """Return this version: it is in force for ever (`Regions` holds several)."""
        return self

    @property
    def newest(self) -> "Region":
        """The version itself: there is no newer one."""
        return self

    def inside(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
        """Whether each position lies in the region or on its border; not-a-number never does."""
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if self.boundary is None:
            return np.isfinite(x) & np.isfinite(y)
        return self.boundary.holding(x, y) >= 0

    def holds(self, lon: float, lat: float) -> bool:
        """Whether one position lies in the region or on its border."""
        return bool(self.inside([lon], [lat])[0])

    def chain(self, lon: ArrayLike, lat: ArrayLike) -> list[tuple[District, ...]]:
        """The administrative areas that hold each position, widest first; a level without one is left out.

        Of several that hold it, on a border, the one with the least code.
        """
        chains: list[tuple[District, ...]] = [()] * np.size(lon)
        for level in (name for name in ADMIN_LAYERS if name in self.layers):
            part = self.layers[level]
            rows = part.holding(lon, lat)
            held = np.flatnonzero(rows >= 0)
            said = zip(held.tolist(), part.ids(rows[held]), part.names(rows[held]), strict=True)
            for at, code, name in said:
                chains[at] += (District(level, code, name),)
        return chains

    def places(self, lon: float, lat: float, radius_m: float) -> tuple[Place, ...]:
        """What a position with this radius of uncertainty is inside of, possibly inside of and near to.

        Areas come widest first, `inside` before `possibly_inside` within a layer, each with the probability
        that the thing lies in it; then the nearest settlement, facility, ranger post and road within 5 km,
        with distance from the centre and bearing from them to it. The radius is two standard errors.
        """
        return self.places_bulk([lon], [lat], [radius_m])[0]

    def places_bulk(self, lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> list[tuple[Place, ...]]:
        """The same for many positions at once."""
        return self._places.told(lon, lat, radius_m)

    def marks(self, lon: float, lat: float, limit_km: float) -> list[Place]:
        """Every settlement, facility and ancient tree within `limit_km` of a position, the nearest first."""
        return marks_within(self._marks, lon, lat, limit_km)

    def areas(self, footprints: Footprints) -> list[tuple[Place, ...]]:
        """Every area that each footprint may lie in, widest first, each with its probability."""
        return [tuple(areas) for areas in areas_of(self._places.areas, footprints)]

    def townships(self, footprints: Footprints) -> list[tuple[Place, ...]]:
        """Every township that each footprint may lie in, with its probability; those that hold it first."""
        townships = pages(self.layers, ADMIN_LAYERS[-1:])
        return [tuple(areas) for areas in areas_of(townships, footprints)]


WORLD = Region("world")
"""No border and no layers: everything is inside and nothing has a name."""
