"""What the layers of a region say of what grows, and of what holds a fire, around a place."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from alerts.carbon.ground import NO_CARBON
from alerts.carbon.reach import road_width_m
from alerts.carbon.spread_tables import SpreadTables
from detectors.region import Region
from detectors.region.grid import to_grid

COLUMNS = (
    "species", "species_code", "cover", "kind", "origin", "volume_m3_ha", "age_a", "peat_depth_m",
    "diameter_cm", "culms_ha",
)  # fmt: skip
"""What a layer may say of what grows there."""


def features(region: Region, name: str, around: Any) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield id, geometry and what is said of each feature of a layer whose box meets a geometry's box."""
    layer = region.layers[name]
    rows = rows_of(region, name, around)
    said = {label: layer.column(label, rows) for label in COLUMNS if label in layer.columns}
    for at, (one, shape) in enumerate(zip(layer.ids(rows), layer.geometries(rows), strict=True)):
        yield one, shape, {label: values[at] for label, values in said.items()}


def rows_of(region: Region, name: str, around: Any) -> NDArray[np.int64]:
    """Return the rows of a layer whose box meets a geometry's box, ascending."""
    _, rows = region.layers[name].tree.meeting(to_grid(shapely.bounds(around))[None])
    return np.unique(rows)


def barriers_in(region: Region, around: Any) -> Iterator[Any]:
    """Yield the shapes, in degrees, of the layer of barriers and of open water near a geometry."""
    if "barriers" in region.layers:
        yield from (shape for _, shape, _ in features(region, "barriers", around))
    if "wetland" in region.layers:
        for _, shape, said in features(region, "wetland", around):
            if NO_CARBON & {str(said.get("cover")), str(said.get("kind"))}:
                yield shape


def wide_roads(tables: SpreadTables, region: Region, around: Any) -> Iterator[tuple[Any, float]]:
    """Yield the roads near a geometry, in degrees, that hold a fire, with their width in metres."""
    layer = region.layers.get("roads")
    if layer is None or "width_m" not in layer.columns:
        return
    rows = rows_of(region, "roads", around)
    for shape, width in zip(layer.geometries(rows), layer.column("width_m", rows), strict=True):
        wide = road_width_m(tables, width)
        if wide is not None:
            yield shape, wide
