"""What a change would silence in protected areas, found by asking both sides about incidents there.

A change silences a protected area when an incident in it that made a task is told no more, when even the
surest that no person has confirmed pages no more, dry or wet, or when evidence of an age does not. Layers are
asked alone and together, one of each rank, since a reserve may lie in any county. Such a change is refused
unless somebody insists.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerts import grade
from alerts.floor import lacking
from alerts.grade_condition import Facts
from alerts.tuning.layers import RANKS, Local, ranked
from schemas.incident import Place

SURE = tuple(round(k / 100.0, 2) for k in range(1, 100))
"""Probabilities asked about."""

PIXELS = (1, 3, 10)
"""Pixels of one look asked about."""

AREA = "any protected area"

WET: tuple[dict[str, Any], ...] = ({}, {"danger": 1}, {"danger": 2}, {"rain_24h_mm": 1.0})
"""Weather asked about: on wet days more is asked of a fire."""

AGES_H = (0.5, 1.0, 3.0, 6.0, 12.0, 24.0)
"""Ages on arrival asked about; satellites are hours late."""

Scopes = tuple[str, ...]


def silenced(before: Local, after: Local) -> tuple[str, ...]:
    """Return what the change silences in protected areas, a line for each scope and kind; empty: nothing."""
    found: list[str] = []
    said: set[str] = set()
    for scopes in _asked(before, after):
        for line in _of_scopes(before, after, scopes):
            # what one of them says alone is not said again of several together
            if len(scopes) < 2 or line not in said:
                said.add(line)
                found.append(f"{_named(scopes)}: {line}")
    return tuple(found)


def unheard(
    before: Local, after: Local, was: Mapping[str, float | None], now: Mapping[str, float | None]
) -> tuple[str, ...]:
    """Return what detectors claim so much less of that a protected area hears of it no more.

    `was` and `now` say how sure each observation asked about is by itself; a station that has options of its
    own on one side alone is asked beside what holds everywhere.
    """
    found: list[str] = []
    for scopes in _asked(before, after):
        where = _places(scopes)
        paged: dict[str, list[tuple[bool, bool]]] = {}
        for name in sorted(was.keys() | now.keys()):
            general = name.partition(": ")[2] or name
            sure, less = was.get(name, was.get(general)), now.get(name, now.get(general))
            told = None if sure is None else _told(before, where, sure, 1)
            still = None if less is None else _told(after, where, less, 1)
            if sure != less and told is not None and still is None:
                found.append(f"{_named(scopes)}: in a protected area, {name} is told no more (was {told})")
            elif sure != less or told == still:
                paged.setdefault(name.partition(", on ")[0], []).append((_pages(told), _pages(still)))
        for name, sides in paged.items():
            if any(one for one, _ in sides) and not any(one for _, one in sides):
                found.append(f"{_named(scopes)}: in a protected area, {name} pages no more")
    return tuple(found)


def _pages(told: str | None) -> bool:
    return told not in {None, "task"}


def _asked(before: Local, after: Local) -> list[Scopes]:
    """Return the scopes to ask about: everywhere, each alone, and together where both say what is judged."""
    layers = {one.scope: one for side in (before, after) for one in side.layers}
    places = [scope for scope in layers if not scope.startswith(("station:", "species:"))]
    saying = {
        one.scope
        for side in (before, after)
        for one in side.layers
        if one.scope in places and (one.grade or "page_limit_h" in one.lifecycle)
    }
    ranks = [[one for one in sorted(saying) if one.startswith(f"{rank}:")] for rank in RANKS]
    together = [
        tuple(one for one in mixed if one) for mixed in itertools.product(*(["", *rank] for rank in ranks))
    ]
    alone: list[Scopes] = [(), *((one,) for one in sorted(places, key=ranked))]
    return [*alone, *(one for one in together if len(one) > 1)]


def _named(scopes: Scopes) -> str:
    return " + ".join(scopes) or "everywhere"


def _of_scopes(before: Local, after: Local, scopes: Scopes) -> Iterator[str]:
    where = _places(scopes)
    limits = [side.at(where).lifecycle.page_limit_h for side in (before, after)]
    late = next((age for age in AGES_H if limits[1] < age <= limits[0]), None)
    if late is not None:
        yield f"in a protected area, what comes {late:g} h after it was seen pages no more"
    for pixels in PIXELS:
        for sure in SURE:
            was, now = _told(before, where, sure, pixels), _told(after, where, sure, pixels)
            if was is not None and now is None:
                yield f"in a protected area, probability {sure:g} is told no more (was {was})"
                return
    for weather in WET:
        surest = [[_told(side, where, SURE[-1], n, **weather) for side in (before, after)] for n in PIXELS]
        if any(_pages(was) and not _pages(now) for was, now in surest):
            wet = " on a wet day" if weather else ""
            yield f"in a protected area, even probability {SURE[-1]:g} pages no more{wet}"
            return


def _places(scopes: Scopes) -> tuple[Place, ...]:
    found = [Place(layer="protected_areas", place_id=AREA, name=AREA, relation="inside")]
    for scope in scopes:
        rank, _, name = scope.partition(":")
        place = Place(
            layer="protected_areas" if rank == "area" else rank, place_id=name, name=name, relation="inside"
        )
        found = [place] if rank == "area" and len(scopes) == 1 else [*found, place]
    return tuple(found)


def _told(side: Local, where: Sequence[Place], sure: float, pixels: int, **weather: Any) -> str | None:
    """Return the grade an incident would have, `task` or None when nothing is told of it."""
    places, rules = tuple(where), side.at(where)
    facts = Facts(probability=sure, spread_ha=0.0, pixels=pixels, places=places, **weather)
    found, _ = grade.judged(rules.grades, rules.grading, facts)
    return None if lacking(rules.grading, found, sure, places) is not None else found
