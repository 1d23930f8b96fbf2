"""Which stories of two runs are about the same thing: they share an id, or place and time.

Ids derive from observations, so the same fire has the same id in both runs unless the settings join or mask
differently; what shares none is matched by place (2 km) and time (6 h).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct

from alerts.tuning.known import KM_PER_DEGREE
from alerts.tuning.story import Story

REACH_KM = 2.0
APART = timedelta(hours=6)


class Pair(Struct, frozen=True, kw_only=True):
    """The stories of both runs about one thing; one side may have none."""

    before: tuple[Story, ...] = ()
    after: tuple[Story, ...] = ()


def pairs(before: Sequence[Story], after: Sequence[Story]) -> tuple[Pair, ...]:
    """Return every story of both runs in exactly one pair, the earliest opened first."""
    joined = _Joined(len(before) + len(after))
    stories = (*before, *after)
    known: dict[str, int] = {}
    for k, one in enumerate(stories):
        for name in {*one.lineage, one.incident_id}:
            joined.join(known.setdefault(name, k), k)
    _by_place(joined, stories, len(before))
    groups: dict[int, tuple[list[Story], list[Story]]] = defaultdict(lambda: ([], []))
    for k, one in enumerate(stories):
        groups[joined.root(k)][k >= len(before)].append(one)
    found = [Pair(before=tuple(one), after=tuple(other)) for one, other in groups.values()]
    return tuple(sorted(found, key=_order))


def _order(pair: Pair) -> tuple[object, str]:
    return min((one.opened_at, one.incident_id) for one in (*pair.before, *pair.after))


def _by_place(joined: "_Joined", stories: Sequence[Story], split: int) -> None:
    """Join what has a partner in no id with a story of the other run near in place and time."""
    sided: dict[int, set[bool]] = defaultdict(set)
    for k in range(len(stories)):
        sided[joined.root(k)].add(k >= split)
    alone = [k for k in range(len(stories)) if len(sided[joined.root(k)]) == 1]
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k in alone:
        if k < split:
            cells[_cell(stories[k])].append(k)
    for k in alone:
        if k < split:
            continue
        row, column = _cell(stories[k])
        around = (cells.get((row + r, column + c), ()) for r in (-1, 0, 1) for c in (-1, 0, 1))
        for other in sorted(_near(stories, k, (n for part in around for n in part))):
            joined.join(other, k)


def _near(stories: Sequence[Story], k: int, others: Iterable[int]) -> list[int]:
    return [n for n in others if _meets(stories[n], stories[k])]


def _cell(one: Story) -> tuple[int, int]:
    """Return the cell of a quarter of a degree; wider than the reach up to 80° of latitude."""
    return math.floor(one.latitude * 4.0), math.floor(one.longitude * 4.0)


def _meets(one: Story, other: Story) -> bool:
    squeeze = math.cos(math.radians(one.latitude))
    east = ((one.longitude - other.longitude + 180.0) % 360.0 - 180.0) * squeeze
    km = KM_PER_DEGREE * math.hypot(east, one.latitude - other.latitude)
    apart = max(one.opened_at, other.opened_at) - min(one.last_observed_at, other.last_observed_at)
    return km <= REACH_KM and apart <= APART


class _Joined:
    """Union-find: what is joined has one root, the smallest number."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, k: int) -> int:
        while self._parent[k] != k:
            self._parent[k] = self._parent[self._parent[k]]
            k = self._parent[k]
        return k

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low
