"""The ellipse of a wind-driven fire: how long for its breadth, how fast backwards, how large after a time."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LONGEST = 8.0
"""Greatest length to breadth, as BEHAVE caps it."""


class Ellipse(NamedTuple):
    """Semi-axes and the way of the centre from the point of ignition, m."""

    semi_major_m: Floats
    semi_minor_m: Floats
    ahead_m: Floats

    @property
    def area_ha(self) -> Floats:
        """The area, ha."""
        found: Floats = np.pi * self.semi_major_m * self.semi_minor_m / 1e4
        return found


def anderson(midflame_ms: npt.ArrayLike) -> Floats:
    """Return length to breadth for a wind at flame height, m/s (Anderson 1983), at most 8."""
    wind = np.minimum(np.asarray(midflame_ms, float), 20.0)
    ratio = 0.936 * np.exp(0.2566 * wind) + 0.461 * np.exp(-0.1548 * wind) - 0.397
    found: Floats = np.clip(ratio, 1.0, LONGEST)
    return found


def fbp_forest(wind_km_h: npt.ArrayLike) -> Floats:
    """Return length to breadth in forest for a wind at 10 m, km/h (FBP)."""
    found: Floats = 1.0 + 8.729 * (1.0 - np.exp(-0.030 * np.asarray(wind_km_h, float))) ** 2.155
    return found


def fbp_grass(wind_km_h: npt.ArrayLike) -> Floats:
    """Return length to breadth in grass for a wind at 10 m, km/h (FBP, Wotton 2009); 1 below 1 km/h."""
    wind = np.asarray(wind_km_h, float)
    found: Floats = np.where(wind < 1.0, 1.0, 1.1 * np.maximum(wind, 1.0) ** 0.464)
    return found


def head_to_back(length_to_breadth: npt.ArrayLike) -> Floats:
    """Return how much faster the head runs than the back."""
    ratio = np.asarray(length_to_breadth, float)
    root = np.sqrt(ratio**2 - 1.0)
    found: Floats = (ratio + root) / (ratio - root)
    return found


def ellipse(head_m_min: npt.ArrayLike, length_to_breadth: npt.ArrayLike, minutes: npt.ArrayLike) -> Ellipse:
    """Return the ellipse that a fire from one point fills after so many minutes."""
    head = np.asarray(head_m_min, float)
    back = head / head_to_back(length_to_breadth)
    time = np.asarray(minutes, float)
    major = (head + back) * time / 2.0
    return Ellipse(major, major / np.asarray(length_to_breadth, float), major - back * time)
