"""How far places are from what burns, and not from its middle: the head of a great fire is elsewhere.

Only claims count whose place is known to a kilometre: the middle of a coarse pixel is no edge of a fire.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.geodesy import EARTH_RADIUS_KM
from detectors.link import Node

SURE_KM = 1.0
"""Largest error, km per axis, of a claim that tells where a fire's edge is."""


def edges_km(nodes: Sequence[Node], lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    """Return how far each place (degrees) is from the nearest claim, km; infinity where none is sure."""
    east, north = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    sure = [(node.x, node.y, node.z) for node in nodes if _is_sure(node)]
    if not sure:
        return np.full(len(east), np.inf)
    flat = np.cos(north)
    places = np.stack([flat * np.cos(east), flat * np.sin(east), np.sin(north)], axis=1) * EARTH_RADIUS_KM
    seen = np.array(sure)
    return np.array([np.sqrt(((seen - place) ** 2).sum(axis=1).min()) for place in places])


def _is_sure(node: Node) -> bool:
    at = node.claim.placing
    return node.sigma <= SURE_KM and (at is None or at.how not in {"nowhere", "meets"})
