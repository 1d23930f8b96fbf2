"""Made stands: a mesh over a square, 40 vertices each; neighbours share every vertex of their border."""

import math

import numpy as np
from numpy.typing import NDArray

from detectors.geodesy import KM_PER_DEGREE
from detectors.region.grid import STEPS
from detectors.region.shapes import POLYGON, Shapes

SIDE_KM = 0.22
"""Side of a stand, 4.8 ha: ten million of them are as much as Sichuan."""

ORIGIN = (97.5, 26.5)
"""South-west corner, degrees."""

POINTS = 10
"""Vertices of a side."""

_TURN = 0.37
_BEND = 0.12

Whole = NDArray[np.int64]


def columns_of(count: int) -> int:
    """Stands from west to east when there are `count` in all."""
    return math.isqrt(max(1, count - 1)) + 1


def made(first: int, end: int, across: int) -> Shapes:
    """Stands `first` to below `end`, numbered row by row, `across` of them to a row."""
    j, i = np.divmod(np.arange(first, end, dtype=np.int64), across)
    south, north = _side(i, j, upward=False), _side(i, j + 1, upward=False)
    west, east = _side(i, j, upward=True), _side(i + 1, j, upward=True)
    corner = _corner(i, j)[:, None, :]
    ring = [
        south,
        _corner(i + 1, j)[:, None, :],
        east,
        _corner(i + 1, j + 1)[:, None, :],
        north[:, ::-1],
        _corner(i, j + 1)[:, None, :],
        west[:, ::-1],
        corner,
    ]
    xy = np.concatenate([corner, *ring], axis=1)
    kinds = np.full(len(i), POLYGON, dtype=np.uint8)
    starts = np.arange(len(i) + 1, dtype=np.int64) * (4 * POINTS + 1)
    return Shapes(kinds, None, None, starts, xy.reshape(-1, 2).astype(np.int32))


def spots(count: int, stands: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Random positions among this many stands, degrees."""
    side = columns_of(stands)
    tall = -(-stands // side)
    lon_step, lat_step = _steps()
    at = np.random.default_rng(seed).uniform((0.5, 0.5), (side - 0.5, tall - 0.5), (count, 2))
    return ORIGIN[0] + at[:, 0] * lon_step / STEPS, ORIGIN[1] + at[:, 1] * lat_step / STEPS


def _steps() -> tuple[int, int]:
    """Width and height of a stand, grid steps."""
    height = round(SIDE_KM / KM_PER_DEGREE * STEPS)
    return round(height / math.cos(math.radians(ORIGIN[1] + 3.5))), height


def _noise(*key: Whole | int) -> NDArray[np.float64]:
    """Numbers from -1 to 1 that look random and are decided by the key (splitmix64)."""
    mixed = np.zeros(np.broadcast(*key).shape, dtype=np.uint64)
    for part in key:
        mixed = mixed + np.asarray(part, dtype=np.int64).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed.astype(np.float64) / 2.0**63 - 1.0


def _corner(i: Whole, j: Whole) -> Whole:
    lon_step, lat_step = _steps()
    x = (i + _TURN / 2 * _noise(i, j, 1)) * lon_step + ORIGIN[0] * STEPS
    y = (j + _TURN / 2 * _noise(i, j, 2)) * lat_step + ORIGIN[1] * STEPS
    return np.rint(np.stack([x, y], axis=-1)).astype(np.int64)


def _side(i: Whole, j: Whole, *, upward: bool) -> Whole:
    """Inner vertices of the side that goes east, or north, from corner (i, j)."""
    start, end = _corner(i, j), _corner(i + (not upward), j + upward)
    at = np.arange(1, POINTS)
    along = (at / POINTS)[None, :, None]
    bend = _BEND * _noise(i[:, None], j[:, None], at[None, :] + (100 if upward else 200)) / 2
    across = np.zeros((len(i), POINTS - 1, 2))
    across[..., 0 if upward else 1] = bend * _steps()[0 if upward else 1]
    inner = start[:, None] * (1 - along) + end[:, None] * along + across
    return np.rint(inner).astype(np.int64)
