"""The one array type of the pest statistics: floats, where NaN says unread and never zero."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Numbers; in counts NaN stands for a trap that was not read."""

Flags: TypeAlias = NDArray[np.bool_]
"""Yes or no, one for each."""

Integers: TypeAlias = NDArray[np.int64]
"""Indices and whole numbers."""


def rows_of(series: Floats) -> Floats:
    """Return a series, or many, as one row each: shape (series, intervals)."""
    return np.atleast_2d(np.asarray(series, dtype=np.float64))
