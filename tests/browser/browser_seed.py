"""One evening of the reconstruction near Xichang as records of the log: a grade I fire, tasks, ended ones."""

import math
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
        "alert_id": name, "incident_id": name, "revision": revision, "action": action, "kind": "fire", "grade": grade,
        "pages": action in {"new", "upgrade"} and grade != "task", "short_code": code(name), "issued_at": at,
        "observed_at": at - timedelta(minutes=4), "expires_at": at + timedelta(hours=24),
        "headline": {"zh": f"{NUMERAL[grade]}·{county}，{at + timedelta(hours=8):%m月%d日%H:%M}", "en": f"Fire grade {grade}: {y:.4f} N {x:.4f} E, {at:%Y-%m-%d %H:%M} UTC"},
        "description": {"zh": f"卫星热点与电话报告互相印证，{pixels} 个像元。", "en": f"Satellite hotspots and a call agree; {pixels} pixels."},
        "reasons": (Reason(code="prior", value=0.15, rule="base rate of hotspots"), Reason(code="grade_rule", rule=grade, value=0.62, threshold=0.7, margin=0.08, unit="to III", ref="2026-11")),
        "longitude": x, "latitude": y, "radius_m": 600.0, "area_ha": 16.0 * pixels, "probability": 0.62, "observation_count": pixels,
        "sources": ("H08/AHI",), "footprint": footprint(x, y, pixels), "places": near,
        "carbon": Carbon(carbon_t=None, reason=Reason(code="not_computed")),
        "legal": Legal(category="森林草原火情", level=NUMERAL[grade], starts_at=START, affected_area=county, caution="远看勿近；未经核实，勿擅自扑救。", measures="派员核查并反馈；通知相邻乡镇；备勤。", issuer="", issued_at=at),
        "versions": Versions(software="0.1.0", settings="default", region="3f2a9c0d11aa77be", tables="2026-11"), "reconstruction": True,
    }  # fmt: skip
    return Alert(**{**fields, **other})


def code(name: str) -> str:
    return f"{sum(ord(c) * 31**i for i, c in enumerate(name)) % 36**4:04X}"[-4:].replace("-", "0")


def incident(told: Alert) -> Incident:
    """The incident that the alert tells of."""
    ended = told.action in {"close", "cancel", "expire"}
    return Incident(
        incident_id=told.incident_id, revision=told.revision, short_code=told.short_code, kind=told.kind, status="closed" if ended else "open",
        opened_at=START - timedelta(days=3), last_observed_at=told.observed_at, judged_at=told.issued_at, longitude=told.longitude, latitude=told.latitude,
        radius_m=told.radius_m, observation_count=told.observation_count, sources=told.sources, area_ha=told.area_ha, footprint=told.footprint,
        grade=told.grade, probability=told.probability, places=told.places, reasons=told.reasons, reconstruction=True,
    )  # fmt: skip


