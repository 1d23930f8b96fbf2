"""One hotspot as the mask of static heat remembers it: where it is looked up, and how a flood is kept."""

import math
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.geodesy import KM_PER_DEGREE
from schemas.detection import Detection

BIN_DEG = 0.05
"""Side of the bins that hits are looked up by."""
GRID_DEG = 0.005
"""Side of the absolute grid (about 0.5 km; a multi-year recurrence mask in the literature uses 0.004)."""
LARGEST_RADIUS_KM = 2.6
"""Half the diagonal of the widest pixel: MODIS at the edge of its scan, 4.8 km by 2.0 km."""
MOST_NAMED = 2000
"""Hits of one bin and day that are kept by name: a satellite sees some 220 pixels there a pass, at most."""
GRAIN_DEG, GRAIN_KM = 0.001, 0.1
"""Further ones of that bin and day are kept once for so fine a place and radius, with their strongest."""

Bin = tuple[int, int]
"""Column and row of a bin."""


class Hit(Struct, frozen=True, array_like=True, gc=False):
    """One hotspot as the mask remembers it: day number, place, radius km, look and strength."""

    detection_id: str
    day: int
    longitude: float
    latitude: float
    radius_km: float
    look: str
    frp_mw: float | None


def hit_of(claim: Detection) -> Hit:
    """Return what the mask keeps of one hotspot."""
    return hits_of([claim])[0]


def hits_of(claims: Iterable[Detection]) -> list[Hit]:
    """Return what the mask keeps of hotspots, in their order."""
    found: list[Hit] = []
    # the pixels of a pass stand together
    for (source, at), seen in groupby(claims, key=attrgetter("look", "observed_at")):
        look, day = _look(source, at), at.toordinal()
        found += [
            Hit(one.detection_id, day, one.longitude, one.latitude, _radius_km(one), look, one.frp_mw)
            for one in seen
        ]
    return found


@lru_cache(maxsize=1024)
def _look(source: str, observed_at: datetime) -> str:
    return f"{source} {observed_at:%Y%m%dT%H%M}"


def _radius_km(claim: Detection) -> float:
    return max(0.5, math.hypot(claim.scan_km, claim.track_km) / 2.0)


def bin_of(longitude: float, latitude: float) -> Bin:
    """Return column and row of the bin that a place lies in."""
    return math.floor(longitude / BIN_DEG), math.floor(latitude / BIN_DEG)


def bins_round(hit: Hit) -> tuple[range, range]:
    """Return columns and rows of the bins of all that can share a node with this hit or touch it.

    To 84 degrees of latitude.
    """
    column, row = bin_of(hit.longitude, hit.latitude)
    bins = (hit.radius_km + LARGEST_RADIUS_KM) / (BIN_DEG * KM_PER_DEGREE)
    high = math.ceil(bins)
    wide = math.ceil(bins / max(0.1, math.cos(math.radians(hit.latitude))))
    return range(column - wide, column + wide + 1), range(row - high, row + high + 1)


def keys_of(hit: Hit) -> list[Bin]:
    """Return the bins round a hit."""
    columns, rows = bins_round(hit)
    return [(i, j) for i in columns for j in rows]


def nodes_of(hit: Hit) -> NDArray[np.float64]:
    """Return the grid nodes (longitude, latitude) under the pixel; always at least the nearest one."""
    high = int(hit.radius_km / KM_PER_DEGREE / GRID_DEG) + 1
    squeeze = max(0.1, math.cos(math.radians(hit.latitude)))
    wide = int(high / squeeze) + 1
    centre_i, centre_j = round(hit.longitude / GRID_DEG), round(hit.latitude / GRID_DEG)
    i, j = np.meshgrid(
        np.arange(centre_i - wide, centre_i + wide + 1), np.arange(centre_j - high, centre_j + high + 1)
    )
    nodes = np.column_stack([i.ravel() * GRID_DEG, j.ravel() * GRID_DEG])
    distance = np.hypot((nodes[:, 0] - hit.longitude) * squeeze, nodes[:, 1] - hit.latitude) * KM_PER_DEGREE
    kept: NDArray[np.float64] = nodes[distance <= max(hit.radius_km, float(distance.min()))]
    return kept


def touches(one: Hit, other: Hit) -> bool:
    """Return whether the circles of two hits meet."""
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return math.hypot(east, one.latitude - other.latitude) * KM_PER_DEGREE <= one.radius_km + other.radius_km


def grain_of(hit: Hit) -> Hit:
    """Return what is kept of one of a flood: the same hit for all of one fine place, radius and day."""
    lon, lat = (math.floor(x / GRAIN_DEG) for x in (hit.longitude, hit.latitude))
    radius = math.ceil(hit.radius_km / GRAIN_KM)
    name = f"grain {hit.day} {lon} {lat} {radius}"
    place = (lon + 0.5) * GRAIN_DEG, (lat + 0.5) * GRAIN_DEG
    return Hit(name, hit.day, *place, radius * GRAIN_KM, name, hit.frp_mw)
