"""What lies at a position: border, districts, protected areas, stands, settlements and facilities.

A `Region` is opened once and only asked. Areas are told `inside` when they hold the centre (a border
counts as inside) and `possibly_inside` when only the circle of uncertainty touches them, so that a fire
beside a border is told to both sides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.region.layer import Layer
from detectors.region.place_names import PlaceNames
from detectors.region.places import ADMIN_LAYERS, Atlas
from detectors.region.terrain import Terrain
from detectors.region.version import version_of
from schemas.incident import Place

BOUNDARY = "boundary"
"""Name of the layer that holds the border."""


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
    def _atlas(self) -> Atlas:
        return Atlas.of(self.layers)

    def inside(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
        """Whether each position lies in the region or on its border; not-a-number never does."""
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if self.boundary is None:
            return np.isfinite(x) & np.isfinite(y)
        return self.boundary.holding(x, y) >= 0

    def holds(self, lon: float, lat: float) -> bool:
        """Whether one position lies in the region or on its border."""
        return bool(self.inside([lon], [lat])[0])

    def chain(self, lon: ArrayLike, lat: ArrayLike) -> list[tuple[str, ...]]:
        """Names of the administrative areas that hold each position, widest first; "" where none does."""
        levels = [self.layers[name] for name in ADMIN_LAYERS if name in self.layers]
        columns = []
        for part in levels:
            rows = part.holding(lon, lat)
            names = iter(part.names(rows[rows >= 0]))
            columns.append([next(names) if row >= 0 else "" for row in rows.tolist()])
        return list(zip(*columns, strict=True)) if columns else [()] * len(np.atleast_1d(lon))

    def places(self, lon: float, lat: float, radius_m: float) -> tuple[Place, ...]:
        """What a position with this radius of uncertainty is inside of, possibly inside of and near to.

        Areas come widest first, `inside` before `possibly_inside` within a layer; then the nearest settlement
        and the nearest facility within 5 km, with their distance from the centre.
        """
        return self.places_bulk([lon], [lat], [radius_m])[0]

    def places_bulk(self, lon: ArrayLike, lat: ArrayLike, radius_m: ArrayLike) -> list[tuple[Place, ...]]:
        """The same for many positions at once."""
        return self._atlas.places(lon, lat, radius_m)


WORLD = Region("world")
"""No border and no layers: everything is inside and nothing has a name."""
