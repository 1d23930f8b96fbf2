"""A front that ran on while only coarse looks followed it is the same fire.

Between two fine looks a front in a gale runs further than they link. A satellite whose pixels are too
coarse to join fires still shows that its heat moved: relative to each other its pixels are exact to the
pixel, whatever error of parallax they share. What is seen finely at last, where nothing was, is of the older
fire whose claim lies there once it is moved as the heat did: from the hot pixel nearest to it when it was
seen, to one that has become hot since. A spark that falls ahead while the heat stays where it is, is not
reached so; nor is what one look shows apart from another fire, nor what no satellite followed without a gap.

Known failures: sparks that fall in the pixel beside the front, and are seen there by the satellite first, are
told as the front. What moves within one pixel has not moved.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from detectors.link import Node, Options, limit_km

MOST_S = 86400.0
"""For so long a front is followed by coarse looks alone."""

SAME_LOOK_S = 600.0
"""A satellite passes over a fire within minutes: what it sees then is one look."""

Place = tuple[float, float, float]


class Spell(NamedTuple):
    """From when to when one pixel was hot without a gap, s, and when it was first hot at all."""

    node: Node
    place: Place
    start_s: float
    end_s: float
    first_s: float


def carrier(
    options: Options,
    group: Sequence[Node],
    fine: Iterable[Node],
    coarse: Iterable[Node],
    linked: Callable[[Node, Node], bool],
) -> Node | None:
    """Return the claim of an older fire that the heat carried to what a look saw; None: there is none.

    `group` is what the look saw, `fine` and `coarse` other claims near it. Of several the nearest to the
    first of the group is returned, in space; the oldest of equals.
    """
    begun = min(group, key=_key)
    since_s = begun.seconds - MOST_S
    older = [one for one in fine if one.key < begun.key]
    found: list[tuple[float, tuple[float, str], Node]] = []
    for track in tracks(options, spells(options, coarse, since_s, begun.seconds)) if older else ():
        last = [
            spell
            for spell in track
            if begun.seconds - spell.end_s <= options.follow_h * 3600.0
            and any(linked(one, spell.node) for one in group)
        ]
        for one in older if last else ():
            home = _home(options, one, track, linked)
            if home is not None and any(
                spell.first_s > one.seconds and _arrives(options, one, home, spell, group) for spell in last
            ):
                found.append((math.dist(place_of(one), place_of(begun)), one.key, one))
    return min(found, key=lambda one: one[:2])[2] if found else None


def spells(options: Options, coarse: Iterable[Node], since_s: float, until_s: float) -> list[Spell]:
    """Return when the pixels of satellites were hot between two times, s; by source and place."""
    by: dict[tuple[str, Place], list[Node]] = {}
    for node in sorted(coarse, key=_key):
        if node.claim.source_class == "satellite" and since_s <= node.seconds <= until_s:
            by.setdefault((node.claim.source, place_of(node)), []).append(node)
    found: list[Spell] = []
    for (_, place), nodes in by.items():
        first_s = nodes[0].seconds
        breaks = [k for k, (one, two) in enumerate(pairwise(nodes), 1) if _paused(options, one, two)]
        for start, end in pairwise([0, *breaks, len(nodes)]):
            found.append(Spell(nodes[start], place, nodes[start].seconds, nodes[end - 1].seconds, first_s))
    return found


def tracks(options: Options, spells: Iterable[Spell]) -> list[list[Spell]]:
    """Return what hangs together: pixels of one source that touch, hot soon enough after each other."""
    found: list[list[Spell]] = []
    for spell in spells:
        mine = [track for track in found if any(_touch(options, spell, other) for other in track)]
        found = [track for track in found if track not in mine]
        found.append([spell, *(one for track in mine for one in track)])
    return found


def _paused(options: Options, one: Node, two: Node) -> bool:
    return two.seconds - one.seconds > options.follow_h * 3600.0


def place_of(node: Node) -> Place:
    """Return where a claim is, as a chord vector, km."""
    return node.x, node.y, node.z


def _touch(options: Options, one: Spell, two: Spell) -> bool:
    pause_s = max(one.start_s - two.end_s, two.start_s - one.end_s)
    return (
        pause_s <= options.follow_h * 3600.0
        and one.node.claim.source == two.node.claim.source
        and math.dist(one.place, two.place) <= options.step_km
    )


def _home(
    options: Options, one: Node, track: Iterable[Spell], linked: Callable[[Node, Node], bool]
) -> Spell | None:
    """Return the pixel of a track nearest to a claim that is linked to it and was hot when it was seen."""
    pause_s = options.follow_h * 3600.0
    near = [
        spell
        for spell in track
        if spell.start_s - pause_s <= one.seconds <= spell.end_s + pause_s and linked(one, spell.node)
    ]
    return min(near, key=lambda spell: (math.dist(place_of(one), spell.place), spell.node.key), default=None)


def _arrives(options: Options, one: Node, home: Spell, there: Spell, group: Iterable[Node]) -> bool:
    """Return whether a claim, moved as from one pixel to another, lies where the look saw fire."""
    (x, y, z), (x_to, y_to, z_to), (x_was, y_was, z_was) = place_of(one), there.place, home.place
    moved = x + x_to - x_was, y + y_to - y_was, z + z_to - z_was
    return any(math.dist(moved, place_of(seen)) <= limit_km(options, one.sigma, seen.sigma) for seen in group)


def _key(node: Node) -> tuple[float, str]:
    return node.key
