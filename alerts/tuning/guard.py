"""What a change would silence in protected areas, found by asking both sides about incidents there.

A change silences a protected area when an incident in it that made a task is told no more, or when even the
surest that no person has confirmed pages no more. Such a change is refused unless somebody insists.
"""

from collections.abc import Iterator, Mapping, Sequence

from alerts import grade
from alerts.floor import lacking
from alerts.grade_condition import Facts
from alerts.tuning.layers import Local, ranked
from schemas.incident import Place

SURE = tuple(round(k / 100.0, 2) for k in range(1, 100))
"""Probabilities asked about."""

PIXELS = (1, 3, 10)
"""Pixels of one look asked about."""

AREA = "any protected area"


def silenced(before: Local, after: Local) -> tuple[str, ...]:
    """Return what the change silences in protected areas, a line for each scope and kind; empty: nothing."""
    return tuple(line for scope in _asked(before, after) for line in _of_scope(before, after, scope))


def unheard(
    before: Local, after: Local, was: Mapping[str, float | None], now: Mapping[str, float | None]
) -> tuple[str, ...]:
    """Return what detectors claim so much less of that a protected area hears of it no more.

    `was` and `now` say how sure each observation asked about is by itself; a station that has options of its
    own on one side alone is asked beside what holds everywhere.
    """
    found: list[str] = []
    for scope in _asked(before, after):
        where = _places(scope)
        for name in sorted(was.keys() | now.keys()):
            general = name.partition(": ")[2] or name
            sure, less = was.get(name, was.get(general)), now.get(name, now.get(general))
            told = None if sure is None else _told(before, where, sure, 1)
            still = None if less is None else _told(after, where, less, 1)
            if sure != less and told is not None and still is None:
                found.append(
                    f"{scope or 'everywhere'}: in a protected area, {name} is told no more (was {told})"
                )
    return tuple(found)


def _asked(before: Local, after: Local) -> list[str]:
    scopes = {one.scope for side in (before, after) for one in side.layers} | {""}
    return sorted((s for s in scopes if not s.startswith(("station:", "species:"))), key=_width)


def _width(scope: str) -> tuple[int, str]:
    return ranked(scope) if scope else (-1, "")


def _of_scope(before: Local, after: Local, scope: str) -> Iterator[str]:
    where, named = _places(scope), scope or "everywhere"
    for pixels in PIXELS:
        for sure in SURE:
            was, now = _told(before, where, sure, pixels), _told(after, where, sure, pixels)
            if was is not None and now is None:
                yield f"{named}: in a protected area, probability {sure:g} is told no more (was {was})"
                return
    surest = [(_told(before, where, SURE[-1], n), _told(after, where, SURE[-1], n)) for n in PIXELS]
    if any(was not in {None, "task"} and now in {None, "task"} for was, now in surest):
        yield f"{named}: in a protected area, even probability {SURE[-1]:g} pages no more"


def _places(scope: str) -> tuple[Place, ...]:
    rank, _, name = scope.partition(":")
    area = Place(layer="protected_areas", place_id=AREA, name=AREA, relation="inside")
    if rank == "area":
        return (Place(layer="protected_areas", place_id=name, name=name, relation="inside"),)
    return (area, Place(layer=rank, place_id=name, name=name, relation="inside")) if scope else (area,)


def _told(side: Local, where: Sequence[Place], sure: float, pixels: int) -> str | None:
    """Return the grade an incident would have, `task` or None when nothing is told of it."""
    places, rules = tuple(where), side.at(where)
    facts = Facts(probability=sure, spread_ha=0.0, pixels=pixels, places=places)
    found, _ = grade.judged(rules.grades, rules.grading, facts)
    return None if lacking(rules.grading, found, sure, places) is not None else found
