"""Open incidents beside a position: what a caller tells of may be known already."""

from typing import Any

import msgspec
import numpy as np

from detectors.geodesy import bearing_deg, distance_km
from streams.serve.filters import Wanted
from streams.serve.marks import MARKS
from streams.serve.queries import INCIDENTS, listed
from streams.serve.scoping import Sees
from streams.serve.store import Store

NEAR_KM = 5.0
"""So far a caller's idea of the place may be off; an incident's own radius is added."""

ROUGH_DEG = 0.6
"""Box that is looked at first: 5 km and the largest radius (50 km), at any latitude below 40 degrees."""

MOST = 10


def near(store: Store, longitude: float, latitude: float, sees: Sees | None = None) -> list[dict[str, Any]]:
    """Return incidents that are open within 5 km, the nearest first: id, code, grade, distance, bearing."""
    wide = ROUGH_DEG / max(0.1, float(np.cos(np.radians(latitude))))
    box = (
        max(-180.0, longitude - wide), max(-90.0, latitude - ROUGH_DEG),
        min(180.0, longitude + wide), min(90.0, latitude + ROUGH_DEG),
    )  # fmt: skip
    asked = Wanted(boxes=(box,), limit=1000, among=(("status", ("open",)),), marks=MARKS)
    found = []
    for _, body in listed(store, INCIDENTS, asked):
        if sees is not None and not sees(body):
            continue
        one = msgspec.json.decode(body)
        away = float(distance_km(longitude, latitude, one["longitude"], one["latitude"]))
        if away <= NEAR_KM + one["radius_m"] / 1000.0:
            found.append(_said(one, away, longitude, latitude))
    return sorted(found, key=lambda one: (one["distance_km"], one["incident_id"]))[:MOST]


def _said(one: dict[str, Any], away_km: float, longitude: float, latitude: float) -> dict[str, Any]:
    towards = float(bearing_deg(longitude, latitude, one["longitude"], one["latitude"]))
    named = {name: one[name] for name in ("incident_id", "short_code", "kind", "grade", "last_observed_at")}
    return {**named, "distance_km": round(away_km, 1), "azimuth_deg": round(towards)}
