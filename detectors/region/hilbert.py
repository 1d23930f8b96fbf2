"""Order along a Hilbert curve: what is near in it is near on the map (Skilling 2004, in two dimensions)."""

import numpy as np
from numpy.typing import NDArray

BITS = 16
"""Cells to a side: 2 to this power."""


def hilbert(x: NDArray[np.integer], y: NDArray[np.integer]) -> NDArray[np.uint32]:
    """Place on the curve of cells with 0 <= x, y < 65536.

    >>> hilbert(np.array([0, 65535, 0]), np.array([0, 0, 65535])).tolist()
    [0, 4294967295, 1431655765]
    """
    across, up = np.asarray(x, dtype=np.uint32), np.asarray(y, dtype=np.uint32)
    place = np.zeros(across.shape, dtype=np.uint32)
    for bit in range(BITS - 1, -1, -1):
        right, above = across >> bit & 1, up >> bit & 1
        place |= ((3 * right) ^ above) << (2 * bit)
        # Below the upper half the curve is transposed, and mirrored when it is on the right.
        mirror = np.where((above == 0) & (right == 1), np.uint32(2**BITS - 1), np.uint32(0))
        across, up = across ^ mirror, up ^ mirror
        turned = above == 0
        across, up = np.where(turned, up, across), np.where(turned, across, up)
    return place


def places(boxes: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Place on the curve of the centre of each box (west, south, east, north), in a grid over all of them."""
    if not len(boxes):
        return np.empty(0, dtype=np.uint32)
    low, high = boxes[:, :2].min(axis=0).astype(np.int64), boxes[:, 2:].max(axis=0).astype(np.int64)
    cells = []
    for side in (0, 1):
        centres = boxes[:, side].astype(np.int64) + boxes[:, 2 + side] - 2 * low[side]
        cells.append((centres * (2**BITS - 1) // (2 * max(high[side] - low[side], 1))).astype(np.uint32))
    return hilbert(*cells)
