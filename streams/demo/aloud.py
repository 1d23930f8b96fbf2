"""What the demo says on the terminal: the first alerts that page, one line each."""

from collections.abc import Callable, Mapping

import msgspec

from alerts import phrase
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
from streams.serve.broadcast import Broadcast

MOST = 8
"""A terminal is no list: what comes after so many lines is on the page."""
FIRST = {
    "zh": "首个定级火情，页面可见理由",
    "en": "the first graded alert: the page has it, with its reasons",
}
_DATA = b"\ndata: "


async def say_aloud(
    broadcast: Broadcast, profile: Jurisdiction, say: Callable[[str], None], most: int = MOST
) -> None:
    """Say each fire that pages until `most` have been said; tasks and updates are left to the page."""
    listener = broadcast.join(lambda: None)
    said = 0
    try:
        while said < most and (item := await listener.queue.get()) is not None:
            told = msgspec.json.decode(item[1].partition(_DATA)[2], type=Alert)
            if told.pages and told.kind == "fire":
                say(line_of(told, profile))
                said += 1
                if said == 1:
                    say(f"  {spoken(FIRST, profile)}")
    finally:
        broadcast.leave(listener)


def line_of(told: Alert, profile: Jurisdiction) -> str:
    """Return one line: when issued, the headline in the first language, the grade in the others, how sure."""
    first, *others = profile.languages
    words = profile.words[first]
    said = [told.headline.get(first, told.alert_id)]
    said += [profile.words[one].grade[told.kind][told.grade] for one in others]
    return words.sentence.aloud.format(
        at=phrase.moment("%Y-%m-%d %H:%M", told.issued_at, profile.zone),
        headline=" · ".join(said),
        probability_percent=phrase.percent(told.probability),
    )


def spoken(texts: Mapping[str, str], profile: Jurisdiction) -> str:
    """Return the demo's own words in every language of the profile that it has, else in English."""
    known = [texts[language] for language in profile.languages if language in texts]
    return " · ".join(known or [texts["en"]])
