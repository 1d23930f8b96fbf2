"""When somebody sent to a fire must leave: its reach within the hour, a turn of the wind or a spot fire.

Of those whose place is known, reach and place decide. Of those who went to this fire and whose place is not
known, or is where they set out from, a turn of the wind or a spot fire of it is enough: nobody can say that
they are safe.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

import shapely
from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts.geofence import gap_km
from alerts.heading import head_deg, shape_of, turned
from alerts.policy import ENDING
from alerts.routing import SPOTTING
from schemas.alert import Alert
from schemas.units import Latitude, Longitude, Metres, UtcTime, Version, written

PLACE_KEPT = timedelta(hours=3)
"""How long a last known place says where somebody is; after that they may be anywhere at the fire."""

AFIELD_FOR = timedelta(hours=24)
"""After so long without a word nobody counts as being out."""

SURE_FOR = timedelta(minutes=15)
"""So long a place outside says that who goes to a fire is not there yet; later, where they set out."""

FIRES = 20
"""So many ids of fires are kept of one who is out, the newest."""

AGAIN = timedelta(minutes=30)
"""The same fire calls the same person back so often at most; an officer telephones in between."""


_AGAIN_BURNING = re.compile(r"(?<=[0-9A-Z]{8})-\d+$")
"""What is added to the id of an alert whose fire was over and burns again."""


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


def kin(alert: Alert) -> frozenset[str]:
    """Return every id by which somebody may know the fire of an alert, merged and burning again included."""
    ids = (alert.alert_id, alert.incident_id, *alert.lineage, *alert.supersedes)
    return roots(ids)


def roots(ids: Iterable[str]) -> frozenset[str]:
    """Return the ids with those of fires that burn again as what they were first.

    >>> sorted(roots(["F20200330-AAAAAAAA-2", "F20200330-AAAAAAAA", "F1"]))
    ['F1', 'F20200330-AAAAAAAA']
    """
    return frozenset(_AGAIN_BURNING.sub("", one) for one in ids)


def is_theirs(afield: Afield, alert: Alert) -> bool:
    """Return whether they went to this fire, by any of its ids."""
    return not kin(alert).isdisjoint(roots(afield.alerts))


def known_by(afield: Afield, alert: Alert, now: datetime) -> Afield:
    """Return who is out with the id that their fire now goes by, and where it runs if that was not known."""
    if not is_theirs(afield, alert):
        return afield
    fresh = tuple(one for one in (alert.incident_id, alert.alert_id) if one not in afield.alerts)
    if fresh:
        afield = replace(afield, alerts=(*afield.alerts, *dict.fromkeys(fresh))[-FIRES:])
    head = None if _heads(afield, alert) or alert.issued_at > now else head_deg(alert)
    return afield if head is None else replace(afield, heads={**afield.heads, alert.alert_id: head})


def why_back(afield: Afield, alert: Alert, now: datetime) -> str:
    """Return why they must leave: `reach`, `in_fire`, `wind_turned`, `spot_fire`; or nothing."""
    if alert.kind != "fire" or alert.action in ENDING or alert.late or _is_over(afield, alert, now):
        return ""
    age = None if afield.placed_at is None else now - afield.placed_at
    why = _by_place(afield, alert) if age is not None and age <= PLACE_KEPT else ""
    if why or (age is not None and age <= SURE_FOR):
        return why
    if not is_theirs(afield, alert):
        spots = {reason.ref for reason in alert.reasons if reason.code in SPOTTING} | {alert.parent or ""}
        return "" if roots(spots - {""}).isdisjoint(roots(afield.alerts)) else "spot_fire"
    return "wind_turned" if _has_turned(afield, alert) else ""


def called_at(afield: Afield, alert: Alert) -> datetime | None:
    """Return when this fire last called them back, by any of its ids; None: it has not."""
    ids = kin(alert)
    return max((at for one, at in afield.called.items() if not roots((one,)).isdisjoint(ids)), default=None)


def _is_over(afield: Afield, alert: Alert, now: datetime) -> bool:
    called = called_at(afield, alert)
    return now - afield.touched_at > AFIELD_FOR or (called is not None and now - called < AGAIN)


def _heads(afield: Afield, alert: Alert) -> list[float]:
    ids = kin(alert)
    return [head for one, head in afield.heads.items() if not roots((one,)).isdisjoint(ids)]


def _has_turned(afield: Afield, alert: Alert) -> bool:
    """Return whether any fire of theirs that this one is ran another way when they went."""
    now = head_deg(alert)
    return any(turned(head, now) for head in _heads(afield, alert))


def _by_place(afield: Afield, alert: Alert) -> str:
    assert afield.longitude is not None
    assert afield.latitude is not None
    spots = any(reason.code in SPOTTING for reason in alert.reasons)
    reach = shape_of(alert.reach_1h)
    if reach is not None and gap_km(reach, afield.longitude, afield.latitude) * 1000 <= afield.radius_m:
        return "wind_turned" if _has_turned(afield, alert) else "reach"
    centre = shapely.Point(alert.longitude, alert.latitude)
    near = gap_km(centre, afield.longitude, afield.latitude) * 1000 <= alert.radius_m + afield.radius_m
    if spots and near:
        return "spot_fire"
    return "in_fire" if near and reach is None else ""
