"""When two claims are linked: near enough for their errors, and soon enough after each other."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta, Struct

from detectors.geodesy import EARTH_RADIUS_KM
from schemas.detection import Detection

if TYPE_CHECKING:
    from detectors.fire import Fire

Key = tuple[float, str]
"""When a claim was observed, s, and its id: claims are ordered by it."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [association]."""

    floor_km: Annotated[
        float,
        Meta(
            gt=0, description="Two claims so near are linked whatever their errors; 0.7 shatters a real fire."
        ),
    ] = 1.5
    max_reach_km: Annotated[
        float, Meta(gt=0, le=50, description="Claims further apart never are, however wide their errors.")
    ] = 10.0
    chi_square: Annotated[
        float, Meta(gt=0, description="Of the distance over both errors: 99 % of two degrees of freedom.")
    ] = 9.21
    gap_d: Annotated[
        float,
        Meta(
            gt=0, description="Claims further apart in time are of two fires; a day tears a real one apart."
        ),
    ] = 5.0
    coarse_km: Annotated[
        float,
        Meta(gt=0, description="A pixel of larger error joins no two fires: it goes to the nearest."),
    ] = 0.55
    coarse_witness_km: Annotated[
        float, Meta(gt=0, description="The same of what people, cameras and sensors say, who see one fire.")
    ] = 1.0
    near_h: Annotated[
        float, Meta(gt=0, description="Hours apart that count as one error of distance, to choose by.")
    ] = 24.0


class Node:
    """One claim in the graph: its place as a chord vector in km, its time in seconds, and its fire.

    `coarse` is whether its error is too large to join fires. `least` is how far a coarse claim is at most
    from the nearest fine one of its fire, and that one's key; infinite: some is in reach; None: not known.
    `tow`: where none is in reach, how far the nearest pair is at most by which it goes with its fire.
    """

    __slots__ = (
        "bound", "claim", "coarse", "era", "fire", "key", "least", "name", "seconds", "sigma", "tow", "x",
        "y", "z",
    )  # fmt: skip

    def __init__(self, claim: Detection, era: int = 0) -> None:
        self.claim = claim
        self.era = era
        lon, lat = math.radians(claim.longitude), math.radians(claim.latitude)
        flat = EARTH_RADIUS_KM * math.cos(lat)
        self.x = flat * math.cos(lon)
        self.y = flat * math.sin(lon)
        self.z = EARTH_RADIUS_KM * math.sin(lat)
        self.sigma = claim.sigma_km
        self.bound = "" if claim.placing is None else claim.placing.bound
        self.seconds = claim.observed_at.timestamp()
        self.key: Key = (self.seconds, claim.detection_id)
        self.fire: Fire | None = None
        self.coarse = False
        self.least: tuple[float, Key] | None = None
        self.tow: float | None = None
        self.name = ""


def is_coarse(options: Options, node: Node) -> bool:
    """Return whether the error of a claim is too large to join fires.

    A pixel holds the heat of all that burns in it; whoever stands there tells of one fire.
    """
    is_pixel = node.claim.source_class == "satellite"
    return node.sigma > (options.coarse_km if is_pixel else options.coarse_witness_km)


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


def meets(options: Options, one: Node, others: dict[Node, None]) -> bool:
    """Return whether a claim is linked to any of the others; the newest are asked first."""
    gap_s, chi_square, reach = options.gap_d * 86400.0, options.chi_square, options.max_reach_km
    near2, far2 = min(options.floor_km, reach) ** 2, reach * reach
    x, y, z, seconds, sigma2 = one.x, one.y, one.z, one.seconds, one.sigma * one.sigma
    for other in reversed(others):
        dx, dy, dz = x - other.x, y - other.y, z - other.z
        apart2 = dx * dx + dy * dy + dz * dz
        if apart2 > far2 or abs(seconds - other.seconds) > gap_s or one.bound != other.bound:
            continue
        if apart2 <= near2:
            return True
        limit = min(math.sqrt(chi_square * (sigma2 + other.sigma * other.sigma)), reach)
        if apart2 <= limit * limit:
            return True
    return False


def hang_together(options: Options, nodes: Sequence[Node]) -> bool:
    """Return whether chains of links among these claims alone join them all."""
    x, y, z, sigma, seconds = np.array([(n.x, n.y, n.z, n.sigma, n.seconds) for n in nodes]).T
    apart = np.ones(len(nodes), dtype=bool)
    apart[0] = False
    waiting = [0]
    while waiting and apart.any():
        k = waiting.pop()
        gate = np.sqrt(options.chi_square * (sigma * sigma + sigma[k] * sigma[k]))
        limit = np.minimum(np.maximum(gate, options.floor_km), options.max_reach_km)
        near = (x - x[k]) ** 2 + (y - y[k]) ** 2 + (z - z[k]) ** 2 <= limit * limit
        found = np.flatnonzero(apart & near & (np.abs(seconds - seconds[k]) <= options.gap_d * 86400.0))
        apart[found] = False
        waiting += found.tolist()
    return not apart.any()
