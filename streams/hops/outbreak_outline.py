"""The footprint of an outbreak: the stands that hold its signs; their hull only where no stand is known.

The record of an outbreak is the sub-compartment, not the trap in it. Which of the two an area is, is said.
"""

import json
from typing import Any, NamedTuple

import numpy as np
import shapely

from detectors.outline import area_ha
from detectors.pests import outbreak
from detectors.pests.outbreak import Outbreak
from detectors.region import Region
from schemas.pest import FootprintOf

MOST_STANDS = 300
MOST_VERTICES = 20_000
"""Larger ones are drawn by their signs: an alert has to fit into a message."""


class Outline(NamedTuple):
    """GeoJSON geometry, its area, and what it is of."""

    footprint: dict[str, Any]
    area_ha: float
    of: FootprintOf


def outline_of(options: outbreak.Options, region: Region, one: Outbreak) -> Outline:
    """Return the stands that hold signs, with the hull of those signs that no stand holds."""
    layer = region.layers.get("stands")
    by_signs = Outline(one.footprint, _area_ha(shapely.from_geojson(json.dumps(one.footprint)), one), "signs")
    if layer is None:
        return by_signs
    lon, lat = (np.array([getattr(sign, side) for sign in one.signs]) for side in ("longitude", "latitude"))
    held = layer.holding(lon, lat)
    rows = np.unique(held[held >= 0])
    if not 0 < len(rows) <= MOST_STANDS:
        return by_signs
    parts = list(shapely.make_valid(layer.geometries(rows)))
    if shapely.get_num_coordinates(parts).sum() > MOST_VERTICES:
        return by_signs
    bare = held < 0
    if bare.any():
        *_, hull = outbreak.outline(options, lon[bare], lat[bare])
        parts.append(shapely.from_geojson(json.dumps(hull)))
    union = shapely.normalize(shapely.union_all(parts))
    footprint = json.loads(shapely.to_geojson(union))
    return Outline(footprint, _area_ha(union, one), "stands and signs" if bare.any() else "stands")


def _area_ha(shape: Any, one: Outbreak) -> float:
    return round(area_ha(shape, one.latitude), 1)
