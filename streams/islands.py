"""Hotspots that can never have to do with each other: on islands further apart than any link reaches."""

import math
from collections.abc import Iterable, Mapping
from itertools import product

from detectors.geodesy import EARTH_RADIUS_KM
from schemas.observation import Delivery, Hotspot

REVISION = 10
"""One more fire to judge costs as much as so many more pixels of one."""

FINE = 50.0
"""Parts of a degree: hotspots of one look so near are likely of one fire."""

Cell = tuple[int, int, int]


def shared(messages: Iterable[Delivery], reach_km: float, parts: int) -> Mapping[str, int]:
    """Return which part each hotspot goes to, by its id: an island stays whole, parts cost about the same.

    What lies within `reach_km` of each other, now or ever, is on one island.
    """
    cells: dict[str, Cell] = {}
    above: dict[Cell, Cell] = {}
    costs: dict[Cell, int] = {}
    for message in messages:
        looked: set[tuple[int, int]] = set()
        for one in message.observations:
            if not isinstance(one, Hotspot):
                continue
            cell = _cell(one, reach_km)
            above.setdefault(cell, cell)
            spot = int(one.longitude * FINE), int(one.latitude * FINE)
            costs[cell] = costs.get(cell, 0) + (1 if spot in looked else REVISION)
            looked.add(spot)
            known = cells.setdefault(one.observation_id, cell)
            if known != cell:
                # another version of it lies elsewhere
                _join(above, known, cell)
    for cell in list(above):
        for step in product((-1, 0, 1), repeat=3):
            other = (cell[0] + step[0], cell[1] + step[1], cell[2] + step[2])
            if other in above:
                _join(above, cell, other)
    whole: dict[Cell, int] = {}
    for cell, cost in costs.items():
        root = _root(above, cell)
        whole[root] = whole.get(root, 0) + cost
    part_of = _dealt(whole, parts)
    return {name: part_of[_root(above, cell)] for name, cell in cells.items()}


def _cell(one: Hotspot, side_km: float) -> Cell:
    """Return the cube of space that a hotspot lies in: the globe has neither seam nor poles there."""
    lon, lat = math.radians(one.longitude), math.radians(one.latitude)
    size, flat = EARTH_RADIUS_KM / side_km, math.cos(lat)
    return (
        math.floor(size * flat * math.cos(lon)),
        math.floor(size * flat * math.sin(lon)),
        math.floor(size * math.sin(lat)),
    )


def _root(above: dict[Cell, Cell], cell: Cell) -> Cell:
    while above[cell] != cell:
        above[cell] = cell = above[above[cell]]
    return cell


def _join(above: dict[Cell, Cell], one: Cell, two: Cell) -> None:
    one, two = _root(above, one), _root(above, two)
    above[max(one, two)] = min(one, two)


def _dealt(whole: Mapping[Cell, int], parts: int) -> dict[Cell, int]:
    """Return the part of each island: the dearest first, each to the part that has cost least."""
    costs = [0] * parts
    found: dict[Cell, int] = {}
    for root in sorted(whole, key=lambda one: (-whole[one], one)):
        part = costs.index(min(costs))
        found[root] = part
        costs[part] += whole[root]
    return found
