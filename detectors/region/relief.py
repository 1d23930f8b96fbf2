"""A field of heights is cut into square tiles, and every block of cells knows the highest node about it.

The highest nodes let a ray skip terrain that it passes far above.
"""

import numpy as np
from numpy.typing import NDArray

Heights = NDArray[np.int16]

NODATA = -32768
"""A node whose height nobody knows."""

SIDE = 256
"""Cells along the side of a tile; a tile holds one node more, shared with its neighbour."""

BLOCK = 8
"""Cells along the side of a block."""

UNKNOWN_PEAK = 32767
"""Peak of a block with an unknown node in or about it: a ray must look closely there."""


def tile_counts(rows: int, columns: int) -> tuple[int, int]:
    """Return how many tiles, south and east, hold that many nodes."""
    return -(-(rows - 1) // SIDE), -(-(columns - 1) // SIDE)


def tile_window(row: int, column: int) -> tuple[slice, slice]:
    """Return the nodes of one tile in the whole field, the shared border included."""
    top, left = row * SIDE, column * SIDE
    return slice(top, top + SIDE + 1), slice(left, left + SIDE + 1)


def padded(nodes: Heights) -> Heights:
    """Return one full tile out of the nodes that the field has of it; the rest is unknown."""
    tile = np.full((SIDE + 1, SIDE + 1), NODATA, dtype=np.int16)
    tile[: nodes.shape[0], : nodes.shape[1]] = nodes
    return tile


def block_peaks(tile: Heights) -> Heights:
    """Return the highest node of each block of one tile, its borders included, or `UNKNOWN_PEAK`."""
    known = np.where(tile == NODATA, UNKNOWN_PEAK, tile).astype(np.int16)
    inner = known[:-1, :-1].reshape(SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK).max(axis=(1, 3))
    right = known[:-1, BLOCK::BLOCK].reshape(SIDE // BLOCK, BLOCK, -1).max(axis=1)
    below = known[BLOCK::BLOCK, :-1].reshape(-1, SIDE // BLOCK, BLOCK).max(axis=2)
    corner = known[BLOCK::BLOCK, BLOCK::BLOCK]
    peaks: Heights = np.maximum(np.maximum(inner, right), np.maximum(below, corner))
    return peaks


def widened(peaks: Heights) -> Heights:
    """Return for each block the highest peak of it and its eight neighbours; beyond the field is unknown."""
    framed = np.full((peaks.shape[0] + 2, peaks.shape[1] + 2), UNKNOWN_PEAK, dtype=np.int16)
    framed[1:-1, 1:-1] = peaks
    rows = np.maximum(np.maximum(framed[:-2], framed[1:-1]), framed[2:])
    return np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
