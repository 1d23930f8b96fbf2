"""Layers of a region as the page draws them: GeoJSON, borders simplified, large layers cut short."""

import functools
import json
from typing import Any

import numpy as np
import shapely

from detectors.region import Region

PAGE_TOLERANCE_DEG = {"province": 0.004, "city": 0.003, "county": 0.002}
"""How far a border on the page may leave the true one, degrees (0.002 is 220 m)."""

MOST_FEATURES = 5_000
"""Features of one layer that a page can draw; of a larger layer the first of the curve are given."""


@functools.lru_cache(maxsize=64)
def layer_geojson(region: Region, name: str) -> dict[str, Any]:
    """GeoJSON FeatureCollection of one layer, borders simplified; `KeyError` for an unknown layer.

    `numberMatched` is how many features the layer has, `numberReturned` how many are given.
    """
    part = region.layers[name]
    tolerance = PAGE_TOLERANCE_DEG.get(name)
    rows = np.arange(min(len(part), MOST_FEATURES))
    rows = rows[np.argsort(np.array(part.ids(rows)), kind="stable")]
    true = part.geometries(rows)
    shapes = true if tolerance is None else shapely.coverage_simplify(true, tolerance)
    texts = shapely.to_geojson(shapely.set_precision(shapes, 1e-5, mode="pointwise"))
    features = [
        {
            "type": "Feature",
            "id": identity,
            "properties": {**part.attributes(row), "id": identity, "name": label},
            "geometry": json.loads(text),
        }
        for text, identity, label, row in zip(
            texts, part.ids(rows), part.names(rows), rows.tolist(), strict=True
        )
    ]
    return {
        "type": "FeatureCollection",
        "name": name,
        "numberMatched": len(part),
        "numberReturned": len(features),
        "features": features,
    }
