"""Rings of risk about the finds of an outbreak as GeoJSON, with the stands that it may reach by name."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from aiohttp import web

from detectors.pests import spread
from detectors.region import Region
from schemas.codec import encode
from schemas.incident import Incident
from schemas.pest import Pest
from streams.pest_tables import load_spread
from streams.serve.features import GEOJSON
from streams.serve.layers import region_of
from streams.serve.pest import asked as asking
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES, Services
from streams.serve.thresholds import settings_now

METRES_PER_DEGREE = 111_195.0


async def rings(request: web.Request) -> web.Response:
    """Answer with the rings about an outbreak, the widest first, and the stands most at risk; 404 without."""
    services = request.app[SERVICES]
    asked, sees = request.match_info["incident_id"], sees_of(request)
    one = await asyncio.to_thread(asking.outbreak, services.store, asked, sees)
    if one.pest is None or not one.pest.rings:
        raise problem(404, "nothing is known of how this pest spreads")
    response = json_response(await asyncio.to_thread(_body, services, one, one.pest), GEOJSON)
    response.enable_compression()
    return response


def _body(services: Services, one: Incident, pest: Pest) -> bytes:
    features = [
        *_rings(asking.options_of(settings_now(services), pest.species).spread, one, pest),
        *_stands(region_of(services), pest),
    ]
    return encode(
        {
            "type": "FeatureCollection",
            "incident_id": one.incident_id,
            "at": one.judged_at,
            "kernel": load_spread().of(pest.species),
            "features": features,
        }
    )


def _rings(options: spread.Options, one: Incident, pest: Pest) -> list[dict[str, Any]]:
    """Return each ring about the footprint; its mass is the share of one find's spread that ends within."""
    shape = shapely.make_valid(shapely.from_geojson(json.dumps(one.footprint)))
    squeeze = max(0.05, float(np.cos(np.radians(one.latitude))))
    scale = (METRES_PER_DEGREE * squeeze, METRES_PER_DEGREE)
    flat = shapely.transform(shape, lambda xy: xy * scale)
    found = []
    for ring in sorted(pest.rings, key=lambda ring: -ring.radius_m):
        wide = shapely.transform(shapely.buffer(flat, ring.radius_m, quad_segs=12), lambda xy: xy / scale)
        said = {"what": "ring", "name": ring.name, "radius_m": ring.radius_m, "stands": ring.stands}
        mass = round(float(spread.within(options, np.array(ring.radius_m))), 3)
        found.append(_feature(wide, said | {"mass": mass}))
    return found


def _stands(region: Region, pest: Pest) -> list[dict[str, Any]]:
    """Return the outlines of the stands at risk; one that the region no longer has is left out."""
    layer = region.layers.get("stands")
    if layer is None or not pest.threatened:
        return []
    wanted = {one.stand_id: one for one in pest.threatened}
    ids: Sequence[str] = layer.ids(np.arange(len(layer)))
    rows = [at for at, name in enumerate(ids) if name in wanted]
    shapes = layer.geometries(np.array(rows, dtype=np.int64))
    found = []
    for row, shape in zip(rows, shapes, strict=True):
        one = wanted[ids[row]]
        said = {"name": one.name, "probability": one.probability, "distance_m": one.distance_m}
        found.append(_feature(shape, {"what": "stand", "stand_id": one.stand_id, **said}))
    return sorted(found, key=lambda one: (-one["properties"]["probability"], one["properties"]["stand_id"]))


def _feature(shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
    drawn = shapely.set_precision(shape, 1e-6, mode="pointwise")
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(drawn))}
