"""What is told together as one CAP 1.2 document: an Alert with one info for each fire in each language.

It pages nobody: urgency is *Unknown*, or *Past* for what has ended, and its note says how many there are. The
schema knows no digest; receivers of CAP read each info as they read those of a single alert.
"""

from collections.abc import Iterator

from alerts import phrase
from alerts.cap import (
    CATEGORY,
    COLOUR,
    LANGUAGES,
    NAMESPACE,
    RESTRICTION,
    SEVERITY,
    Options,
    chinese_identifier,
    time_of,
    valued,
)
from alerts.digest import Listed, ordered, title
from alerts.near import plain
from alerts.policy import ENDING
from alerts.routing import TEST
from alerts.text import cautioned
from alerts.xml import Element, written
from schemas.jurisdiction import Jurisdiction
from schemas.receiver import Office

MOST = 50
"""Fires that are told one by one, the gravest; the note counts all."""

STATUSES = ("Actual", "Exercise", TEST)
"""Of several the first that any of them has: nobody may take the real one for an exercise."""


def digest_document(
    options: Options, lines: tuple[Listed, ...], office: Office, profile: Jurisdiction, issuer: str
) -> str:
    """Return the document of a digest of at least one line."""
    known = ordered(lines)
    sent = max(one.issued_at for one in known)
    own = known[0].digest_id
    if options.profile == "cn":
        own = chinese_identifier(options, office.code, sent, own)
    parts = [
        Element("identifier", text=own),
        Element("sender", text=office.cap_sender),
        Element("sent", text=time_of(sent, profile.zone)),
        Element("status", text=next(one for one in STATUSES if any(_status(each) == one for each in known))),
        Element("msgType", text="Alert"),
        Element("scope", text="Restricted"),
        Element("restriction", text=RESTRICTION),
        Element("note", text=" / ".join(title(known, profile).values())),
        Element("incidents", text=" ".join(one.alert_id for one in known)),
    ]
    infos = (
        Element("info", list(_info(options, one, office, profile, language, issuer)))
        for one in known[:MOST]
        for language in profile.languages
    )
    return written(Element("alert", [*parts, *infos], attributes={"xmlns": NAMESPACE}))


def _status(one: Listed) -> str:
    return one.status if one.status in STATUSES else "Exercise"


def _info(  # noqa: PLR0913, PLR0917 - whose line, in which words
    options: Options, one: Listed, office: Office, profile: Jurisdiction, language: str, issuer: str
) -> Iterator[Element]:
    words, over = profile.words[language], one.action in ENDING
    yield Element("language", text=LANGUAGES.get(language, language))
    yield Element("category", text=CATEGORY[one.kind])
    yield Element("event", text=profile.advice.category[one.kind][language])
    yield Element("responseType", text="AllClear" if one.action == "cancel" else "Assess")
    yield Element("urgency", text="Past" if over else "Unknown")
    yield Element("severity", text=(COLOUR if options.profile == "cn" else SEVERITY)[one.grade])
    yield Element("certainty", text="Possible" if one.grade == "task" else "Likely")
    if options.hazard_code:
        yield valued("eventCode", options.hazard_code_name, options.hazard_code)
    yield Element("effective", text=time_of(one.issued_at, profile.zone))
    yield Element("onset", text=time_of(one.observed_at, profile.zone))
    yield Element("senderName", text=issuer or words.short_message.sender)
    headline = one.headline.get(language) or next(iter(one.headline.values()), one.short_code)
    yield Element("headline", text=plain(headline)[:160])
    yield Element("instruction", text=" ".join(cautioned(profile, language, one.kind, ())))
    if office.link:
        yield Element("web", text=f"{office.link}/v1/alerts/{one.alert_id}")
    yield valued("parameter", "grade", one.grade)
    yield valued("parameter", "shortCode", one.short_code)
    at = phrase.position(words, one.longitude, one.latitude, one.radius_m)
    circle = f"{one.latitude:.5f},{one.longitude:.5f} {max(one.radius_m / 1000, 0.001):.3f}"
    described = phrase.filled(words.sentence.around, at)
    yield Element("area", [Element("areaDesc", text=described), Element("circle", text=circle)])
