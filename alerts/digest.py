"""Old news is told together: one digest (补录) for a receiver instead of a page for every late alert.

Config::

    [tell]
    digest_window_s = 60.0   # late alerts that come so soon after the first are told in one notice
    budget_window_s = 1800.0 # the same for what is beyond a receiver's budget
    answer_fire_i_s = 180.0  # from when it is due; without an answer by then `escalate_to` are told
    answer_fire_ii_s = 600.0 # the same of a fire of grade II
    answer_task_s = 1800.0   # the same of a task
    answer_outbreak_i_s = 7200.0 # the same of an outbreak of grade I
    untaken_s = 1800.0       # the rest: when no gateway took it by then, they are told
    receipt_s = 180.0        # fire Ⅰ, Ⅱ: without a receipt by then the next way is tried
    refuted_s = 3600.0       # so long a receipt that says never still counts as a failure
    patience_grave_s = 20.0  # a gateway that asks fire Ⅰ, Ⅱ to wait longer is left for the next way
    patience_s = 120.0       # the same for fire Ⅲ, Ⅳ and pests; a digest or a task waits

What a digest lists was told, so its end is told too; but it was no page, so a fresh page still comes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from alerts import phrase
from alerts.routing import RANK
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
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
from schemas.wording import Words


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [tell]."""

    digest_window_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0
    budget_window_s: Annotated[float, Meta(ge=0, le=86_400)] = 1800.0
    answer_fire_i_s: Annotated[float, Meta(ge=1, le=86_400)] = 180.0
    answer_fire_ii_s: Annotated[float, Meta(ge=1, le=86_400)] = 600.0
    answer_task_s: Annotated[float, Meta(ge=1, le=86_400)] = 1800.0
    answer_outbreak_i_s: Annotated[float, Meta(ge=1, le=86_400)] = 7200.0
    untaken_s: Annotated[float, Meta(ge=1, le=86_400)] = 1800.0
    receipt_s: Annotated[float, Meta(ge=1, le=86_400)] = 180.0
    refuted_s: Annotated[float, Meta(ge=1, le=86_400)] = 3600.0
    patience_grave_s: Annotated[float, Meta(ge=0, le=86_400)] = 20.0
    patience_s: Annotated[float, Meta(ge=0, le=86_400)] = 120.0


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
    status: str = "Exercise"
    """As CAP says it."""
    late: bool = True
    """Old news; else the receiver's budget was used up."""


def digest_id(receiver: str, opened_at: UtcTime, alert: Alert) -> str:
    """Return the lasting id of the digest that a receiver's window starts with this revision."""
    words = f"{len(receiver)}:{receiver}{opened_at.isoformat()} {alert.alert_id}.{alert.revision}"
    return "digest_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def line(receiver: str, digest: str, alert: Alert, *, late: bool = True) -> Listed:
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
        status=alert.status,
        late=late,
    )


def ordered(lines: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return the lines with the worst grade first, then the newest evidence; the same in any order given."""
    return tuple(
        sorted(lines, key=lambda one: (-RANK[one.grade], -one.observed_at.timestamp(), one.alert_id))
    )


def title(lines: Iterable[Listed], profile: Jurisdiction) -> dict[str, str]:
    """Return one line in each language: how many of which grade, and why nobody was paged."""
    rows = list(lines)
    grades, late = Counter(one.grade for one in rows), all(one.late for one in rows)
    known = sorted(grades, key=lambda grade: -RANK[grade])
    return {language: _title(profile.words[language], known, grades, late) for language in profile.languages}


def _title(words: Words, known: list[Grade], grades: Counter[Grade], late: bool) -> str:  # noqa: FBT001 - which of two sentences
    parts = (
        words.sentence.digest_grade.format(
            grade=words.short[grade], count=phrase.number(words, grades[grade])
        )
        for grade in known
    )
    sentence = words.sentence.digest if late else words.sentence.digest_budget
    return sentence.format(count=phrase.number(words, grades.total()), grades=phrase.joined(words, parts))
