"""An alert as one text message: what, its code, where, when, one instruction, how to answer, whom to call.

It is one segment whatever the place is called: at most 70 UTF-16 units, signature included; in English, 160
letters of the GSM alphabet. What is too long is said shorter, never cut off at the end. Probability,
power and carbon are no help on a hillside and do not appear; coordinates and links are for a second part.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple, cast

from alerts import phrase
from alerts.digest import Listed, ordered
from alerts.near import coordinates, readable, wordings
from alerts.policy import ENDING
from alerts.routing import TEST
from alerts.segments import cut, is_gsm7, segments, units
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
from schemas.receiver import Office
from schemas.wording import Ending, Words

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


def words_of(profile: Jurisdiction, language: str) -> Words:
    """Return the words of a language, or of the first where the jurisdiction does not speak it."""
    return profile.words.get(language) or profile.first


def message(alert: Alert, office: Office, profile: Jurisdiction, language: str = "", joint: str = "") -> str:
    """Return the whole message with its signature, always one segment."""
    words = words_of(profile, language)
    return _whole(_fitted(alert, office, words, profile.zone, joint), alert, office, words, joint)


def parts(alert: Alert, office: Office, profile: Jurisdiction, joint: str = "", most: int = 20) -> Parts:
    """Return the variables for a template of which everything else is fixed; the place is at most so long."""
    words = profile.first
    found = _fitted(alert, office, words, profile.zone, joint)
    if units(found.place) <= most:
        return found
    shorter = [place for place in wordings(alert, words) if units(place) <= most]
    return found._replace(place=shorter[0] if shorter else cut(found.place, most))


def second_part(alert: Alert, words: Words, link: str = "") -> str:
    """Return what a second message or a rich channel adds: coordinates with their error, and the link."""
    where = words.short_message.position.format(
        where=coordinates(alert), radius_km=phrase.number(words, alert.radius_m / 1000, 1)
    )
    return f"{where} {link}/v1/alerts/{alert.alert_id}" if link else where


def digest_message(lines: Iterable[Listed], office: Office, profile: Jurisdiction, language: str = "") -> str:
    """Return the message that tells how many alerts there are, late or beyond the budget, and how grave."""
    known, words = ordered(lines), words_of(profile, language)
    short = words.short_message
    sentence = short.digest if all(one.late for one in known) else short.digest_budget
    return sentence.format(
        signature=_signed(office, words),
        count=len(known),
        grade=short.grade[known[0].grade],
        call=_call(office, words),
    )


def note_message(text: str, office: Office, profile: Jurisdiction, language: str = "") -> str:
    """Return a few words with the signature, cut to one segment."""
    words = words_of(profile, language)
    return segments(_signed(office, words) + text)[0]


def approved(alert: Alert, office: Office, words: Words) -> str:
    """Return who approved the instruction of a revision; empty where it is the jurisdiction's own."""
    theirs = bool(office.instruction) and instruction(alert, office, words) == office.instruction
    return office.instruction_by if theirs else ""


def instruction(alert: Alert, office: Office, words: Words) -> str:
    """Return what is told to do: what stands in its place at an end, the office's own, or the profile's."""
    if alert.kind == "blind":
        return words.lost.back if alert.action == "close" else words.lost.instruction
    if alert.kind == "outbreak" and alert.action not in ENDING:
        return words.pest.instruction
    if alert.order:
        return words.short_message.pull_back_instruction
    if alert.action == "close" and alert.reasons and alert.reasons[0].code == "declared_out":
        return words.short_message.declared_out
    instead = words.short_message.instead.get(cast("Ending", alert.action), "")
    own = office.instruction if readable(office.instruction, words) and not _storm(alert, office) else ""
    return instead or own or words.short_message.instruction


def _storm(alert: Alert, office: Office) -> bool:
    """Return whether the wind is so strong that no text of an office may send anybody near."""
    return alert.kind == "fire" and alert.wind_ms is not None and alert.wind_ms >= office.keep_away_wind_ms


def _fitted(alert: Alert, office: Office, words: Words, zone: str, joint: str) -> Parts:
    """Return the parts with the fullest place that leaves the message whole."""
    made = Parts(word(alert, words), cut(alert.short_code, 6), "", _time(alert, zone))
    for place in _shorter(alert, words):
        tried = made._replace(place=place)
        if len(segments(_whole(tried, alert, office, words, joint))) == 1:
            return tried
    return made


def _shorter(alert: Alert, words: Words) -> Iterator[str]:
    place = ""
    for place in wordings(alert, words):
        yield place
    for room in range(units(place) - 1, 0, -1):
        yield cut(place, room)


def word(alert: Alert, words: Words) -> str:
    """Return what it is: the grade as the system judges it, a task, or the end of either."""
    short = words.short_message
    mark, kind = short.reconstruction if alert.reconstruction else "", short.kind[alert.kind]
    mark += short.drill if alert.status == TEST else ""
    if alert.order:
        return mark + short.pull_back
    if alert.action in short.ending:
        return short.ended.format(mark=mark, ending=short.ending[alert.action], kind=kind)
    if alert.grade == "task":
        return short.task.format(mark=mark) + _new_fields(alert, words)
    return short.judged.format(mark=mark, kind=kind, grade=short.grade[alert.grade]) + _new_fields(
        alert, words
    )


def _new_fields(alert: Alert, words: Words) -> str:
    """Return in how many fields it burns when that is news; who stands between them must know."""
    news = next((one for one in alert.reasons if one.code == "new_field" and one.value is not None), None)
    if news is None:
        return ""
    return words.short_message.fields.format(fields=phrase.number(words, news.value or 0.0))


def _time(alert: Alert, zone: str) -> str:
    old = alert.issued_at - alert.observed_at > OLD
    return phrase.moment("%m-%d %H:%M" if old else "%H:%M", alert.observed_at, zone)


def _whole(parts: Parts, alert: Alert, office: Office, words: Words, joint: str) -> str:
    short, told = words.short_message, instruction(alert, office, words)
    asks = (
        alert.action not in ENDING
        and alert.kind != "blind"
        and (is_gsm7(short.message) or _room(parts, office, told))
    )
    return short.message.format(
        signature=_signed(office, words),
        joint=joint,
        instruction=told,
        reply=(short.pull_back_reply if alert.order else short.reply).format(code=parts.code) if asks else "",
        call=_call(office, words),
        **parts._asdict(),
    )


def _call(office: Office, words: Words) -> str:
    return words.short_message.call.format(phone=office.duty_phone) if office.duty_phone else ""


def _signed(office: Office, words: Words) -> str:
    """Return the signature, nothing when it is not in the letters of the message."""
    if not readable(office.signature, words):
        return ""
    return words.short_message.signature.format(signature=office.signature)


def _room(parts: Parts, office: Office, told: str) -> bool:
    """Return whether the fixed words leave a place its least room beside the hint how to answer."""
    fixed = units(office.signature + parts.word + parts.code * 2 + parts.time + told)
    return fixed + units(office.duty_phone) + 14 + LEAST_PLACE <= 70
