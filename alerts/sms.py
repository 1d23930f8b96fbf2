"""An alert as one text message: what, its code, where, when, one instruction, how to answer, whom to call.

It is one segment whatever the place is called: at most 70 UTF-16 units, signature included; in English, 160
letters of the GSM alphabet. What is too long is said shorter, never cut off at the end. Probability,
power and carbon are no help on a hillside and do not appear; coordinates and links are for a second part.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.digest import Listed, ordered
from alerts.near import Language, coordinates, wordings
from alerts.policy import ENDING
from alerts.segments import cut, is_gsm7, segments, units
from schemas.alert import Alert
from schemas.receiver import Office
from schemas.units import Grade

LEVELS: dict[Grade, str] = {"I": "Ⅰ级", "II": "Ⅱ级", "III": "Ⅲ级", "IV": "Ⅳ级", "task": "核查任务"}
KINDS = {
    "fire": ("火情", "Fire"),
    "outbreak": ("疑似虫情", "Suspected pest"),
    "blind": ("监测中断", "No view"),
}
ENDS = {
    "cancel": ("撤销", "Cancelled", "原报撤销", "Called off"),
    "expire": ("到期", "Expired", "未宣布扑灭", "Not declared out"),
    "close": ("转静", "Quiet", "未宣布扑灭", "Not declared out"),
    "downgrade": ("降级", "Lowered", "", ""),
}
"""What the last words on an alert are called, and what stands in place of the instruction."""

KEEP_AWAY_EN = "Keep away"
LEAST_PLACE = 6
"""UTF-16 units a place keeps at least; the hint how to answer goes first."""

OLD = timedelta(hours=12)
"""From here on the day is said too."""


class Parts(NamedTuple):
    """What varies from one message to the next: the variables of an approved template."""

    word: str
    code: str
    place: str
    time: str


def message(alert: Alert, office: Office, zone: str, language: Language = "zh", joint: str = "") -> str:
    """Return the whole message with its signature, always one segment."""
    return _whole(_fitted(alert, office, zone, language, joint), alert, office, language, joint)


def parts(alert: Alert, office: Office, zone: str, joint: str = "", most: int = 20) -> Parts:
    """Return the variables for a template of which everything else is fixed; the place is at most so long."""
    found = _fitted(alert, office, zone, "zh", joint)
    if units(found.place) <= most:
        return found
    shorter = [place for place in wordings(alert, "zh") if units(place) <= most]
    return found._replace(place=shorter[0] if shorter else cut(found.place, most))


def second_part(alert: Alert, link: str = "") -> str:
    """Return what a second message or a rich channel adds: coordinates with their error, and the link."""
    where = f"坐标{coordinates(alert)}(WGS84),误差{alert.radius_m / 1000:.1f}km"
    return f"{where} {link}/v1/alerts/{alert.alert_id}" if link else where


def digest_message(lines: Iterable[Listed], office: Office, language: Language = "zh") -> str:
    """Return the message that tells how many late alerts of which grade there are."""
    known = ordered(lines)
    if language == "en":
        text = f"{_signed(office)}{len(known)} late reports, worst: {known[0].grade}. Please check."
        return text + _call(office, language)
    count = len(known)
    text = f"【{office.signature}】补录{count}起,最高{LEVELS[known[0].grade]}。信息迟到,未逐条呼叫,请核查。"
    return text + _call(office, language)


def _fitted(alert: Alert, office: Office, zone: str, language: Language, joint: str) -> Parts:
    """Return the parts with the fullest place that leaves the message whole."""
    made = Parts(word(alert, language), cut(alert.short_code, 6), "", _time(alert, zone))
    for place in _shorter(alert, language):
        tried = made._replace(place=place)
        if len(segments(_whole(tried, alert, office, language, joint))) == 1:
            return tried
    return made


def _shorter(alert: Alert, language: Language) -> Iterator[str]:
    place = ""
    for place in wordings(alert, language):
        yield place
    for room in range(units(place) - 1, 0, -1):
        yield cut(place, room)


def word(alert: Alert, language: Language) -> str:
    """Return what it is: the grade as the system judges it, a task, or the end of either."""
    kind, kind_en = KINDS[alert.kind]
    mark, mark_en = ("〔重建〕", "EXERCISE ") if alert.reconstruction else ("", "")
    if alert.action in ENDS:
        end, end_en, _, _ = ENDS[alert.action]
        return f"{mark_en}{end_en}: {kind_en}" if language == "en" else f"{mark}{end}{kind}"
    if alert.grade == "task":
        return f"{mark_en}Check" if language == "en" else f"{mark}核查"
    return (
        f"{mark_en}{kind_en} {alert.grade}" if language == "en" else f"{mark}研判{kind}{LEVELS[alert.grade]}"
    )


def _time(alert: Alert, zone: str) -> str:
    at = alert.observed_at.astimezone(ZoneInfo(zone))
    return f"{at:%m-%d %H:%M}" if alert.issued_at - alert.observed_at > OLD else f"{at:%H:%M}"


def _whole(parts: Parts, alert: Alert, office: Office, language: Language, joint: str) -> str:
    asks = alert.action not in ENDING
    _, _, end, end_en = ENDS.get(alert.action, ("", "", "", ""))
    if language == "en":
        head = f"{_signed(office)}{parts.word} {parts.code}: {parts.place}, {parts.time}."
        reply = f" Reply {parts.code} YES/NO." if asks else ""
        return f"{head} {end_en or KEEP_AWAY_EN}.{reply}{_call(office, language)}"
    reply = f",回{parts.code}有/无" if asks and _room(parts, office) else ""
    head = f"【{office.signature}】{parts.word}{joint}{parts.code}:{parts.place},{parts.time}。"
    return head + (end or office.instruction) + reply + "。" + _call(office, language)


def _call(office: Office, language: Language) -> str:
    if not office.duty_phone:
        return ""
    return f" Tel {office.duty_phone}" if language == "en" else f"电{office.duty_phone}"


def _signed(office: Office) -> str:
    """Return the signature of an English message, nothing when it is not in its letters."""
    return f"[{office.signature}] " if is_gsm7(office.signature) else ""


def _room(parts: Parts, office: Office) -> bool:
    """Return whether the fixed words leave a place its least room beside the hint how to answer."""
    fixed = units(office.signature + parts.word + parts.code * 2 + parts.time + office.instruction)
    return fixed + units(office.duty_phone) + 14 + LEAST_PLACE <= 70
