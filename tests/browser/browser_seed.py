"""One evening of the reconstruction near Xichang: a grade I fire, tasks, ended ones; and a flood."""

import math
from datetime import timedelta

from browser_words import RESERVE, START, STATION, XICHANG, alert, detections, places, records

from schemas.alert import Alert
from schemas.detection import Detection
from schemas.incident import Place
from schemas.notice import Notice
from schemas.reason import Reason
from streams.serve.store import Record

WHY = (
    Reason(code="prior", value=0.15, rule="base rate of hotspots"),
    Reason(code="seen_by", rule="public", ref="call 15:51", value=4.0, unit="odds"),
    Reason(code="pixels", value=14.0, threshold=10.0, margin=4.0),
    Reason(code="seen_again", value=5.0, unit="looks", rule="satellite"),
    Reason(code="grade_rule", rule="I", value=0.985, ref="2026-11"),
)
NEAR = (
    *places("西昌市"),
    Place(layer="township", place_id="t1", name="经久乡", relation="possibly_inside", probability=0.55),
    Place(layer="township", place_id="t2", name="安哈镇", relation="possibly_inside", probability=0.45),
    RESERVE,
    STATION,
)
AT_LAST = {
    "sources": ("call", "H08/AHI", "N20/VIIRS"),
    "observation_count": 61,
    "radius_m": 1900.0,
    "headline": {
        "zh": "〔重建数据〕火情Ⅰ级（系统研判）·升级：凉山州西昌市经久乡或安哈镇，03月30日19:21",
        "en": "[reconstruction] Fire grade I · upgrade: 27.7950 N 102.2150 E, 2020-03-30 19:21 +0800",
    },
}
REVISIONS = (
    (1, "new", "task", 1, {"pixels": 1, "sources": ("call",)}),
    (2, "upgrade", "III", 24, {"previous_grade": "task", "pixels": 3, "probability": 0.81}),
    (3, "upgrade", "II", 94, {"previous_grade": "III", "pixels": 12, "probability": 0.94}),
    (4, "upgrade", "I", 214, {"previous_grade": "II", "pixels": 34, "probability": 0.985, **AT_LAST}),
)
"""Number, action, grade, minutes after the start, and what else changed."""

RECEIVED = (
    ("西昌市防火办", "accepted", 1),
    ("凉山州指挥中心", "accepted", 2),
    ("经久乡", "retrying", 3),
)


def xichang() -> tuple[list[Alert], list[Detection], list[Notice]]:
    """The fire of 2020-03-30: a call at 15:51, satellite slots, growth, grade I in the evening."""
    common = {"where": XICHANG, "county": "西昌市", "places": NEAR, "reasons": WHY}
    told = [
        alert(
            "xichang",
            number,
            action=action,
            grade=grade,
            at=START + timedelta(minutes=after),
            **common,
            **more,
        )
        for number, action, grade, after, more in REVISIONS
    ]
    seen = detections(told[0], "12119", "public", START, text="泸山方向有烟")
    for minutes, count in ((20, 3), (90, 12), (150, 20), (210, 25)):
        seen += detections(told[3], "H08/AHI", "satellite", START + timedelta(minutes=minutes), count=count)
    return told, seen, [_sent(number, *one) for number, one in enumerate(RECEIVED)]


def _sent(number: int, who: str, outcome: str, tries: int) -> Notice:
    return Notice(
        notice_id=f"n{number}",
        receiver=who,
        channel="webhook",
        alert_id="xichang",
        incident_id="xichang",
        revision=4,
        action="upgrade",
        grade="I",
        outcome=outcome,
        at=START + timedelta(minutes=215 + number),
        attempts=tries,
        reason=Reason(code="gateway_failed", detail="HTTP 503") if outcome == "retrying" else None,
    )


def evening() -> list[Record]:
    """Everything, as the history store reads it from the log."""
    told, seen, sent = xichang()
    counties = (
        ("德昌县", "凉山彝族自治州", 102.18, 27.41),
        ("盐源县", "凉山彝族自治州", 101.51, 27.42),
        ("木里藏族自治县", "凉山彝族自治州", 101.28, 27.93),
        ("会理市", "凉山彝族自治州", 102.25, 26.66),
        ("仁和区", "攀枝花市", 101.74, 26.50),
        ("雅江县", "甘孜藏族自治州", 101.01, 30.03),
        ("剑阁县", "广元市", 105.53, 32.29),
        ("平昌县", "巴中市", 107.10, 31.56),
    )
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
        seen += detections(one, "N20/VIIRS", "satellite", one.observed_at, count=one.observation_count)
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
