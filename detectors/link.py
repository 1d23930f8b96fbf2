"""When two claims are of one fire: near enough for their errors, and soon enough after each other."""

import math
from typing import Annotated

from msgspec import Meta, Struct

from detectors.geodesy import EARTH_RADIUS_KM
from schemas.detection import Detection


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [association]."""

    floor_km: Annotated[float, Meta(gt=0)] = 1.5
    max_reach_km: Annotated[float, Meta(gt=0, le=50)] = 10.0
    chi_square: Annotated[float, Meta(gt=0)] = 9.21
    gap_d: Annotated[float, Meta(gt=0)] = 5.0


class Node:
    """One claim in the graph: its place as a chord vector in km, its time in seconds, and its fire."""

    __slots__ = ("bound", "claim", "fire", "key", "name", "seconds", "sigma", "x", "y", "z")

    def __init__(self, claim: Detection) -> None:
        self.claim = claim
        lon, lat = math.radians(claim.longitude), math.radians(claim.latitude)
        self.x = EARTH_RADIUS_KM * math.cos(lat) * math.cos(lon)
        self.y = EARTH_RADIUS_KM * math.cos(lat) * math.sin(lon)
        self.z = EARTH_RADIUS_KM * math.sin(lat)
        self.sigma = claim.sigma_km
        self.bound = "" if claim.placing is None else claim.placing.bound
        self.seconds = claim.observed_at.timestamp()
        self.key = (self.seconds, claim.detection_id)
        self.fire: Fire | None = None
        self.name = ""


class Fire:
    """One component: its claims, and under which ids it was ever shown."""

    __slots__ = ("nodes", "shown")

    def __init__(self, node: Node) -> None:
        self.nodes = [node]
        self.shown: list[str] = []

    def anchor(self) -> Node:
        """Return the oldest claim, by time and then id; the fire is named after it."""
        return self.nodes[0] if len(self.nodes) == 1 else min(self.nodes, key=lambda node: node.key)


def limit_km(options: Options, sigma_one: float, sigma_two: float) -> float:
    """Return the distance, km, within which two claims with these errors are linked."""
    gate = math.sqrt(options.chi_square * (sigma_one * sigma_one + sigma_two * sigma_two))
    return min(max(gate, options.floor_km), options.max_reach_km)


def linked(options: Options, one: Node, two: Node) -> bool:
    """Return whether two claims are of one fire; the same whichever comes first.

    A claim without a place is of one fire with those of the same station and direction alone.
    """
    if one.bound != two.bound:
        return False
    if abs(one.seconds - two.seconds) > options.gap_d * 86400.0:
        return False
    limit = limit_km(options, one.sigma, two.sigma)
    dx, dy, dz = one.x - two.x, one.y - two.y, one.z - two.z
    return dx * dx + dy * dy + dz * dz <= limit * limit
