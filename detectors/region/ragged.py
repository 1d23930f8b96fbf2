"""Ragged rows: many lists of unlike length in one array, told apart by where each starts."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def starts_of(counts: NDArray[np.integer]) -> Whole:
    """Where each list starts, and where the last one ends; one longer than `counts`."""
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def spread(first: Whole, end: Whole) -> tuple[Whole, Whole]:
    """For ranges `first` to below `end`: which range, and each number in it, one after the other.

    >>> [part.tolist() for part in spread(np.array([5, 9, 2]), np.array([7, 9, 3]))]
    [[0, 0, 2], [5, 6, 2]]
    """
    counts = end - first
    owner = np.arange(len(counts)).repeat(counts)
    shift = first - counts.cumsum() + counts
    numbers = np.arange(len(owner))
    numbers += shift[owner]
    return owner, numbers


def begins(starts: Whole | None, rows: Whole) -> Whole:
    """Start of these lists; None stands for lists of one thing each."""
    return rows if starts is None else starts[rows]


def compact(starts: Whole) -> Whole | None:
    """None when every list holds exactly one thing: such starts need not be kept."""
    return None if np.array_equal(starts, np.arange(len(starts))) else starts
