"""Alerts and receivers for tests of what is told to whom."""

from datetime import UTC, datetime, timedelta

import msgspec

from schemas.alert import Alert, Carbon, Legal, Versions
from schemas.incident import Place
from schemas.reason import Reason
from schemas.receiver import Receiver

T0 = datetime(2020, 3, 30, 8, 0, tzinfo=UTC)
COUNTY = Place(layer="county", place_id="513401", name="西昌市", relation="inside")
LEGAL = Legal(
    category="森林火情",
    level="Ⅳ",
    starts_at=T0,
    affected_area="西昌市",
    caution="大风",
    measures="撤离",
    issuer="",
    issued_at=T0,
)


def at(minutes: float = 0) -> datetime:
    return T0 + timedelta(minutes=minutes)


def an_alert(revision=1, action="new", grade="IV", *, minutes=None, **fields) -> Alert:
    issued_at = at(revision if minutes is None else minutes)
    alert_id = fields.pop("alert_id", "F20200330-AAAAAAAA")
    pages = fields.pop("pages", action in {"new", "upgrade"} and grade != "task")
    given = {
        "incident_id": alert_id,
        "kind": "fire",
        "short_code": "7KQ2",
        "observed_at": issued_at,
        "expires_at": issued_at + timedelta(hours=24),
        "headline": {"zh": "火情", "en": "Fire"},
        "description": {"zh": "西昌市经久乡", "en": "Jingjiu, Xichang"},
        "reasons": (Reason(code="opened"),),
        "longitude": 102.2,
        "latitude": 27.8,
        "radius_m": 375.0,
        "area_ha": 14.0,
        "probability": 0.9,
        "observation_count": 3,
        "sources": ("N20/VIIRS",),
        "footprint": {"type": "Point", "coordinates": [102.2, 27.8]},
        "places": (COUNTY,),
        "carbon": Carbon(carbon_t=None, reason=Reason(code="not_computed")),
        "legal": LEGAL,
        "versions": Versions(software="0", settings="0", region="0", tables="0"),
    }
    return Alert(
        alert_id=alert_id,
        revision=revision,
        action=action,
        grade=grade,
        pages=pages,
        issued_at=issued_at,
        **(given | fields),
    )


def a_receiver(name="ranger", **fields) -> Receiver:
    return Receiver(name=name, **({"url": "https://gateway.example/hook"} | fields))


def replaced(value, **fields):
    return msgspec.structs.replace(value, **fields)
