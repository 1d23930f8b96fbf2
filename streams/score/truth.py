"""Fires that are known to have burned, from perimeters as GeoJSON: when discovered, how large, where.

Perimeters of one fire are joined by its id; the names of fields are those of the United States fire services
(NIFC, WFIGS), or plain ones: `fire_id`, `name`, `discovered_at`, `acres`.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

ID = ("fire_id", "IrwinID", "poly_IRWINID", "attr_IrwinID", "key")
NAME = ("name", "IncidentName", "poly_IncidentName", "attr_IncidentName")
DISCOVERED = ("discovered_at", "FireDiscoveryDateTime", "attr_FireDiscoveryDateTime")
ACRES = ("acres", "FinalAcres", "CalculatedAcres", "DailyAcres", "IncidentSize", "poly_GISAcres")


class TruthError(Exception):
    """The perimeters cannot be used; the message says why, in one line."""


@dataclass(frozen=True)
class Burned:
    """One fire: every perimeter of it joined, longitude and latitude in degrees."""

    fire_id: str
    name: str
    discovered_at: datetime
    acres: float
    perimeter: BaseGeometry


def read_truth(path: Path) -> tuple[list[Burned], dict[str, int]]:
    """Return the fires of a file, the oldest first, and how many perimeters were left out and why.

    Raises
    ------
    TruthError
        when the file is no GeoJSON, or no perimeter in it can be used.
    """
    groups: dict[str, list[tuple[Mapping[str, Any], BaseGeometry]]] = {}
    left_out: dict[str, int] = {}
    for one in _features(path):
        properties = one.get("properties") or {}
        fire_id, why = _text(properties, ID), ""
        shape = _shape(one.get("geometry"))
        if not fire_id:
            why = "no id"
        elif shape is None:
            why = "no usable polygon"
        elif _instant(properties) is None:
            why = "no time of discovery"
        if why or shape is None:
            left_out[why] = left_out.get(why, 0) + 1
        else:
            groups.setdefault(fire_id, []).append((properties, shape))
    if not groups:
        raise TruthError(f"{path}: no perimeter has an id ({', '.join(ID)}), a polygon and a discovery time")
    fires = [_joined(fire_id, rows) for fire_id, rows in groups.items()]
    return sorted(fires, key=lambda fire: (fire.discovered_at, fire.fire_id)), left_out


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        raw = path.read_bytes()
        document = json.loads(gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw)
    except (OSError, ValueError, EOFError) as error:
        raise TruthError(f"{path}: no GeoJSON: {' '.join(str(error).split())}") from error
    found = document.get("features") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise TruthError(f"{path}: no GeoJSON FeatureCollection")
    return [one for one in found if isinstance(one, dict)]


def _shape(geometry: Any) -> BaseGeometry | None:
    try:
        shape = shapely.make_valid(shapely.geometry.shape(geometry))
    except (AttributeError, TypeError, ValueError, KeyError, IndexError, shapely.errors.ShapelyError):
        return None
    west, south, east, north = shape.bounds if not shape.is_empty else (999.0,) * 4
    is_on_earth = west >= -180 and east <= 180 and south >= -90 and north <= 90
    return shape if is_on_earth and shape.area > 0 else None


def _joined(fire_id: str, rows: Iterable[tuple[Mapping[str, Any], BaseGeometry]]) -> Burned:
    listed = list(rows)
    known = [found for properties, _ in listed if (found := _instant(properties)) is not None]
    return Burned(
        fire_id=fire_id,
        name=next((name for properties, _ in listed if (name := _text(properties, NAME))), fire_id),
        discovered_at=min(known),
        acres=max(_number(properties, field) for properties, _ in listed for field in ACRES),
        perimeter=shapely.union_all([shape for _, shape in listed]),
    )


def _text(properties: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(properties[name]).strip() for name in names if properties.get(name)), "")


def _number(properties: Mapping[str, Any], name: str) -> float:
    value = properties.get(name)
    is_size = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return float(value) if is_size and value is not None else 0.0


def _instant(properties: Mapping[str, Any]) -> datetime | None:
    text = _text(properties, DISCOVERED)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
