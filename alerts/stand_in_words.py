"""What is told in somebody's place says so first: who has not answered, and since when."""

from collections.abc import Iterator
from datetime import datetime

from alerts.escalation import unanswered
from alerts.near import inline, readable
from alerts.segments import is_gsm7
from alerts.untelling import NAME_LEAST, NAME_MOST, shortened
from schemas.alert import Alert
from schemas.wording import Words


def in_place(alert: Alert, words: Words, most: int = 1_000) -> str:
    """Return who has not answered and since when, the name in at most so many UTF-16 units; else nothing."""
    found, short = unanswered(alert), words.short_message
    if found is None:
        return ""
    dots = ".." if is_gsm7(short.message) else "…"
    name = inline(found.ref)
    known = shortened(name, most, dots) if readable(name, words) else dots
    return short.unanswered.format(who=known, since=f"{datetime.fromisoformat(found.detail):%H:%M}")


def ever_shorter(alert: Alert, words: Words) -> Iterator[str]:
    """Yield what stands before the word of a text message, the fullest first; else one empty text."""
    if unanswered(alert) is None:
        yield ""
        return
    yield from (in_place(alert, words, most) for most in (NAME_MOST, NAME_LEAST))
    yield words.short_message.unanswered_brief
