"""The news of a revision in a few words behind what it is: who is threatened, in how many fields it burns."""

from collections.abc import Iterator

from alerts import phrase
from alerts.near import plain, readable
from alerts.news import news
from alerts.segments import is_gsm7, units
from alerts.untelling import shortened
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.wording import Words

NAME_MOST = 6
"""UTF-16 units of a name behind what it is; the place itself stands further on."""

MOST, MOST_LATIN = 20, 64
"""Letters of what it is with its news: in a message of 70, and in one of 160."""


def with_news(bare: str, alert: Alert, words: Words) -> str:
    """Return what it is with as much of the news as there is room for, the most urgent first."""
    if alert.order or alert.action in words.short_message.ending:
        return bare
    most = MOST_LATIN if is_gsm7(words.short_message.message) else MOST
    said = bare
    for one in _said(alert, words):
        if units(said + one) <= most:
            said += one
    return said


def _said(alert: Alert, words: Words) -> Iterator[str]:
    short = words.short_message
    for one in news(alert):
        name = _name(one, alert, words)
        if one.code == "newly_threatened":
            yield short.threatened.format(name=name or short.somewhere)
        elif one.code == "new_field" and one.value is not None:
            yield short.fields.format(fields=phrase.number(words, one.value))
        elif one.code == "new_place" and name:
            yield short.reached.format(name=name)
        elif one.code == "place_corrected":
            yield short.corrected


def _name(one: Reason, alert: Alert, words: Words) -> str:
    """Return the name of the place that a reason points to; empty where it is in other letters."""
    names = (plain(place.name) for place in alert.places if place.place_id == one.ref)
    name = next(names, "")
    if not readable(name, words):
        return ""
    return name if is_gsm7(words.short_message.message) else shortened(name, NAME_MOST, "…")
