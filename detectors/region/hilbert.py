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


def cells(boxes: NDArray[np.int32], extent: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cell of the centre of each box (west, south, east, north) in a grid laid over the extent."""
    sides = np.maximum(extent[2:] - extent[:2], 1)
    centres = boxes[:, :2].astype(np.int64) + boxes[:, 2:]
    found = (centres - 2 * extent[:2]) * (2**BITS - 1) // (2 * sides)
    return found[:, 0], found[:, 1]


def order(boxes: NDArray[np.int32], extent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row numbers along the curve; rows in one cell keep their order."""
    return np.argsort(hilbert(*cells(boxes, extent)), kind="stable")
