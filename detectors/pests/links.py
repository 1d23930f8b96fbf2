"""Which signs belong together, found through an index: cost grows with the signs, not with their pairs.

The rule is that of each two alone: of one species, within a distance and within days of each other; those
that name a sub-compartment, when it is the same one. Places that lie near each other are found in cells;
the signs of two near places hold together where the gap between one and the next is short enough.
"""

import itertools

import numpy as np

from detectors.geodesy import EARTH_RADIUS_KM
from detectors.pests.arrays import Floats, Integers
from detectors.pests.zones import paired_km

AROUND = tuple(itertools.product((-1, 0, 1), repeat=3))
FORWARD = AROUND[len(AROUND) // 2 :]
"""A cell itself and half of those about it: each pair of cells is met once."""

MOST_AT_ONCE = 500_000
"""So many pairs are measured at a time, so that memory stays small where all signs lie in one valley."""


def near_pairs(longitude: Floats, latitude: Floats, within_km: float) -> tuple[Integers, Integers]:
    """Return the pairs (each once) of places within a distance of each other, great-circle."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    ball = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    # A hair more than the distance: rounding never puts two that are near two cells apart.
    cells = np.floor(ball * (EARTH_RADIUS_KM / (within_km * (1 + 1e-6)))).astype(np.int64)
    cells -= cells.min(axis=0) - 1
    wide = cells.max(axis=0) + 2
    key = (cells[:, 0] * wide[1] + cells[:, 1]) * wide[2] + cells[:, 2]
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    found: list[tuple[Integers, Integers]] = []
    for east, north, up in FORWARD:
        there = key + (east * wide[1] + north) * wide[2] + up
        begin, end = np.searchsorted(ranked, there), np.searchsorted(ranked, there, side="right")
        for some in _chunks(end - begin):
            one = np.repeat(some, (end - begin)[some])
            other = order[_runs(begin[some], end[some])]
            # Within one cell each pair would be met twice.
            fresh = one < other if (east, north, up) == (0, 0, 0) else np.ones(len(one), dtype=np.bool_)
            one, other = one[fresh], other[fresh]
            is_near = paired_km(longitude[one], latitude[one], longitude[other], latitude[other]) <= within_km
            found.append((one[is_near], other[is_near]))
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def _chunks(sizes: Integers) -> list[Integers]:
    """Return indices in parts, each of at most so many pairs."""
    total = np.cumsum(sizes)
    cuts = np.flatnonzero(np.diff(total // MOST_AT_ONCE)) + 1
    return [part for part in np.split(np.arange(len(sizes)), cuts) if len(part)]


def _runs(begin: Integers, end: Integers) -> Integers:
    """Return begin, begin + 1, ..., end - 1 of each, one after the other."""
    sizes = end - begin
    first = np.cumsum(sizes) - sizes
    result: Integers = np.arange(sizes.sum()) + np.repeat(begin - first, sizes)
    return result


def linked(
    longitude: Floats, latitude: Floats, days: Floats, within_km: float, gap_d: float
) -> tuple[Integers, Integers]:
    """Return pairs of signs that hold every component together: within a distance and so many days."""
    spots, place = np.unique(np.column_stack([longitude, latitude]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    order = np.lexsort((days, place))
    begin = np.searchsorted(place[order], np.arange(len(spots) + 1))
    own = np.arange(len(spots))
    one, other = near_pairs(spots[:, 0], spots[:, 1], within_km)
    pair = np.concatenate([own, np.arange(len(one)), np.arange(len(one))])
    pair[len(own) :] += len(own)
    which = np.concatenate([own, one, other])
    # Every sign of either place of a pair, by time: whoever follows soon enough is linked.
    rows = order[_runs(begin[which], begin[which + 1])]
    of_pair = np.repeat(pair, begin[which + 1] - begin[which])
    by_time = np.lexsort((days[rows], of_pair))
    rows, of_pair = rows[by_time], of_pair[by_time]
    soon = (of_pair[1:] == of_pair[:-1]) & (np.abs(days[rows[1:]] - days[rows[:-1]]) <= gap_d)
    return rows[:-1][soon], rows[1:][soon]


def components(number: int, one: Integers, other: Integers) -> list[list[int]]:
    """Return the sets that chains of pairs hold together, each in order, by their first."""
    label = np.arange(number)
    while True:
        low = np.minimum(label[one], label[other])
        before = label.copy()
        for side in (one, other):
            np.minimum.at(label, label[side], low)
            np.minimum.at(label, side, low)
        label = label[label]
        if np.array_equal(label, before):
            break
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part.tolist() for part in np.split(order, cuts)] if number else []
