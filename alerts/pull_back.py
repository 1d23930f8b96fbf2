"""When somebody sent to a fire must leave: its reach within the hour, a turn of the wind or a spot fire.

Of those whose place is known, reach and place decide. Of those who went to this fire and whose place is not
known, a turn of the wind or a spot fire of it is enough: nobody can say that they are safe.
"""

from datetime import datetime, timedelta
from typing import Annotated

import numpy as np
import shapely
from msgspec import Meta, Struct

from alerts.geofence import gap_km
from alerts.policy import ENDING
from alerts.routing import SPOTTING
from schemas.alert import Alert
from schemas.units import Latitude, Longitude, Metres, UtcTime, Version, written

TURN_DEG = 45.0
"""A turn of the wind by one of the eight directions sends a flank forward as a new head."""

PLACE_KEPT = timedelta(hours=3)
"""How long a last known place says where somebody is; after that they may be anywhere at the fire."""

AFIELD_FOR = timedelta(hours=24)
"""After so long without a word nobody counts as being out."""

AGAIN = timedelta(minutes=30)
"""The same fire calls the same person back so often at most; an officer telephones in between."""


class Afield(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who is out: state, kept in the row `afield/{receiver}`."""

    v: Version = written()
    receiver: str
    touched_at: UtcTime
    alerts: Annotated[tuple[str, ...], Meta(description="Fires they were sent to or have answered.")] = ()
    heads: Annotated[dict[str, float], Meta(description="Where each fire ran when first seen, degrees.")] = {}
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    radius_m: Metres = 0.0
    placed_at: UtcTime | None = None
    called: Annotated[dict[str, UtcTime], Meta(description="When each fire called them back.")] = {}


def why_back(afield: Afield, alert: Alert, now: datetime) -> str:
    """Return why they must leave: `reach`, `wind_turned`, `spot_fire`; or nothing."""
    if alert.kind != "fire" or alert.action in ENDING or alert.late or _is_over(afield, alert, now):
        return ""
    mine = not {alert.alert_id, alert.incident_id, *alert.lineage}.isdisjoint(afield.alerts)
    known = afield.placed_at is not None and now - afield.placed_at <= PLACE_KEPT
    if known:
        return _by_place(afield, alert)
    if not mine:
        spots = {reason.ref for reason in alert.reasons if reason.code in SPOTTING} | {alert.parent}
        return "" if spots.isdisjoint(afield.alerts) else "spot_fire"
    return "wind_turned" if turned(afield.heads.get(alert.alert_id), head_deg(alert)) else ""


def _is_over(afield: Afield, alert: Alert, now: datetime) -> bool:
    called = afield.called.get(alert.alert_id)
    return now - afield.touched_at > AFIELD_FOR or (called is not None and now - called < AGAIN)


def _by_place(afield: Afield, alert: Alert) -> str:
    assert afield.longitude is not None
    assert afield.latitude is not None
    spots = any(reason.code in SPOTTING for reason in alert.reasons)
    reach = shape_of(alert.reach_1h)
    if reach is not None and gap_km(reach, afield.longitude, afield.latitude) * 1000 <= afield.radius_m:
        mine = alert.alert_id in afield.heads
        return "wind_turned" if mine and turned(afield.heads[alert.alert_id], head_deg(alert)) else "reach"
    centre = shapely.Point(alert.longitude, alert.latitude)
    near = gap_km(centre, afield.longitude, afield.latitude) * 1000 <= alert.radius_m + afield.radius_m
    return "spot_fire" if spots and near else ""


def head_deg(alert: Alert) -> float | None:
    """Return where the fire runs, degrees clockwise from north: from its centre to that of its reach.

    None where there is no reach, or one so round that it runs nowhere.
    """
    reach = shape_of(alert.reach_1h)
    if reach is None or reach.is_empty:
        return None
    there = reach.centroid
    east = (there.x - alert.longitude) * np.cos(np.radians(alert.latitude))
    north = there.y - alert.latitude
    west, south, right, top = reach.bounds
    if np.hypot(east, north) < 0.1 * np.hypot(right - west, top - south):
        return None
    return float(np.degrees(np.arctan2(east, north)) % 360.0)


def turned(before: float | None, now: float | None) -> bool:
    """Return whether the head of a fire has turned by more than one of eight directions.

    >>> turned(350.0, 20.0), turned(350.0, 60.0), turned(None, 60.0)
    (False, True, False)
    """
    if before is None or now is None:
        return False
    return abs((now - before + 180.0) % 360.0 - 180.0) > TURN_DEG


def shape_of(geometry: object) -> shapely.Geometry | None:
    """Return a GeoJSON geometry as a valid shape, None for none or for what is not one."""
    if geometry is None:
        return None
    try:
        found = shapely.make_valid(shapely.geometry.shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        return None
    return None if found.is_empty else found
