"""Alerts, incidents and claims for the page, as records of the log."""

from datetime import UTC, datetime, timedelta

import shapely

from schemas import topics
from schemas.alert import Alert, Carbon, Legal, Versions
from schemas.codec import encode
from schemas.detection import Claims, Detection
from schemas.incident import Incident, Place
from schemas.notice import Notice
from schemas.reason import Reason
from streams.serve.store import Record

PASSWORD = "Forest-Fire-26"
START = datetime(2020, 3, 30, 7, 51, tzinfo=UTC)
XICHANG = (102.215, 27.795)
NUMERAL = {
    "I": "火情Ⅰ级（系统研判）",
    "II": "火情Ⅱ级（系统研判）",
    "III": "火情Ⅲ级（系统研判）",
    "IV": "火情Ⅳ级（系统研判）",
    "task": "核查任务",
}
LIANGSHAN = ("四川省", "凉山彝族自治州")


def places(county: str, city: str = "凉山彝族自治州", *more: Place) -> tuple[Place, ...]:
    chain = (("province", "四川省"), ("city", city), ("county", county))
    return (
        *(Place(layer=level, place_id=name, name=name, relation="inside") for level, name in chain),
        *more,
    )


RESERVE = Place(
    layer="protected_areas",
    place_id="p1",
    name="泸山示意保护地",
    relation="possibly_inside",
    probability=0.4,
    illustrative=True,
)
STATION = Place(
    layer="facilities",
    place_id="f1",
    name="液化气站（示意）",
    relation="near",
    distance_km=3.2,
    illustrative=True,
)


def footprint(longitude: float, latitude: float, pixels: int, size_km: float = 0.4) -> dict:
    """Pixels in rows, as a pass over a growing fire leaves them."""
    step = size_km / 111.2
    squares = []
    for i in range(pixels):
        x, y = longitude + (i % 5) * step * 1.05, latitude + (i // 5) * step * 0.95 + (i % 3) * step * 0.3
        squares.append(shapely.box(x - step / 2, y - step / 2, x + step / 2, y + step / 2))
    return shapely.geometry.mapping(shapely.union_all(squares))


def alert(
    name: str,
    revision: int,
    *,
    action: str,
    grade: str,
    at: datetime,
    where: tuple[float, float],
    county: str,
    **other,
) -> Alert:
    """One revision; `other` overrides any field."""
    x, y = where
    pixels = other.pop("pixels", 1)
    near = other.pop("places", places(county))
    fields = {
        "alert_id": name,
        "incident_id": name,
        "revision": revision,
        "action": action,
        "kind": "fire",
        "grade": grade,
        "pages": action in {"new", "upgrade"} and grade != "task",
        "short_code": code(name),
        "issued_at": at,
        "observed_at": at - timedelta(minutes=4),
        "expires_at": at + timedelta(hours=24),
        "longitude": x,
        "latitude": y,
        "radius_m": 600.0,
        "area_ha": 16.0 * pixels,
        "probability": 0.62,
        "observation_count": pixels,
        "sources": ("H08/AHI",),
        "footprint": footprint(x, y, pixels),
        "places": near,
        "carbon": Carbon(carbon_t=None, reason=Reason(code="not_computed")),
        "versions": Versions(
            software="0.1.0", settings="default", region="3f2a9c0d11aa77be", tables="2026-11"
        ),
        "reconstruction": True,
    }
    return Alert(**{**fields, **_said(grade, at, where, county, pixels), **other})


def _said(grade: str, at: datetime, where: tuple[float, float], county: str, pixels: int) -> dict:
    """What a revision says in words, and why."""
    x, y = where
    rule = {"value": 0.62, "threshold": 0.7, "margin": 0.08, "unit": "to III", "ref": "2026-11"}
    return {
        "headline": {
            "zh": f"{NUMERAL[grade]}·{county}，{at + timedelta(hours=8):%m月%d日%H:%M}",
            "en": f"Fire grade {grade}: {y:.4f} N {x:.4f} E, {at:%Y-%m-%d %H:%M} UTC",
        },
        "description": {
            "zh": f"卫星热点与电话报告互相印证，{pixels} 个像元。",
            "en": f"Satellite hotspots and a call agree; {pixels} pixels.",
        },
        "reasons": (
            Reason(code="prior", value=0.15, rule="base rate of hotspots"),
            Reason(code="grade_rule", rule=grade, **rule),
        ),
        "legal": Legal(
            category="森林草原火情",
            level=NUMERAL[grade],
            starts_at=START,
            affected_area=county,
            caution="远看勿近；未经核实，勿擅自扑救。",
            measures="派员核查并反馈；通知相邻乡镇；备勤。",
            issuer="",
            issued_at=at,
        ),
    }


def code(name: str) -> str:
    return f"{sum(ord(c) * 31**i for i, c in enumerate(name)) % 36**4:04X}"[-4:].replace("-", "0")


def incident(told: Alert) -> Incident:
    """The incident that the alert tells of."""
    ended = told.action in {"close", "cancel", "expire"}
    return Incident(
        incident_id=told.incident_id,
        revision=told.revision,
        short_code=told.short_code,
        kind=told.kind,
        status="closed" if ended else "open",
        opened_at=START - timedelta(days=3),
        last_observed_at=told.observed_at,
        judged_at=told.issued_at,
        longitude=told.longitude,
        latitude=told.latitude,
        radius_m=told.radius_m,
        observation_count=told.observation_count,
        sources=told.sources,
        area_ha=told.area_ha,
        footprint=told.footprint,
        grade=told.grade,
        probability=told.probability,
        places=told.places,
        reasons=told.reasons,
        reconstruction=True,
    )


def detections(
    told: Alert, source: str, kind: str, at: datetime, *, count: int = 1, text: str = ""
) -> list[Detection]:
    """Claims of one look."""
    made = []
    for i in range(count):
        x, y = told.longitude + (i % 5) * 0.0038, told.latitude + (i // 5) * 0.0034
        made.append(
            Detection(
                detection_id=f"{told.alert_id}-{source}-{at:%H%M}-{i}",
                detector="hotspot",
                kind="fire",
                observation_id=f"o-{told.alert_id}-{source}-{at:%H%M}-{i}",
                source=source,
                source_class=kind,
                look=f"{source} {at:%Y-%m-%dT%H:%M}",
                observed_at=at,
                received_at=at + timedelta(minutes=9),
                longitude=x,
                latitude=y,
                sigma_km=0.4,
                probability=0.6,
                frp_mw=12.0 + i if kind == "satellite" else None,
                reconstruction=True,
                text=text,
            )
        )
    return made


def until(page, true) -> None:
    """Wait until what the page or its server has done is there; the page works on meanwhile."""
    for _ in range(600):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("not within a minute")


_offset = iter(range(10**9))


def records(told: list[Alert], seen: list[Detection] = (), sent: list[Notice] = ()) -> list[Record]:
    values = [(topics.ALERT.name, one) for one in told] + [
        (topics.INCIDENT.name, incident(one)) for one in told
    ]
    values += [(topics.NOTICE.name, one) for one in sent]
    if seen:
        values.append(
            (
                topics.DETECTION.name,
                Claims(origin=0, origins=1, received_at=START + timedelta(hours=4), detections=tuple(seen)),
            )
        )
    return [Record(topic, 0, next(_offset), b"", encode(value)) for topic, value in values]
