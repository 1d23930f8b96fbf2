"""Whose word takes back what was told, and why: an office by name with its text, or the system.

A cancel, or a lower grade of what was I or II, never comes without both, on any way out. What no person
signed says so: it is the system that judged anew, and people may hold it against what they see.
"""

from collections.abc import Iterator
from typing import NamedTuple

from alerts.near import inline, readable
from alerts.policy import UNTELLING
from alerts.segments import cut, is_gsm7, units
from schemas.alert import Alert
from schemas.wording import Words

NAME_MOST, NAME_LEAST = 8, 4
"""UTF-16 units that a name keeps where there is little room, and where there is hardly any."""

TEXT_MOST, TEXT_LEAST = 60, 4
"""Of a reason: the longest that is tried where the whole does not fit, and the shortest."""


class Why(NamedTuple):
    """Who takes back, and why."""

    who: str
    why: str


def signed(alert: Alert, words: Words) -> str:
    """Return why this takes back and who says so, in one sentence; empty for what takes nothing back."""
    found = why_of(alert, words)
    return "" if found is None else words.sentence.taken_back.format(**found._asdict())


def why_of(alert: Alert, words: Words) -> Why | None:
    """Return who takes back and why, in full; None for what takes nothing back."""
    if alert.action not in UNTELLING or alert.action in {"expire", "close"}:
        return None
    who, why = _office(alert)
    is_drill = any(one.code == "drill_over" for one in alert.reasons)
    by_itself = words.sentence.drill_over if is_drill else words.sentence.judged_anew
    return Why(who or words.short_message.sender, inline(why) or by_itself)


def reasons(alert: Alert, words: Words) -> Iterator[str]:
    """Yield ways to say why in a text message, the fullest first; one empty text for what takes nothing back.

    Where a message is in letters of one alphabet, a text in others is asked for at the office.
    """
    found, short = why_of(alert, words), words.short_message
    if found is None:
        yield ""
        return
    if not readable(found.why, words):
        yield short.unwritten
        return
    dots = ".." if is_gsm7(short.message) else "…"
    name = found.who if readable(found.who, words) else ""
    yield _said(words, name, found.why)
    name = shortened(name, NAME_MOST, dots)
    yield _said(words, name, found.why)
    for room in range(min(units(found.why), TEXT_MOST) - 1, TEXT_LEAST - 1, -1):
        yield _said(words, name, cut(found.why, room) + dots)
    yield _said(words, shortened(name, NAME_LEAST, dots), shortened(found.why, TEXT_LEAST, dots))


def shortened(text: str, room: int, dots: str) -> str:
    """Return the text, or so many of its UTF-16 units and the mark that something is left out."""
    return text if units(text) <= room else cut(text, room) + dots


def _said(words: Words, who: str, why: str) -> str:
    return words.short_message.reason.format(who=who, why=why) if who else why


def _office(alert: Alert) -> tuple[str, str]:
    """Return name and written reason of the verdict in force; empty when no office has ruled."""
    feedback = alert.feedback
    if feedback is None or not feedback.ruling or feedback.overcome:
        return "", ""
    for step in feedback.steps:
        if step.verdict_id == feedback.ruled_by:
            return inline(step.author), step.text
    return "", ""
