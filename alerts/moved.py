"""Whether a fire's reach within the hour turned, or touches new ground, since it was last told.

It is for those who are out; nobody else is paged for it. It is said at most every `reach_min` minutes.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import shapely

from alerts.heading import head_deg, shape_of, turned
from alerts.reached import KM_PER_DEGREE
from schemas.incident import Incident
from schemas.reason import Reason

if TYPE_CHECKING:
    from alerts.lifecycle import Issued, Options

CODES = frozenset({"reach_turned", "reach_grew"})


def moved(options: "Options", issued: "Issued", incident: Incident, now: datetime) -> Reason | None:
    """Return that the reach turned or grew since it was last told, or None; a reach now known has grown."""
    if incident.kind != "fire" or incident.reach_1h is None or incident.reach_1h == issued.reach_1h:
        return None
    said = issued.moved_at
    if said is not None and now - said < timedelta(minutes=options.reach_min):
        return None
    head = head_deg(incident)
    if head is not None and turned(issued.head_deg, head, options.reach_turn_deg):
        return Reason(code="reach_turned", value=round(head), threshold=options.reach_turn_deg, unit="deg")
    further = beyond_km(issued.reach_1h, incident.reach_1h, options.reach_grew_km)
    if further is None:
        return None
    return Reason(code="reach_grew", value=further, threshold=options.reach_grew_km, unit="km")


def beyond_km(before: object, now: object, least_km: float) -> float | None:
    """Return how far a reach (GeoJSON) goes beyond an earlier one, km; None: no more than `least_km`.

    The distance is that of its farthest corner; without an earlier one it is as far as it spans.
    """
    after = _flat(now)
    if after is None:
        return None
    earlier = _flat(before, now)
    if earlier is None:
        west, south, east, north = after.bounds
        return round(float(np.hypot(east - west, north - south)), 2)
    corners = shapely.points(shapely.get_coordinates(after))
    furthest = float(np.max(shapely.distance(earlier, corners)))
    return round(furthest, 2) if furthest > least_km else None


def _flat(geometry: object, at: object = None) -> shapely.Geometry | None:
    """Return the shape in km, longitudes shrunk to the latitude of `at`, or to its own."""
    shape, where = shape_of(geometry), shape_of(geometry if at is None else at)
    if shape is None or where is None:
        return None
    shrink = np.array([np.cos(np.radians(where.centroid.y)), 1.0]) * KM_PER_DEGREE
    return shapely.transform(shape, lambda corners: corners * shrink)
