"""The layers of the region in force, as GeoJSON: what meets a box, up to a limit, and how many there are."""

import asyncio
import functools
import json
from typing import Any

import numpy as np
import shapely
from aiohttp import web
from numpy.typing import NDArray

from detectors.region import Layer, Region
from detectors.region.grid import to_grid
from schemas.codec import encode
from streams.serve.features import GEOJSON
from streams.serve.filters import bounding_boxes, whole
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.rows import Box
from streams.serve.services import SERVICES, Services

LIMIT = 2_000
MAX_LIMIT = 10_000

PAGE_TOLERANCE_DEG = {"province": 0.004, "city": 0.003, "county": 0.002}
"""How far a border on the page may leave the true one, degrees (0.002 is 220 m)."""


def region_of(services: Services) -> Region:
    """Return the version of the region that is in force now."""
    return services.region.at(services.clock())


async def layer(request: web.Request) -> web.Response:
    """Answer with one layer of the region as GeoJSON."""
    query, name = request.query, request.match_info["name"]
    asked = region_of(request.app[SERVICES]).layers.get(name)
    if asked is None:
        raise problem(404, "no such layer")
    boxes = bounding_boxes(query["bbox"]) if "bbox" in query else ()
    limit = whole(query, "limit", LIMIT, MAX_LIMIT)
    response = json_response(await asyncio.to_thread(body_of, asked, boxes, limit), GEOJSON)
    response.headers["Cache-Control"] = "private, max-age=60"
    response.enable_compression()
    return response


def body_of(asked: Layer, boxes: tuple[Box, ...], limit: int) -> bytes:
    """Return features of a layer as GeoJSON, see `layer_geojson`."""
    return whole_layer(asked) if not boxes and limit == LIMIT else encode(layer_geojson(asked, boxes, limit))


@functools.lru_cache(maxsize=64)
def whole_layer(asked: Layer) -> bytes:
    """Return a layer without a box: every page that is opened asks for the same, some megabytes at most."""
    return encode(layer_geojson(asked))


def layer_geojson(asked: Layer, boxes: tuple[Box, ...] = (), limit: int = LIMIT) -> dict[str, Any]:
    """GeoJSON FeatureCollection of the features that meet a box (none given: all), up to `limit`, by id.

    Administrative borders are simplified. `numberMatched` says how many there are.
    """
    matched, shown = _meeting(asked, boxes, limit)
    ids = asked.ids(shown)
    shown = shown[sorted(range(len(shown)), key=ids.__getitem__)]
    tolerance = PAGE_TOLERANCE_DEG.get(asked.name)
    shapes = asked.geometries(shown)
    if tolerance is not None and len(shapes):
        shapes = shapely.coverage_simplify(shapes, tolerance)
    texts = shapely.to_geojson(shapely.set_precision(shapes, 1e-5, mode="pointwise"))
    said = zip(texts, shown.tolist(), asked.ids(shown), asked.names(shown), strict=True)
    features = [
        {
            "type": "Feature",
            "id": identity,
            "properties": {**asked.attributes(row), "id": identity, "name": label},
            "geometry": json.loads(text),
        }
        for text, row, identity, label in said
    ]
    return {
        "type": "FeatureCollection",
        "name": asked.name,
        "numberMatched": matched,
        "numberReturned": len(features),
        "features": features,
    }


def _meeting(asked: Layer, boxes: tuple[Box, ...], limit: int) -> tuple[int, NDArray[np.int64]]:
    """Return how many rows meet a box, and the first of them."""
    if not boxes:
        return len(asked), np.arange(min(limit, len(asked)))
    _, found = asked.tree.meeting(to_grid(np.array(boxes, dtype=np.float64)))
    rows = np.unique(found)
    return len(rows), rows[:limit]
