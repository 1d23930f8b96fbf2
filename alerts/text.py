"""Headline, description and the fields of law, in Chinese and English, from an incident and its turn."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.lifecycle import Turn
from schemas.alert import Legal
from schemas.incident import Incident, Place

GRADES = {"I": "火情Ⅰ级", "II": "火情Ⅱ级", "III": "火情Ⅲ级", "IV": "火情Ⅳ级", "task": "核查任务"}
GRADES_EN = {
    "I": "Fire grade I",
    "II": "Fire grade II",
    "III": "Fire grade III",
    "IV": "Fire grade IV",
    "task": "Verification task",
}
ACTIONS = {
    "new": "新报", "update": "更新", "upgrade": "升级", "downgrade": "降级",
    "confirm": "确认", "cancel": "取消", "expire": "到期", "close": "转静",
}  # fmt: skip
CLASSES = {
    "satellite": ("卫星", "satellite"), "aerial": ("航空", "aircraft"), "video": ("视频", "camera"),
    "tower": ("瞭望", "tower"), "ground": ("巡护", "patrol"), "public": ("报警", "call"),
    "sensor": ("传感器", "sensor"),
}  # fmt: skip
CAUTION = "远看勿近；未经核实，勿擅自扑救。"
MEASURES = "派员核查并反馈；通知相邻乡镇；备勤。"


def graded(grade: str) -> str:
    """Return the grade in words; one from I to IV says that the system judged it."""
    return GRADES[grade] if grade == "task" else f"{GRADES[grade]}（系统研判）"


def local(instant: datetime, zone: str) -> str:
    """Return the instant in the region's zone, to the minute, with its offset."""
    there = instant.astimezone(ZoneInfo(zone))
    return f"{there:%Y-%m-%d %H:%M}（UTC{there:%z}）"


def where(incident: Incident) -> str:
    """Return the narrowest known place names, every candidate named, or the coordinates."""
    names: list[str] = []
    for layer in ("city", "county", "township"):
        inside = [p.name for p in incident.places if p.layer == layer and p.relation == "inside"]
        maybe = [p.name for p in incident.places if p.layer == layer and p.relation == "possibly_inside"]
        if inside or maybe:
            names.append("或".join([*inside, *maybe][:4]))
    coordinates = f"{incident.longitude:.4f},{incident.latitude:.4f}"
    return "".join(names) if names else coordinates


def headline(incident: Incident, turn: Turn, zone: str) -> dict[str, str]:
    """Return one line in each language: grade, action, place, time."""
    mark = "〔重建数据〕" if incident.reconstruction else ""
    mark_en = "[reconstruction] " if incident.reconstruction else ""
    place, place_en = where(incident), _place_en(incident)
    at = incident.last_observed_at.astimezone(ZoneInfo(zone))
    return {
        "zh": f"{mark}{graded(incident.grade)}·{ACTIONS[turn.action]}：{place}，{at:%m月%d日%H:%M}",
        "en": f"{mark_en}{GRADES_EN[incident.grade]} · {turn.action}: {place_en}, {at:%Y-%m-%d %H:%M %z}",
    }


def _place_en(incident: Incident) -> str:
    return f"{incident.latitude:.4f} N {incident.longitude:.4f} E within {incident.radius_m / 1000:.1f} km"


def description(incident: Incident, turn: Turn, classes: tuple[str, ...], zone: str) -> dict[str, str]:
    """Return what is known, by whom, how sure, and what is not known."""
    zh_sources = "、".join(CLASSES[c][0] for c in classes)
    en_sources = ", ".join(CLASSES[c][1] for c in classes)
    area, area_en = _area(incident.area_ha)
    last = local(incident.last_observed_at, zone)
    zh = (
        f"{where(incident)}（{incident.longitude:.4f}E {incident.latitude:.4f}N，"
        f"误差半径{incident.radius_m / 1000:.1f}公里）；"
        f"来源：{zh_sources}，{incident.observation_count}条观测、{incident.look_count}次独立观察；"
        f"林火概率{incident.probability:.0%}；{area}；最后所见{last}。"
    )
    en = (
        f"{_place_en(incident)}; seen by {en_sources}: {incident.observation_count} observations in "
        f"{incident.look_count} independent looks; probability {incident.probability:.0%}; {area_en}; "
        f"last seen {last}."
    )
    if turn.action in {"close", "expire"}:
        zh += "无新迹象，未宣布扑灭。"
        en += " No new sign; nobody has declared it out."
    return {"zh": zh, "en": en}


def _area(area_ha: float | None) -> tuple[str, str]:
    if area_ha is None:
        return "过火面积未知", "area unknown"
    return (
        f"热点像元面积预估{area_ha:.0f}公顷（上限）",
        f"pixels cover about {area_ha:.0f} ha (upper bound)",
    )


def legal(incident: Incident, issuer: str, now: datetime) -> Legal:
    """Return the fields that a published warning must state (突发事件应对法, 2024, art. 64)."""
    areas = [
        place.name for place in incident.places if place.layer in {"county", "township", "protected_areas"}
    ]
    radius = f"{incident.longitude:.4f}E {incident.latitude:.4f}N 周围{incident.radius_m / 1000:.1f}公里"
    return Legal(
        category="森林草原火情",
        level=graded(incident.grade),
        starts_at=incident.opened_at,
        affected_area="、".join(dict.fromkeys(areas)) or radius,
        caution=CAUTION,
        measures=MEASURES,
        issuer=issuer,
        issued_at=now,
    )


def expires_at(incident: Incident, hours: float) -> datetime:
    """Return until when the alert is valid: so many hours after its newest evidence."""
    return incident.last_observed_at + timedelta(hours=hours)


def names(places: tuple[Place, ...]) -> tuple[str, ...]:
    """Return the ids of the places the centre lies in."""
    return tuple(place.place_id for place in places if place.relation == "inside")
