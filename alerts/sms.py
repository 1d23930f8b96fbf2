"""An alert as one text message: what, its code, where, when, one instruction, how to answer, whom to call.

It is one segment whatever the place is called: at most 70 UTF-16 units, signature included; in English, 160
letters of the GSM alphabet. What is too long is said shorter, never cut off at the end. Probability,
power and carbon are no help on a hillside and do not appear; coordinates and links are for a second part.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple, cast

from alerts import phrase
from alerts.blind import ended
from alerts.digest import Listed, ordered
from alerts.near import coordinates, readable, wordings
from alerts.news_words import with_news
from alerts.policy import ENDING
from alerts.routing import TEST
from alerts.segments import cut, is_gsm7, segments, units
from alerts.stand_in_words import ever_shorter, in_place
from alerts.untelling import NAME_MOST, reasons
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
from schemas.receiver import Office
from schemas.short_message import Ending
from schemas.wording import Words

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
    why: str = ""


def words_of(profile: Jurisdiction, language: str) -> Words:
    """Return the words of a language, or of the first where the jurisdiction does not speak it."""
    return profile.words.get(language) or profile.first


def message(alert: Alert, office: Office, profile: Jurisdiction, language: str = "", joint: str = "") -> str:
    """Return the whole message with its signature, always one segment."""
    words = words_of(profile, language)

    def whole(made: Parts) -> str:
        return _whole(made, alert, office, words, joint)

    def fits(made: Parts) -> bool:
        return len(segments(whole(made))) == 1

    return whole(fitted(alert, words, time_of(alert, profile.zone), fits))


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
        signature=signature_of(office, words),
        count=len(known),
        grade=short.grade[known[0].grade],
        call=call_of(office, words),
    )


def note_message(text: str, office: Office, profile: Jurisdiction, language: str = "") -> str:
    """Return a few words with the signature, cut to one segment."""
    words = words_of(profile, language)
    return segments(signature_of(office, words) + text)[0]


def approved(alert: Alert, office: Office, words: Words) -> str:
    """Return who approved the instruction of a revision; empty where it is the jurisdiction's own."""
    theirs = bool(office.instruction) and instruction(alert, office, words) == office.instruction
    return office.instruction_by if theirs else ""


def instruction(alert: Alert, office: Office, words: Words) -> str:
    """Return what is told to do: what stands in its place at an end, the office's own, or the profile's."""
    if alert.kind == "blind":
        return ended(words, alert.reasons[0]) if alert.action == "close" else words.lost.instruction
    if alert.kind == "outbreak" and alert.action not in ENDING:
        return words.pest.instruction
    if alert.order:
        return words.short_message.pull_back_instruction
    if alert.action == "close" and alert.reasons and alert.reasons[0].code == "declared_out":
        return words.short_message.declared_out
    instead = words.short_message.instead.get(cast("Ending", alert.action), "")
    if alert.kind == "outbreak" and alert.action in {"close", "expire"}:
        instead = words.pest.not_over or instead
    is_fit = readable(office.instruction, words) and not _may_storm(alert, office)
    return instead or (office.instruction if is_fit else "") or words.short_message.instruction


def _may_storm(alert: Alert, office: Office) -> bool:
    """Return whether the wind is, or for all that is known may be, so strong that nobody is sent near."""
    if alert.kind != "fire" or office.instruction_any_wind:
        return False
    return alert.wind_ms is None or alert.wind_ms >= office.keep_away_wind_ms


def fitted(alert: Alert, words: Words, time: str, fits: Callable[[Parts], bool]) -> Parts:
    """Return the parts with the fullest place and reason that fit.

    First the place is said shorter, then the reason, then the place is cut; news and reason go last, and
    of who has not answered first a long name.
    """
    full = Parts(word(alert, words), cut(alert.short_code, 6), "", time)
    bare = full._replace(word=bare_word(alert, words))
    shorter = (full._replace(word=before + bare.word) for before in ever_shorter(alert, words))
    for made in dict.fromkeys((full, *shorter, bare)):
        for place, why in _ways(alert, words):
            tried = made._replace(place=place, why=why)
            if fits(tried):
                return tried
    return bare


def _ways(alert: Alert, words: Words) -> Iterator[tuple[str, str]]:
    """Yield place and reason, ever shorter."""
    places, whys = list(wordings(alert, words)), list(reasons(alert, words))
    shortest = places[-1]
    yield from ((place, whys[0]) for place in places)
    yield from ((shortest, why) for why in whys[1:])
    cuts = [cut(shortest, room) for room in range(units(shortest) - 1, 0, -1)]
    yield from ((place, whys[-1]) for place in cuts)
    if whys[-1]:
        yield from ((place, "") for place in (*places, *cuts))


def word(alert: Alert, words: Words) -> str:
    """Return what it is, and the news that a revision brings to those who know of it.

    In somebody's place it says before all else who has not answered.
    """
    return with_news(in_place(alert, words, NAME_MOST) + bare_word(alert, words), alert, words)


def bare_word(alert: Alert, words: Words) -> str:
    """Return what it is: the grade as the system judges it, a task, or the end of either."""
    short = words.short_message
    mark, kind = short.reconstruction if alert.reconstruction else "", short.kind[alert.kind]
    mark += short.drill if alert.status == TEST else ""
    if alert.order:
        return mark + short.pull_back
    if alert.action in short.ending:
        return short.ended.format(mark=mark, ending=short.ending[alert.action], kind=kind)
    if alert.grade == "task":
        return short.task.format(mark=mark)
    return short.judged.format(mark=mark, kind=kind, grade=short.grade[alert.grade])


def time_of(alert: Alert, zone: str, *, brief: bool = False) -> str:
    """Return the time of day of the newest evidence; long ago with its day, which alone is `brief`."""
    old = alert.issued_at - alert.observed_at > OLD
    return phrase.moment(("%m-%d" if brief else "%m-%d %H:%M") if old else "%H:%M", alert.observed_at, zone)


def _whole(parts: Parts, alert: Alert, office: Office, words: Words, joint: str) -> str:
    short, told = words.short_message, instruction(alert, office, words)
    asks = (
        alert.action not in ENDING
        and alert.kind != "blind"
        and not parts.why
        and (is_gsm7(short.message) or _room(parts, office, told))
    )
    return short.message.format(
        signature=signature_of(office, words),
        joint=joint,
        instruction=told,
        reply=(short.pull_back_reply if alert.order else short.reply).format(code=parts.code) if asks else "",
        call=call_of(office, words),
        **parts._asdict() | {"why": short.because.format(reason=parts.why) if parts.why else ""},
    )


def call_of(office: Office, words: Words) -> str:
    """Return the duty telephone in the words of a message; empty where there is none."""
    return words.short_message.call.format(phone=office.duty_phone) if office.duty_phone else ""


def signature_of(office: Office, words: Words) -> str:
    """Return the signature, nothing when it is not in the letters of the message."""
    if not readable(office.signature, words):
        return ""
    return words.short_message.signature.format(signature=office.signature)


def _room(parts: Parts, office: Office, told: str) -> bool:
    """Return whether the fixed words leave a place its least room beside the hint how to answer."""
    fixed = units(office.signature + parts.word + parts.code * 2 + parts.time + told)
    return fixed + units(office.duty_phone) + 14 + LEAST_PLACE <= 70
