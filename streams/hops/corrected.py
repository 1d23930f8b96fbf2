"""Where an operator says that a fire is, and how far it was seen to reach beyond that since."""

import math

from detectors.association import Fire, Node
from detectors.extent import half_km
from detectors.geodesy import EARTH_RADIUS_KM
from schemas.act import Relocate


def radius_m(fire: Fire, act: Relocate) -> float:
    """Return the radius, m, round a corrected place: what the operator said, or how far it grew since.

    Sources that were wrong before are as wrong after, so only what lies further off than anything that was
    seen until the correction tells that the fire grew.
    """
    until, at = act.at.timestamp(), _position(act)
    before = max((_apart_km(node, at) for node in fire.nodes if node.seconds <= until), default=0.0)
    since = [node for node in fire.nodes if node.seconds > until and _apart_km(node, at) > before]
    grown = max((_apart_km(node, at) + half_km(node.claim) for node in since), default=0.0)
    return max(act.radius_m, round(grown * 1000.0, 0))


def from_place_km(act: Relocate, fire: Fire) -> list[float]:
    """Return how far each claim of a fire is from where an operator puts it, km."""
    at = _position(act)
    return [_apart_km(node, at) for node in fire.nodes]


def _position(act: Relocate) -> tuple[float, float, float]:
    east, north = math.radians(act.longitude), math.radians(act.latitude)
    flat = EARTH_RADIUS_KM * math.cos(north)
    return flat * math.cos(east), flat * math.sin(east), EARTH_RADIUS_KM * math.sin(north)


def _apart_km(node: Node, at: tuple[float, float, float]) -> float:
    return math.dist((node.x, node.y, node.z), at)
