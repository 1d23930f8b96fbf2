"""How far places are from what burns, and not from its middle: the head of a great fire is elsewhere.

Only claims count whose place is well known: the middle of a coarse pixel is no edge of a fire.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import EARTH_RADIUS_KM
from detectors.link import Node


def edges_km(nodes: Sequence[Node], lon: ArrayLike, lat: ArrayLike, error_km: float) -> NDArray[np.float64]:
    """Return how far each place (degrees) is from the nearest claim, km; infinity where none is sure.

    A claim is sure whose error per axis is at most `error_km`.
    """
    east, north = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    sure = [(node.x, node.y, node.z) for node in nodes if is_sure(node, error_km)]
    if not sure:
        return np.full(len(east), np.inf)
    flat = np.cos(north)
    places = np.stack([flat * np.cos(east), flat * np.sin(east), np.sin(north)], axis=1) * EARTH_RADIUS_KM
    seen = np.array(sure)
    return np.array([np.sqrt(((seen - place) ** 2).sum(axis=1).min()) for place in places])


def is_sure(node: Node, error_km: float) -> bool:
    """Return whether the place of a claim is known so well that it tells where a fire burns."""
    at = node.claim.placing
    return node.sigma <= error_km and (at is None or at.how not in {"nowhere", "meets"})
