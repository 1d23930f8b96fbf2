"""One revision as a CAP 1.2 document (OASIS, Common Alerting Protocol 1.2, July 2010), one info a language.

An update or a cancel refers to what it follows. Times carry their offset and never `Z`, which the schema
refuses. The Chinese profile is a switch: severity by colour, an identifier of 31 characters (GB/T 35965.1).
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from alerts.cap_area import area
from alerts.following import followed
from alerts.near import plain, uncertain
from alerts.policy import ENDING
from alerts.routing import TEST
from alerts.stand_in_words import in_place
from alerts.text import cautioned
from alerts.untelling import signed
from alerts.xml import Element, written
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
from schemas.receiver import Office
from schemas.wording import Words

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA = "application/cap+xml"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
SEVERITY = {"I": "Extreme", "II": "Severe", "III": "Moderate", "IV": "Minor", "task": "Unknown"}
COLOUR = {"I": "Red", "II": "Orange", "III": "Yellow", "IV": "Blue", "task": "Unknown"}
CATEGORY = {"fire": "Fire", "outbreak": "Env", "blind": "Safety"}
OWN = 10**6
"""So many inner codes and serials an office has for each second of the Chinese profile."""

PUBLIC = "Public"
"""Scope of what an officer let out."""

RESTRICTION = "For those it is addressed to; not for publication."
LIKELY = 0.5
"""CAP 1.2 section 3.2.2: likely is above about 50 %."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.cap]."""

    profile: Annotated[Literal["oasis", "cn"], Meta(description="Plain CAP 1.2, or the Chinese profile.")] = (
        "oasis"
    )
    hazard_code: Annotated[str, Meta(description="Code of a fire in your own table; empty: none.")] = ""
    hazard_code_name: str = "eventCode"
    organisation: Annotated[
        str, Meta(pattern="^[0-9]{3}$", description="Own code, GB/T 4657; profile `cn`.")
    ] = "000"


def identifier(alert: Alert) -> str:
    """Return the identifier of a revision: `alert_id.revision`."""
    return f"{alert.alert_id}.{alert.revision}"


def chinese_identifier(options: Options, code: str, sent: datetime, name: str) -> str:
    """Return the identifier of the Chinese profile: area, organisation, inner code, Beijing time, serial.

    Its time ends at the second, in which one office may tell of many fires. So the six digits that are the
    office's own, five of the inner code and the serial, come from the lasting `name` of what it tells.

    >>> chinese_identifier(Options(organisation="416"), "513401", datetime(2020, 3, 30, 8, tzinfo=UTC), "a.1")
    '51340141631139_20200330160000_5'
    """
    beijing = sent.astimezone(UTC) + timedelta(hours=8)
    own = f"{int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], 'big') % OWN:06d}"
    return f"{code or '000000'}{options.organisation}{own[:5]}_{beijing:%Y%m%d%H%M%S}_{own[5]}"


def document(
    options: Options, alert: Alert, office: Office, profile: Jurisdiction, before: Sequence[Alert] = ()
) -> str:
    """Return the document; `before` are earlier revisions it follows, oldest first, as far as they are known.

    Without them it follows what is noted of its receiver (alerts/following.py), and without that too the
    revision before it.
    """
    zone = profile.zone
    names = _References(options, alert, office, zone, before)
    kind, followed = message_type(alert), names.all()
    if kind != "Alert" and not followed:
        kind = "Alert"
    parts = [
        Element("identifier", text=names.own()),
        Element("sender", text=office.cap_sender),
        Element("sent", text=time_of(alert.issued_at, zone)),
        Element("status", text=alert.status),
        Element("msgType", text=kind),
        Element("scope", text=alert.scope),
    ]
    if alert.scope != PUBLIC:
        parts.append(Element("restriction", text=RESTRICTION))
    if alert.reconstruction:
        parts.append(Element("note", text="Reconstruction; nothing burns."))
    elif alert.status == TEST:
        parts.append(Element("note", text="Drill; nothing burns."))
    if kind != "Alert":
        parts.append(Element("references", text=" ".join(followed)))
    infos = [_info(options, alert, office, profile, language) for language in alert.headline]
    return written(Element("alert", [*parts, *infos], attributes={"xmlns": NAMESPACE}))


