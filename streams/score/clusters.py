"""The rule to compare with: one alarm for each cluster of rows, 0.8 km and 6 h apart at most."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.geodesy import KM_PER_DEGREE

NEAR_KM = 0.8
MEMORY_S = 6 * 3600.0
"""As in open software that sends one message for each cluster of hotspots (activefires-pp: 0.8 km, 6 h)."""

Places = dict[tuple[int, int], dict[tuple[float, float], float]]


def raised(
    longitudes: Sequence[float], latitudes: Sequence[float], seconds: Sequence[float]
) -> NDArray[np.bool_]:
    """Return for each row, in order of arrival, whether the rule raises a new alarm for it.

    A row within `NEAR_KM` of one seen at most `MEMORY_S` before it belongs to that cluster.
    """
    seen: Places = {}
    opened = np.zeros(len(seconds), dtype=bool)
    for at, (longitude, latitude, second) in enumerate(zip(longitudes, latitudes, seconds, strict=True)):
        squeeze = KM_PER_DEGREE * math.cos(math.radians(latitude))
        row, column = int(latitude * KM_PER_DEGREE // NEAR_KM), int(longitude * squeeze // NEAR_KM)
        # columns of the rows above and below are as wide within a part in ten thousand: look two aside
        cells = (seen.get((row + r, column + c)) for r in (-1, 0, 1) for c in (-2, -1, 0, 1, 2))
        opened[at] = not any(
            abs(second - when) <= MEMORY_S
            and math.hypot((x - longitude) * squeeze, (y - latitude) * KM_PER_DEGREE) <= NEAR_KM
            for cell in cells
            if cell
            for (x, y), when in cell.items()
        )
        place = seen.setdefault((row, column), {})
        place[longitude, latitude] = max(second, place.get((longitude, latitude), second))
    return opened
