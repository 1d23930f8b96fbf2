"""An alert for ways with room for it: a few lines of Markdown, the most important first.

What does not fit into the bytes of a way is left out line by line from the end, never cut inside a line.
"""

from collections.abc import Iterable

from alerts import phrase
from alerts.channels.base import Given, Message
from alerts.digest import Listed, ordered, title
from alerts.link import MARK
from alerts.near import coordinates, uncertain
from alerts.policy import ENDING
from alerts.sms import instruction, word
from alerts.untelling import signed
from schemas.alert import Alert
from schemas.receiver import Receiver

BREAK = "\n\n---\n\n"
"""Between messages that go out as one."""


def language_of(given: Given, receiver: Receiver) -> str:
    """Return the language a message is written in: the receiver's, else the first of the jurisdiction."""
    wanted = receiver.language.partition("-")[0]
    known = [one for one in (receiver.language, wanted) if one in given.profile.languages]
    return (*known, given.profile.languages[0])[0]


def markdown(given: Given, alert: Alert, receiver: Receiver, most_bytes: int) -> str:
    """Return what is said of one revision, under so many bytes of UTF-8."""
    language = language_of(given, receiver)
    return within(_lines(given, alert, language), most_bytes)


def markdown_digest(given: Given, lines: tuple[Listed, ...], receiver: Receiver, most_bytes: int) -> str:
    """Return what is said of late alerts: how many, and the worst as far as there is room."""
    language, known = language_of(given, receiver), ordered(lines)
    head = _of(title(known, given.profile), language)
    return within(
        [f"**{safe(head)}**", *(f"- {safe(_of(one.headline, language))}" for one in known)], most_bytes
    )


def markdown_note(_given: Given, text: str, _receiver: Receiver) -> Message:
    """Return a few words that are no alert."""
    return Message(safe(text))


def within(lines: Iterable[str], most_bytes: int) -> str:
    """Return as many whole lines from the start as fit; of a first that does not, whole letters."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if len(longer.encode()) > most_bytes:
            break
        text = longer
    else:
        return text
    return text or line.encode()[:most_bytes].decode(errors="ignore")


def joined(bodies: tuple[str, ...], most_bytes: int) -> tuple[str, int]:
    """Return the first few texts as one, and how many they are; one at least, each text once."""
    text, taken = bodies[0], 1
    for body in bodies[1:]:
        longer = text if body in text.split(BREAK) else text + BREAK + body
        if len(longer.encode()) > most_bytes:
            break
        text, taken = longer, taken + 1
    return text, taken


def safe(text: str) -> str:
    """Return the text without what Markdown would take for markup, a mention or a line."""
    kept = text.translate({ord(letter): " " for letter in "\r\n\t`*_[]<>#@\\|"})
    return " ".join(kept.split())


def _lines(given: Given, alert: Alert, language: str) -> list[str]:
    office, words = given.office, given.profile.words[language]
    short = words.short_message
    asks = alert.action not in ENDING
    lines = [
        f"**{safe(word(alert, words))} {safe(alert.short_code)}**",
        safe(_of(alert.headline, language)),
        f"> {instruction(alert, office, words)}" if asks else "",
        safe(signed(alert, words)),
        safe(uncertain(alert, words)),
    ]
    if asks and office.link and office.link_secret_env:
        lines.append(f"[{words.page.link}]({MARK})")
    if asks:
        lines.append(short.reply_line.format(code=alert.short_code))
    if office.duty_phone:
        lines.append(short.call_line.format(phone=office.duty_phone))
    radius_km = phrase.number(words, alert.radius_m / 1000, 1)
    lines.append(short.position_line.format(where=coordinates(alert), radius_km=radius_km))
    lines.append(safe(_of(alert.description, language)))
    if office.link:
        lines.append(f"[{alert.alert_id}]({office.link}/v1/alerts/{alert.alert_id})")
    return [line for line in lines if line]


def _of(texts: dict[str, str], language: str) -> str:
    """Return the text of a language, or any other rather than none."""
    return texts.get(language) or next(iter(texts.values()), "")