def message_type(alert: Alert) -> str:
    """Return Alert for what is new, Cancel for what is taken back, Update for all else.

    What closes or expires is an update whose time is past: nobody has said that it was wrong.
    """
    return {"new": "Alert", "cancel": "Cancel"}.get(alert.action, "Update")


class _References(Struct, frozen=True):
    options: Options
    alert: Alert
    office: Office
    zone: str
    before: Sequence[Alert]

    def own(self) -> str:
        return self.name(self.alert.revision, self.alert.issued_at)

    def name(self, revision: int, sent: datetime, alert_id: str = "") -> str:
        name = f"{alert_id or self.alert.alert_id}.{revision}"
        if self.options.profile == "cn":
            return chinese_identifier(self.options, self.office.code, sent, name)
        return name

    def all(self) -> list[str]:
        alert, known = self.alert, [one for one in self.before if one.revision < self.alert.revision]
        sent = [(alert.alert_id, one.revision, one.issued_at) for one in known] or followed(alert)
        if not sent and alert.previous_issued_at is not None:
            sent = [(alert.alert_id, alert.revision - 1, alert.previous_issued_at)]
        return [
            f"{self.office.cap_sender},{self.name(revision, at, alert_id)},{time_of(at, self.zone)}"
            for alert_id, revision, at in sorted(sent)
        ]


def _info(options: Options, alert: Alert, office: Office, profile: Jurisdiction, language: str) -> Element:
    return Element("info", list(_info_parts(options, alert, office, profile, language)))


def _info_parts(
    options: Options, alert: Alert, office: Office, profile: Jurisdiction, language: str
) -> Iterator[Element]:
    # An alert of another jurisdiction may speak a language that this one lacks: its own words then stand.
    own = language if language in profile.languages else profile.languages[0]
    zone, advice = profile.zone, profile.advice
    yield Element("language", text=LANGUAGES.get(language, language))
    yield Element("category", text=CATEGORY[alert.kind])
    yield Element("event", text=advice.category[alert.kind][own])
    yield Element("responseType", text="AllClear" if alert.action == "cancel" else "Assess")
    yield Element("urgency", text=_urgency(alert))
    yield Element("severity", text=(COLOUR if options.profile == "cn" else SEVERITY)[alert.grade])
    yield Element("certainty", text=_certainty(alert))
    if options.hazard_code:
        yield valued("eventCode", options.hazard_code_name, options.hazard_code)
    yield Element("effective", text=time_of(alert.issued_at, zone))
    yield Element("onset", text=time_of(alert.legal.starts_at, zone))
    yield Element("expires", text=time_of(alert.expires_at, zone))
    yield Element("senderName", text=alert.legal.issuer or profile.words[own].short_message.sender)
    yield Element("headline", text=plain(alert.headline[language])[:160])
    yield Element("description", text=_described(alert, profile.words[own], language))
    yield Element("instruction", text=" ".join(cautioned(profile, own, alert.kind, alert.reasons)))
    if office.link:
        yield Element("web", text=f"{office.link}/v1/alerts/{alert.alert_id}")
    yield valued("parameter", "grade", alert.grade)
    if options.profile != "cn" and alert.grade != "task":
        yield valued("parameter", "severityColor", COLOUR[alert.grade])
    yield area(alert, profile)


def _described(alert: Alert, words: Words, language: str) -> str:
    """Return what is known, why it takes back and who says so, that its place is uncertain, who is silent."""
    said = (
        in_place(alert, words),
        alert.description.get(language, ""),
        signed(alert, words),
        uncertain(alert, words),
    )
    return " ".join(filter(None, said))


def _urgency(alert: Alert) -> str:
    if alert.action in ENDING:
        return "Past"
    return "Immediate" if alert.grade in {"I", "II"} else "Expected"


def _certainty(alert: Alert) -> str:
    if alert.action == "confirm":
        return "Observed"
    return "Likely" if alert.probability > LIKELY else "Possible"


def valued(name: str, value_name: str, value: str) -> Element:
    """Return an element of a name and a value, as CAP has for codes and parameters."""
    return Element(name, [Element("valueName", text=value_name), Element("value", text=value)])


def time_of(instant: datetime, zone: str) -> str:
    """Return the instant to the second in its zone; UTC is `-00:00`, for `Z` is refused."""
    text = instant.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    return text[:-6] + "-00:00" if text.endswith("+00:00") else text
