"""What whoever holds an alert must hear at once although its grade stands, each of it once.

A new fire field, an area newly reached, a place that an operator corrected, a settlement or facility newly
threatened. Sub-compartments and small names are no such area: a fire passes through dozens of them.
"""

from collections.abc import Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from schemas.alert import Alert
from schemas.reason import Reason

AREAS = frozenset({"province", "city", "county", "township", "protected_areas", "settlements", "facilities"})
"""Layers whose areas are news when a fire reaches them."""

CODES = ("newly_threatened", "new_field", "new_place", "place_corrected")
"""What is news, the most urgent first; each stands in the one revision that brings it."""

SAYING = frozenset({"update", "confirm"})
"""Actions that say nothing else to a holder; what raises, lowers or ends is told anyway."""

REMEMBERED = 64
"""How many things a receiver was told of one alert are remembered, the newest."""


class Said(Struct, frozen=True, omit_defaults=True):
    """What one message says: keys of all of it, and the reasons that are news in it."""

    keys: tuple[str, ...] = ()
    news: tuple[Reason, ...] = ()


def news(alert: Alert) -> tuple[Reason, ...]:
    """Return the reasons of a revision that are news to a holder, the most urgent first."""
    if alert.kind != "fire":
        return ()
    areas = {place.place_id for place in alert.places if place.layer in AREAS}
    found = [one for one in alert.reasons if one.code in CODES]
    found = [one for one in found if one.code != "new_place" or one.ref in areas]
    return tuple(sorted(found, key=lambda one: CODES.index(one.code)))


def key(reason: Reason) -> str:
    """Return what names this news among all of one alert."""
    what = f"{reason.value:g}" if reason.code == "new_field" and reason.value is not None else reason.ref
    return " ".join(filter(None, (reason.code, what, reason.rule, reason.detail)))


def said(alert: Alert) -> Said:
    """Return what a message of this revision says: its areas, the candidates too, and its news."""
    if alert.kind != "fire":
        return Said()
    found = news(alert)
    areas = [place for place in alert.places if place.layer in AREAS and place.relation != "near"]
    keys = (*(f"new_place {place.place_id}" for place in areas), *map(key, found))
    return Said(tuple(dict.fromkeys(keys)), found)


def untold(alert: Alert, told: Collection[str]) -> tuple[Reason, ...]:
    """Return the news of an update that somebody who was told these keys has not heard."""
    if alert.action not in SAYING or alert.late:
        return ()
    return tuple(one for one in news(alert) if key(one) not in told)


def together(told: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """Return what somebody was told with what they now were, the newest last."""
    added = dict.fromkeys(more)
    return (*(one for one in told if one not in added), *added)[-REMEMBERED:]


def with_news(alert: Alert, brought: Iterable[Reason]) -> Alert:
    """Return a later revision that also says the news which an earlier one could not deliver."""
    added = tuple(dict.fromkeys(one for one in brought if one not in alert.reasons))
    return replace(alert, reasons=(*alert.reasons[:1], *added, *alert.reasons[1:])) if added else alert
