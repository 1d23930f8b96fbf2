"""What a person of one county sees: what touches it, or comes so near that it may cross its border."""

import functools
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import shapely
from shapely import affinity

from detectors.region import Region
from detectors.region.places import ADMIN_LAYERS

BORDER_KM = 10.0
"""So near to the border a neighbour's incident is shown: as far as association reaches at most."""

KM_PER_DEG = 111.32


@dataclass(frozen=True, eq=False)
class Scope:
    """The ground that somebody sees, WGS 84 degrees; empty sees nothing."""

    ground: Any

    def sees(self, longitude: float, latitude: float, footprint: Any = None) -> bool:
        """Say whether a position, or any of a GeoJSON footprint, lies on the ground."""
        if shapely.contains_xy(self.ground, longitude, latitude):
            return True
        if not footprint:
            return False
        try:
            shape = shapely.from_geojson(msgspec.json.encode(footprint))
        except shapely.errors.GEOSException:
            return False
        return bool(shapely.intersects(self.ground, shape))

    def sees_body(self, body: bytes) -> bool:
        """The same for the JSON of an alert, incident or detection."""
        one = msgspec.json.decode(body, type=_Placed)
        return self.sees(one.longitude, one.latitude, one.footprint)


class _Placed(msgspec.Struct):
    longitude: float
    latitude: float
    footprint: dict[str, Any] | None = None


@functools.lru_cache(maxsize=256)
def scope_of(region: Region, areas: tuple[str, ...]) -> Scope:
    """Return what somebody of these areas (ids of administrative layers) sees; unknown ones add nothing."""
    ground = ground_of(region, areas)
    return Scope(shapely.Polygon() if ground.is_empty else grown(ground, BORDER_KM))


def ground_of(region: Region, areas: tuple[str, ...]) -> Any:
    """Return the ground of administrative areas, together; empty where the region knows none of them."""
    shapes = [shape for name in ADMIN_LAYERS if name in region.layers for shape in _of(region, name, areas)]
    return shapely.union_all(shapes) if shapes else shapely.Polygon()


def office_of(region: Region, areas: tuple[str, ...]) -> str:
    """Return the widest administrative layer among some areas; empty where the region knows none of them."""
    return next(
        (name for name in ADMIN_LAYERS if name in region.layers and len(_of(region, name, areas))), ""
    )


def _of(region: Region, name: str, areas: tuple[str, ...]) -> Any:
    layer = region.layers[name]
    ids = np.array(layer.ids(np.arange(len(layer))))
    return layer.geometries(np.flatnonzero(np.isin(ids, areas)))


def grown(shape: Any, by_km: float) -> Any:
    """Return a shape grown by so many kilometres on the ground, measured at its middle latitude."""
    west, south, east, north = shape.bounds
    squeeze = max(0.05, float(np.cos(np.radians((south + north) / 2))))
    middle = ((west + east) / 2, (south + north) / 2)
    flat = affinity.scale(shape, xfact=squeeze, yfact=1.0, origin=middle)
    wide = flat.buffer(by_km / KM_PER_DEG, quad_segs=4)
    back = affinity.scale(wide, xfact=1.0 / squeeze, yfact=1.0, origin=middle)
    shapely.prepare(back)
    return back
