"""The doors of the map: what is drawn on it in bulk. Data only, as `Route` takes it."""

from typing import Any

from streams.serve import base_map, columns, layers, reaching

READERS = frozenset({"viewer", "ranger", "operator", "admin", "auditor"})


def _door(path: str, handler: Any, about: str, **more: Any) -> dict[str, Any]:
    settled = {"method": "GET", "roles": READERS, "reading": True, "scoped": True}
    return {**settled, "path": path, "handler": handler, "about": about, **more}


GEOJSON = "application/geo+json"

DOORS: tuple[dict[str, Any], ...] = (
    _door(
        "/v1/incidents/{incident_id}/reach",
        reaching.reach,
        "Where a fire may be in 1, 3, 6, 12 and 24 h",
        media=GEOJSON,
    ),
    _door(
        "/v1/layers/{name}", layers.layer, "One layer of the region", query=("bbox", "limit"), media=GEOJSON
    ),
    _door(
        "/v1/detections/columns",
        columns.columns,
        "Where and when fires were detected, and lines of sight",
        query=("after", "limit"),
        answer=columns.Columns,
    ),
    _door("/v1/base/file", base_map.file, "The file of the base map", media="application/octet-stream"),
    _door("/v1/base/{z}/{x}/{y}", base_map.tile, "A tile of the base map", media="image/png"),
)
