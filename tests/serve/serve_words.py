"""Builders of alerts, incidents, detections and records for these tests."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from schemas.alert import Alert, Carbon, Legal, Versions
from schemas.codec import encode
from schemas.dead_letter import DeadLetter
from schemas.detection import Claims, Detection
from schemas.incident import Incident
from schemas.reason import Reason
from streams.serve.store import Record

NOON = datetime(2026, 4, 5, 12, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0" + b"smoke" * 20 + b"\xff\xd9"


def square(longitude, latitude, half=0.005):
    west, east, south, north = longitude - half, longitude + half, latitude - half, latitude + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_alert(number=1, revision=1, *, longitude=102.0, latitude=28.0, at=NOON, **fields):
    legal = Legal(
        category="森林火灾",
        level="III",
        starts_at=at,
        affected_area="西昌",
        caution="",
        measures="",
        issuer="",
        issued_at=at,
    )
    settled = {
        "alert_id": f"fire-{number}",
        "incident_id": f"fire-{number}",
        "revision": revision,
        "action": "new" if revision == 1 else "update",
        "kind": "fire",
        "grade": "III",
        "pages": revision == 1,
        "short_code": "A001",
        "issued_at": at,
        "observed_at": at,
        "expires_at": at + timedelta(hours=6),
        "headline": {"zh": f"火情 {number}", "en": f"Fire {number}"},
        "description": {"zh": "", "en": ""},
        "reasons": (),
        "longitude": longitude,
        "latitude": latitude,
        "radius_m": 400.0,
        "area_ha": 14.0,
        "probability": 0.9,
        "observation_count": 2,
        "sources": ("N20/VIIRS",),
        "footprint": square(longitude, latitude),
        "places": (),
        "carbon": Carbon(carbon_t=None, reason=Reason(code="waiting_for")),
        "legal": legal,
        "versions": Versions(software="0", settings="default", region="none", tables="0"),
    }
    return Alert(**{**settled, **fields})


def make_incident(name="fire-1", revision=1, *, longitude=102.0, latitude=28.0, at=NOON, **fields):
    settled = {
        "incident_id": name,
        "revision": revision,
        "short_code": "A001",
        "kind": "fire",
        "status": "open",
        "opened_at": at,
        "last_observed_at": at,
        "judged_at": at,
        "longitude": longitude,
        "latitude": latitude,
        "radius_m": 400.0,
        "observation_count": 1,
        "sources": ("N20/VIIRS",),
        "area_ha": 14.0,
        "footprint": square(longitude, latitude),
        "grade": "III",
        "probability": 0.9,
    }
    return Incident(**{**settled, **fields})


def make_detection(number=1, *, longitude=102.0, latitude=28.0, at=NOON, **fields):
    settled = {
        "detection_id": f"d-{number}",
        "detector": "hotspot",
        "kind": "fire",
        "observation_id": f"o-{number}",
        "source": "N20/VIIRS",
        "source_class": "satellite",
        "look": "N20",
        "observed_at": at,
        "received_at": at,
        "longitude": longitude,
        "latitude": latitude,
        "sigma_km": 0.2,
        "probability": 0.6,
    }
    return Detection(**{**settled, **fields})


def make_letter(letter_id="a-1", raw=b"no data", *, at=NOON, **fields):
    settled = {
        "letter_id": letter_id,
        "source": "http/k",
        "stage": "ingest",
        "at": at,
        "reason": Reason(code="unreadable"),
        "raw": raw,
        "length": len(raw),
        "sha256": sha256(raw).hexdigest(),
    }
    return DeadLetter(**{**settled, **fields})


def make_claims(*detections, silences=(), at=NOON):
    return Claims(origin=0, origins=1, received_at=at, detections=detections, silences=silences)


def record(topic, offset, value, partition=0):
    raw = value if isinstance(value, bytes) else encode(value)
    return Record(topic, partition, offset, b"key", raw)


def alerts(*values, start=0, partition=0):
    return [record("alert.v1", start + at, value, partition) for at, value in enumerate(values)]


class LogInMemory:
    """A writer whose log is a list; `fails` is raised instead of the next writes."""

    def __init__(self):
        self.sent = []
        self.fails = None

    async def send(self, topic, key, value, partition=None):
        if self.fails is not None:
            raise self.fails
        self.sent.append((topic.name, key, value, partition))

    def values(self, topic):
        return [value for name, _, value, _ in self.sent if name == topic]


async def get(client, path, expect=200, **query):
    async with client.get(path, params=query) as answer:
        assert answer.status == expect, await answer.text()
        return await answer.json(content_type=None)