def detections(
    told: Alert, source: str, kind: str, at: datetime, count: int, text: str = ""
) -> list[Detection]:
    """Claims of one look."""
    made = []
    for i in range(count):
        x, y = told.longitude + (i % 5) * 0.0038, told.latitude + (i // 5) * 0.0034
        made.append(Detection(
            detection_id=f"{told.alert_id}-{source}-{at:%H%M}-{i}", detector="hotspot", kind="fire", observation_id=f"o-{told.alert_id}-{source}-{at:%H%M}-{i}",
            source=source, source_class=kind, look=f"{source} {at:%Y-%m-%dT%H:%M}", observed_at=at, received_at=at + timedelta(minutes=9), longitude=x, latitude=y,
            sigma_km=0.4, probability=0.6, frp_mw=12.0 + i if kind == "satellite" else None, reconstruction=True, text=text,
        ))  # fmt: skip
    return made


def xichang() -> tuple[list[Alert], list[Detection], list[Notice]]:
    """The fire of 2020-03-30: a call at 15:51, satellite slots, growth, grade I in the evening."""
    why = (
        Reason(code="prior", value=0.15, rule="base rate of hotspots"), Reason(code="seen_by", rule="public", ref="call 15:51", value=4.0, unit="odds"),
        Reason(code="pixels", value=14.0, threshold=10.0, margin=4.0), Reason(code="seen_again", value=5.0, unit="looks", rule="satellite"),
        Reason(code="grade_rule", rule="I", value=0.985, ref="2026-11"),
    )  # fmt: skip
    near = (*places("西昌市"), Place(layer="township", place_id="t1", name="经久乡", relation="possibly_inside", probability=0.55), Place(layer="township", place_id="t2", name="安哈镇", relation="possibly_inside", probability=0.45), RESERVE, STATION)  # fmt: skip
    common = {"where": XICHANG, "county": "西昌市", "places": near, "reasons": why}
    told = [
        alert("xichang", 1, action="new", grade="task", at=START + timedelta(minutes=1), **common, pixels=1, sources=("call",)),
        alert("xichang", 2, action="upgrade", grade="III", at=START + timedelta(minutes=24), previous_grade="task", **common, pixels=3, probability=0.81),
        alert("xichang", 3, action="upgrade", grade="II", at=START + timedelta(minutes=94), previous_grade="III", **common, pixels=12, probability=0.94),
        alert("xichang", 4, action="upgrade", grade="I", at=START + timedelta(minutes=214), previous_grade="II", **common, pixels=34, probability=0.985, sources=("call", "H08/AHI", "N20/VIIRS"), observation_count=61, radius_m=1900.0,
              headline={"zh": "〔重建数据〕火情Ⅰ级（系统研判）·升级：凉山彝族自治州西昌市经久乡或安哈镇，03月30日19:21", "en": "[reconstruction] Fire grade I · upgrade: 27.7950 N 102.2150 E within 1.9 km, 2020-03-30 19:21 +0800"},
              carbon=Carbon(carbon_t=None, reason=Reason(code="not_computed"))),
    ]  # fmt: skip
    seen = detections(told[0], "12119", "public", START, 1, "泸山方向有烟")
    for minutes, count in ((20, 3), (90, 12), (150, 20), (210, 25)):
        seen += detections(told[3], "H08/AHI", "satellite", START + timedelta(minutes=minutes), count)
    sent = [
        Notice(notice_id=f"n{i}", receiver=who, channel="webhook", alert_id="xichang", incident_id="xichang", revision=r, action="upgrade", grade="I", outcome=outcome, at=START + timedelta(minutes=215 + i), attempts=tries, reason=Reason(code="gateway_failed", detail="HTTP 503") if outcome == "retrying" else None)
        for i, (who, r, outcome, tries) in enumerate((("西昌市防火办", 4, "accepted", 1), ("凉山州指挥中心", 4, "accepted", 2), ("经久乡", 4, "retrying", 3)))
    ]  # fmt: skip
    return told, seen, sent


def evening() -> list[Record]:
    """Everything, as the history store reads it from the log."""
    told, seen, sent = xichang()
    counties = (("德昌县", "凉山彝族自治州", 102.18, 27.41), ("盐源县", "凉山彝族自治州", 101.51, 27.42), ("木里藏族自治县", "凉山彝族自治州", 101.28, 27.93), ("会理市", "凉山彝族自治州", 102.25, 26.66), ("仁和区", "攀枝花市", 101.74, 26.50), ("雅江县", "甘孜藏族自治州", 101.01, 30.03), ("剑阁县", "广元市", 105.53, 32.29), ("平昌县", "巴中市", 107.10, 31.56))  # fmt: skip
    grades = ("task", "IV", "task", "task", "III", "task", "task", "task")
    for i, ((county, city, x, y), grade) in enumerate(zip(counties, grades, strict=True)):
        one = alert(
            f"fire-{i}",
            1,
            action="new",
            grade=grade,
            at=START + timedelta(minutes=200 - 37 * i),
            where=(x, y),
            county=county,
            places=places(county, city),
            pixels=1 + (4 if grade != "task" else 0),
        )
        told.append(one)
        seen += detections(one, "N20/VIIRS", "satellite", one.observed_at, one.observation_count)
    for i, (action, county, city) in enumerate(
        (
            ("close", "昭化区", "广元市"),
            ("cancel", "冕宁县", "凉山彝族自治州"),
            ("expire", "米易县", "攀枝花市"),
        )
    ):
        told.append(
            alert(
                f"old-{i}",
                2,
                action=action,
                grade="task",
                at=START - timedelta(hours=3 + 8 * i),
                where=(102.1 + i * 0.3, 28.5 - i * 0.8),
                county=county,
                places=places(county, city),
            )
        )
    return records(told, seen, sent)


def many(count: int) -> list[Record]:
    """A flood: `count` alerts all over the province."""
    told = []
    for i in range(count):
        where = (98.5 + (i * 0.618) % 9.0, 27.0 + 6.0 * abs(math.sin(i)))
        told.append(
            alert(
                f"many-{i:05d}",
                1,
                action="new",
                grade=("task", "IV", "III")[i % 3],
                at=START + timedelta(seconds=i),
                where=where,
                county=f"县{i}",
            )
        )
    return records(told, [], [])


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
