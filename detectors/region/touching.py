"""Which shapes a footprint touches, with what share of it, and how likely the thing seen lies in each.

The area of a footprint inside a polygon is the whole footprint where the polygon holds its middle, less what
lies, seen from the middle, behind each stretch of the polygon's edges inside the footprint (Green's theorem
in polar form). Only edges that meet the footprint are looked at.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.region.contact import (
    AT_ONCE,
    Candidates,
    candidates,
    edges_met,
    pairs,
    with_a_vertex_inside,
)
from detectors.region.footprint import Footprints
from detectors.region.holding import held_by, holds
from detectors.region.ragged import Whole
from detectors.region.sector import Floats, Sectors, clipped, cross, mass_behind
from detectors.region.shapes import POLYGON
from detectors.region.sheet import Sheet

ASIDE = np.array([(1, 0), (0, 1), (-1, -1), (2, 1), (1, 3), (-3, 2)])
"""Where the middle goes, grid steps of a centimetre, when it lies on a border."""


@dataclass(frozen=True, eq=False)
class Touches:
    """Pairs of a footprint and a row, ordered by both.

    `held`: the row holds the likeliest position. `share`: part of the footprint's area in the row, 0 for
    points and lines. `probability` that what was seen lies in the row: the share where every part of the
    footprint is as likely, else the mass of the normal distribution.
    """

    at: Whole
    row: Whole
    held: NDArray[np.bool_]
    share: Floats
    probability: Floats


def touched(sheet: Sheet, footprints: Footprints) -> tuple[Whole, Whole]:
    """Pairs (number of the footprint, row) that have a position in common, borders included; ordered."""
    found = [np.empty(0, dtype=np.int64)]
    for some in candidates(sheet, footprints):
        meets = with_a_vertex_inside(sheet, some)
        left = np.flatnonzero(~meets)
        rest = some.take(left)
        pair, _, _ = edges_met(sheet, rest)
        meets[left[pair]] = True
        left = np.flatnonzero(~meets)
        middle = some.middle.take(left, axis=1)
        meets[left], _ = holds(sheet, some.row[left], middle[0] - some.shift[left], middle[1])
        found.append(_keys(sheet, footprints.owner[some.piece[meets]], some.row[meets]))
    at, row = np.divmod(np.unique(np.concatenate(found)), max(len(sheet), 1))
    return at, row


def shares(sheet: Sheet, footprints: Footprints) -> Touches:
    """Touched rows with the share and the probability of each."""
    parts: list[Any] = [_shares(sheet, footprints, some) for some in candidates(sheet, footprints)]
    every = np.concatenate([np.empty(0, dtype=np.int64), *(part[0] for part in parts)])
    keys, inverse = np.unique(every, return_inverse=True)
    at, row = np.divmod(keys, max(len(sheet), 1))
    if footprints.centred:
        held = _summed([part[3] for part in parts], inverse, len(at)) > 0.0
    else:
        held = held_by(sheet, row, footprints.x[at], footprints.y[at])
    share = _summed([part[1] for part in parts], inverse, len(at))
    probability = _summed([part[2] for part in parts], inverse, len(at))
    return Touches(at, row, held, share, probability)


def shares_of(sheet: Sheet, footprints: Footprints, at: Whole, row: Whole) -> tuple[Floats, Floats]:
    """Share and probability of given pairs of footprints of one piece, none of which leaves the map.

    0 where they do not touch.
    """
    found, probability = np.zeros((2, len(at)))
    keys = _keys(sheet, at, row)
    for start in range(0, len(at), AT_ONCE):
        some = pairs(footprints, at[start : start + AT_ONCE], row[start : start + AT_ONCE])
        key, share, chance, _ = _shares(sheet, footprints, some)
        place = np.searchsorted(keys, key)
        found[place], probability[place] = share, chance
    return found, probability


def _summed(values: list[Floats], inverse: Whole, count: int) -> Floats:
    weights = np.concatenate([np.empty(0), *values])
    total: Floats = np.bincount(inverse, weights, minlength=count).astype(np.float64)
    return np.clip(total, 0.0, 1.0)


def _keys(sheet: Sheet, at: Whole, row: Whole) -> Whole:
    return at * len(sheet) + row


def _shares(
    sheet: Sheet, footprints: Footprints, some: Candidates
) -> tuple[Whole, Floats, Floats, NDArray[np.bool_]]:
    """Key, share, probability, and whether the middle is held, of pairs of a piece and a row that touch."""
    held, border = holds(sheet, some.row, some.middle[0] - some.shift, some.middle[1])
    pair, start, end = edges_met(sheet, some)
    touch = held.copy()
    touch[pair] = True
    areal = sheet.shapes.kinds[some.row] == POLYGON
    share = np.where(areal, held, 0.0)
    probability = share.copy()
    met = np.zeros(len(some), dtype=np.bool_)
    met[pair] = areal[pair]
    crossed = np.flatnonzero(met)
    number = np.cumsum(met) - 1
    mine = np.flatnonzero(met[pair])
    edges = number[pair[mine]], start.take(mine, axis=1), end.take(mine, axis=1)
    less = some.take(crossed)
    share[crossed], probability[crossed] = _parts(
        footprints, less, _seen_from(sheet, less, held[crossed], border[crossed]), edges
    )
    owner = footprints.owner[some.piece]
    part = footprints.piece_share[some.piece]
    key = _keys(sheet, owner, some.row)
    return key[touch], (share * part)[touch], (probability * part)[touch], held[touch]


def _parts(
    footprints: Footprints,
    some: Candidates,
    seen: tuple[Whole, NDArray[np.bool_]],
    edges: tuple[Whole, NDArray[Any], NDArray[Any]],
) -> tuple[Floats, Floats]:
    """Share and probability of pairs with edges in the piece; `seen`: from where, and whether it is held."""
    aside, inside = seen
    pair, start, end = edges
    sectors = Sectors((some.ring - aside[:, None]).astype(np.float64))
    off = aside.take(pair, axis=1).astype(np.float64)
    start, end = start - off, end - off
    turn = cross(start, end)
    cut, start, end = clipped(start, end, some.ring.take(pair, axis=2) - off[:, None])
    pair, turn = pair[cut], turn[cut]
    hidden = np.bincount(pair, sectors.behind(pair, start, end, turn), minlength=len(some))
    share = np.minimum(np.maximum(inside - hidden / sectors.area, 0.0), 1.0)
    if footprints.errors is None:
        return share, share
    errors = footprints.errors.transpose(1, 2, 0).take(footprints.owner[some.piece[pair]], axis=2)
    hidden = np.bincount(pair, mass_behind(start, end, errors, turn), minlength=len(some))
    return share, np.minimum(np.maximum(inside - hidden, 0.0), 1.0)


def _seen_from(
    sheet: Sheet, some: Candidates, inside: NDArray[np.bool_], border: NDArray[np.bool_]
) -> tuple[Whole, NDArray[np.bool_]]:
    """How far from its middle (2, p) a piece is seen from, off the row's border; whether the row holds it."""
    aside = np.zeros((2, len(some)), dtype=np.int64)
    for step in ASIDE:
        on = np.flatnonzero(border)
        if not len(on):
            break
        aside[:, on] = step[:, None]
        x, y = some.middle[0, on] - some.shift[on] + step[0], some.middle[1, on] + step[1]
        inside[on], border[on] = holds(sheet, some.row[on], x, y)
    return aside, inside
