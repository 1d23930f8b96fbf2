"""What the map draws beside fires: lines of sight, an error ellipse, a head, a spot fire, permits to burn."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from browser_words import START, XICHANG, alert, detections, incident, places, records

from schemas import topics
from schemas.codec import encode
from schemas.detection import Claims, Detection, Ellipse, Placing, Presence, Sector, Shown
from schemas.observation import Permit
from schemas.shape import Head, Shape
from streams.serve.store import Record

AT = START + timedelta(minutes=215)
STATION = (102.28, 27.86)
FIELD = [[102.10, 27.90], [102.13, 27.90], [102.13, 27.92], [102.10, 27.92], [102.10, 27.90]]


def sighting(name: str, where: tuple[float, float], azimuth_deg: float, **other) -> Detection:
    """What one camera saw: a direction alone."""
    (base,) = detections(_parent(), name, "video", other.pop("at", AT))
    lon, lat = where
    sector = Sector(
        longitude=lon, latitude=lat, azimuth_deg=azimuth_deg, half_angle_deg=2.5, near_m=0.0, far_m=14_000.0
    )
    return msgspec.structs.replace(base, placing=Placing(how="nowhere", sector=sector), **other)


def _parent():
    return alert("parent", 1, action="new", grade="II", at=AT, where=XICHANG, county="西昌市", **_shaped())


def _shaped() -> dict:
    x, y = XICHANG
    head = Head(longitude=x + 0.03, latitude=y + 0.02, azimuth_deg=55.0, distance_km=1.4)
    ellipse = Ellipse(semi_major_m=1500.0, semi_minor_m=600.0, azimuth_deg=55.0)
    shape = Shape(area_low_ha=10.0, area_high_ha=90.0, fields=(), head=head, ellipse=ellipse)
    return {"pixels": 9, "shape": shape, "places": places("西昌市")}


def lines(shown: Sequence[Shown] = ()) -> list[Record]:
    """A fire that two cameras see, which threw a spark, with burning allowed beside it.

    `shown` goes with further sightings of the first camera, a minute apart.
    """
    spark = (XICHANG[0] + 0.06, XICHANG[1] + 0.03)
    child = alert(
        "spark",
        1,
        action="new",
        grade="III",
        at=AT,
        where=spark,
        county="西昌市",
        parent="parent",
        relation="spotting",
    )
    seen = (
        sighting("cam-east", STATION, 217.0),
        sighting("cam-west", (102.12, 27.82), 112.0, at=AT - timedelta(hours=5)),
    )
    seen += tuple(
        sighting("cam-east", STATION, 217.0, at=AT - timedelta(minutes=9 - minute), shown=one)
        for minute, one in enumerate(shown)
    )
    permits = (permit("1", area={"type": "Polygon", "coordinates": [FIELD]}), permit("2", radius_m=800.0))
    told = Claims(origin=0, origins=1, received_at=AT, detections=seen, permits=permits)
    return [*records([_parent(), child]), Record(topics.DETECTION.name, 1, 0, b"", encode(told))]


def permit(number: str, **area) -> Permit:
    return Permit(
        observation_id=f"permit/{number}",
        source="office",
        observed_at=AT,
        frame="wgs84",
        longitude=102.115 if area.get("area") else 102.30,
        latitude=27.91 if area.get("area") else 27.74,
        number=number,
        purpose="planned_burn",
        starts_at=AT - timedelta(hours=3),
        ends_at=AT + timedelta(hours=30),
        contact="Ann",
        **area,
    )


def _lost():
    sources = ("cam-east", "cam-nowhere")
    fields = {"at": AT, "where": STATION, "county": "西昌市", "kind": "blind", "sources": sources}
    return alert("lost", 1, action="new", grade="III", **fields)


def loss() -> list[Record]:
    """A camera that has not been heard for long, and one whose place nobody knows, lost as one."""
    x, y = STATION
    fields = {"source_class": "video", "latitude": y}
    heard = (
        Presence(source="cam-east", looked_at=AT - timedelta(hours=2), longitude=x, **fields),
        Presence(source="cam-west", looked_at=AT, longitude=x - 0.5, **fields),
    )
    told = Claims(origin=0, origins=1, received_at=AT, heard=heard)
    return [*records([_lost()]), Record(topics.DETECTION.name, 1, 0, b"", encode(told))]


def heard_again() -> Record:
    """It is heard again, and the loss is over."""
    over = {"revision": 2, "status": "closed", "closed_at": AT, "judged_at": AT + timedelta(minutes=5)}
    return Record(topics.INCIDENT.name, 1, 0, b"", encode(msgspec.structs.replace(incident(_lost()), **over)))
