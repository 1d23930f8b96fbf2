"""Old news is told together: one 补录 digest for a receiver instead of a page for every late alert.

Config::

    [tell]
    digest_window_s = 60.0   # late alerts that come so soon after the first are told in one notice

What a digest lists was told, so its end is told too; but it was no page, so a fresh page still comes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from alerts.routing import RANK
from schemas.alert import Alert
from schemas.units import (
    Action,
    Grade,
    Identifier,
    IncidentKind,
    Latitude,
    Longitude,
    Metres,
    UtcTime,
    Version,
    written,
)

WORDS: dict[Grade, str] = {"I": "Ⅰ级", "II": "Ⅱ级", "III": "Ⅲ级", "IV": "Ⅳ级", "task": "核查任务"}


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [tell]."""

    digest_window_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0


class Listed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One alert in the digest of one receiver, as its newest revision there says."""

    v: Version = written()
    receiver: str
    digest_id: Identifier
    alert_id: Identifier
    revision: int
    action: Action
    kind: IncidentKind
    grade: Grade
    short_code: str
    headline: dict[str, str]
    issued_at: UtcTime
    observed_at: UtcTime
    longitude: Longitude
    latitude: Latitude
    radius_m: Metres


def digest_id(receiver: str, opened_at: UtcTime, alert: Alert) -> str:
    """Return the lasting id of the digest that a receiver's window starts with this revision."""
    words = f"{len(receiver)}:{receiver}{opened_at.isoformat()} {alert.alert_id}.{alert.revision}"
    return "digest_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def line(receiver: str, digest: str, alert: Alert) -> Listed:
    """Return the line of a revision in a digest."""
    return Listed(
        receiver=receiver,
        digest_id=digest,
        alert_id=alert.alert_id,
        revision=alert.revision,
        action=alert.action,
        kind=alert.kind,
        grade=alert.grade,
        short_code=alert.short_code,
        headline=alert.headline,
        issued_at=alert.issued_at,
        observed_at=alert.observed_at,
        longitude=alert.longitude,
        latitude=alert.latitude,
        radius_m=alert.radius_m,
    )


def ordered(lines: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return the lines with the worst grade first, then the newest evidence; the same in any order given."""
    return tuple(
        sorted(lines, key=lambda one: (-RANK[one.grade], -one.observed_at.timestamp(), one.alert_id))
    )


def title(lines: Iterable[Listed]) -> dict[str, str]:
    """Return one line in each language: how many of which grade, and why nobody was paged."""
    grades = Counter(one.grade for one in lines)
    count = grades.total()
    known = sorted(grades, key=lambda grade: -RANK[grade])
    zh = "、".join(f"{WORDS[grade]}{grades[grade]}起" for grade in known)
    en = ", ".join(f"{'task' if grade == 'task' else f'grade {grade}'}: {grades[grade]}" for grade in known)
    return {
        "zh": f"补录{count}起（系统研判）：{zh}。信息迟到，未逐条呼叫，请核查。",
        "en": f"Late reports: {count} ({en}). The data came too late to page for each; please check.",
    }
